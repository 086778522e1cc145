"""What the gateway may count: numbers and times, never a word of anybody's text."""

from __future__ import annotations

from doorstep._errors import BoundaryError
from doorstep.gateway.http import Answer, Request
from doorstep.gateway.upstreams import Upstream
from doorstep.gateway.way import Coming

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the variable that names the folder that workers share


class Metrics:
    """Counts nothing. `counting.Counting` is the one for Prometheus."""

    def answered(self, request: Request, answer: Answer, seconds: float) -> None:
        """A request of a client's is done with, after so many seconds."""

    def tried(self, upstream: Upstream, status: int) -> None:
        """What a try at an upstream ended with; 0 where no reply came."""

    def crossed(self, upstream: Upstream, coming: Coming, seconds: float) -> None:
        """A request left, and its reply began after so many seconds."""

    def refused(self, error: BoundaryError) -> None:
        """The boundary did not let a request pass."""


NOTHING = Metrics()
