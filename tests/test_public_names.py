"""The public names, pinned: a name that goes or comes is a decision, seen in a diff."""

from __future__ import annotations

import subprocess
import sys

import pytest

import doorstep

NAMES = """
Ask AskedModel AuthenticationFailed BadInput Blocked Boundary BoundaryError Case Clearance
ConfigError CrossCheck Crossing Decision Declared DestinationRefused DoorstepError DraftThenRefine
EscalateOnHard Finding Infeasible KeepHome Ledger LedgerError Message Model ModelError ModelRefused
ModelTimeout ModelUnavailable Options Outcome OutputInvalid Pattern Piece PlanThenGround Policy
Preview RateLimited Reply ReplyBroken Rule SanitizeAndSolve Scanner SolveCase Solved Step Store
Term Usage Zone ZoneError detectors open_boundary
""".split()


def test_the_public_names_are_these() -> None:
    assert sorted(doorstep.__all__) == sorted(NAMES)
    assert set(dir(doorstep)) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_leads_to_its_object(name: str) -> None:
    assert getattr(doorstep, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        doorstep.Doorbell  # noqa: B018


def test_import_loads_nothing_heavy_and_opens_no_socket() -> None:
    code = (
        "import socket, sys\n"
        "socket.socket.connect = socket.getaddrinfo = None\n"
        "import doorstep, doorstep.models, doorstep.patterns, doorstep.household, doorstep.cli\n"
        "import doorstep.runs.book, doorstep.cli.ask, doorstep.cli.run\n"
        "heavy = {'openai', 'pydantic_ai', 'xllamacpp', 'highspy', 'genai_prices', 'numpy'}\n"
        "heavy |= {'onnxruntime', 'phonenumbers', 're2', 'cryptography', 'keyring', 'hyperscan'}\n"
        "heavy |= {'sklearn', 'scipy', 'dbos', 'sqlalchemy'}\n"
        "heavy |= {'starlette', 'jinja2', 'aiohttp', 'uvicorn', 'orjson'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
