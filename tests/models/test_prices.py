"""Prices come from the list in the package, or from the user, or are unknown."""

from __future__ import annotations

import socket
from decimal import Decimal

import pytest

from doorstep._values import Usage
from doorstep.models.prices import Price, cost

MILLION = Usage(1_000_000, 1_000_000)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a price must not need the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize(
    "hint", ["openai", "azure", None, "https://api.openai.com/v1/", "https://x.openai.azure.com/"]
)
def test_a_known_model_has_a_price(hint: str | None) -> None:
    price = cost("gpt-4o-mini", hint, MILLION)
    assert price is not None
    assert Decimal("0.1") < price < 5


def test_tokens_scale_the_price() -> None:
    one = cost("gpt-4o-mini", "openai", Usage(1000, 0))
    two = cost("gpt-4o-mini", "openai", Usage(2000, 0))
    assert one is not None and two == 2 * one


@pytest.mark.parametrize(
    ("model", "hint"),
    [
        ("no-such-model", "openai"),
        ("no-such-model", None),
        ("gpt-4o-mini", "no-such-provider"),
        ("gpt-4o-mini", "http://127.0.0.1:8080/v1/"),
        ("", None),
    ],
)
def test_the_unknown_has_none(model: str, hint: str | None) -> None:
    assert cost(model, hint, MILLION) is None


@pytest.mark.parametrize("usage", [Usage(), Usage(10, None), Usage(None, 10)])
def test_unknown_tokens_have_no_price(usage: Usage) -> None:
    assert cost("gpt-4o-mini", "openai", usage) is None


def test_an_override_goes_first_and_only_for_its_model() -> None:
    own = {"gpt-4o-mini": Price(Decimal(2), Decimal(3))}
    assert cost("gpt-4o-mini", "openai", MILLION, overrides=own) == Decimal(5)
    assert cost("gpt-4o", "openai", MILLION, overrides=own) == cost("gpt-4o", "openai", MILLION)
