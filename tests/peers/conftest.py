"""The same server, ledger and boundaries as in the tests of the boundary."""

from tests.boundary.conftest import boundary, cloud, ledger

__all__ = ["boundary", "cloud", "ledger"]
