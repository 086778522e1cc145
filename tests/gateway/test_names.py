"""What a model's name means, and when it is taken for a slip."""

from __future__ import annotations

import pytest

from doorstep.gateway.http import BadRequest
from doorstep.gateway.names import Names
from doorstep.models.base import Model


async def made(name: str) -> Model:
    raise AssertionError(name)


NAMES = Names(("sanitize-and-solve", "cross-check", "gpt-5.4"), made, any_is_mask=True)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Home", "home"),
        ("HOME:latest", "home"),
        (" home", "home"),
        ("hom", "home"),
        ("Cross Check", "cross-check"),
        ("sanitize_and_solve:latest", "sanitize-and-solve"),
        ("sanitise-and-solve", "sanitize-and-solve"),
        ("mask", "mask/NAME"),
        ("mask/", "mask/NAME"),
        ("Mask/gpt-5.5", "mask/NAME"),
    ],
)
def test_a_slip_is_refused_with_what_was_meant(name: str, meant: str) -> None:
    with pytest.raises(BadRequest, match=f"Did you mean {meant}\\?") as caught:
        NAMES.target(name)
    assert caught.value.status == 404 and str(caught.value).count("mask/NAME") == 1


@pytest.mark.parametrize(
    "name", ["gpt-5.5", "gpt-5.4-mini", "o9", "claude-home-2", "chrome", "x" * 3000, "masked/one"]
)
def test_any_other_name_is_a_cloud_s(name: str) -> None:
    target = NAMES.target(name)
    assert (target.kind, target.upstream) == ("mask", name)


@pytest.mark.parametrize("name", ["mask/home", "mask/Home", "mask/mask"])
def test_who_writes_mask_means_it(name: str) -> None:
    assert NAMES.target(name).upstream == name.removeprefix("mask/")
