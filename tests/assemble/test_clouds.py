"""What may be the address of a cloud."""

from __future__ import annotations

import pytest

from doorstep._errors import ConfigError
from doorstep.assemble.clouds import origin_of
from doorstep.boundary.policy import origin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.com/v1", "https://api.example.com"),
        ("http://[::1]:8000/v1", "http://[::1]:8000"),
        ("https://[2001:db8::1]/v1", "https://[2001:db8::1]"),
    ],
)
def test_the_boundary_understands_it(url: str, expected: str) -> None:
    assert origin(origin_of(url)) == expected


@pytest.mark.parametrize("url", ["http://[2001:db8::1]/v1", "http://[::1/v1", "https://u@[::1]/v1"])
def test_but_not_everything(url: str) -> None:
    with pytest.raises(ConfigError):
        origin_of(url)
