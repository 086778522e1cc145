"""Visits of the page: a cookie that is not the token, and ends."""

from __future__ import annotations

import pytest

from doorstep.gateway.visits import HOURS, Tries, Visits

TOKEN = "a-token-of-sixteen-or-more"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_visit_holds_until_its_time_is_over() -> None:
    clock = Clock()
    visits = Visits(TOKEN, clock)
    value = visits.begin()
    assert visits.holds(value)
    clock.now += HOURS * 3600 - 2
    assert visits.holds(value)
    clock.now += 3
    assert not visits.holds(value)


def test_the_cookie_is_not_the_token_and_no_two_are_alike() -> None:
    visits = Visits(TOKEN)
    one, two = visits.begin(), visits.begin()
    assert TOKEN not in one
    assert one != two


@pytest.mark.parametrize("at", [0, 5, 11, 20, 40, -1])
def test_a_changed_cookie_does_not_hold(at: int) -> None:
    visits = Visits(TOKEN)
    value = visits.begin()
    changed = "1" if value[at] != "1" else "2"
    other = value[:at] + changed + (value[at + 1 :] if at != -1 else "")
    assert not visits.holds(other)


@pytest.mark.parametrize("value", ["", ".", "x", TOKEN, "9999999999.0000000000000000." + "0" * 64])
def test_what_is_none_of_ours_does_not_hold(value: str) -> None:
    assert not Visits(TOKEN).holds(value)


def test_a_new_token_ends_all_visits() -> None:
    assert not Visits("another-token-of-sixteen").holds(Visits(TOKEN).begin())


def test_other_workers_know_a_visit() -> None:
    assert Visits(TOKEN).holds(Visits(TOKEN).begin())


def test_only_the_token_is_right() -> None:
    visits = Visits(TOKEN)
    assert visits.right(TOKEN)
    for wrong in ("", TOKEN + "x", TOKEN[:-1], "é", "\ud800"):
        assert not visits.right(wrong)


def test_an_address_rests_after_ten_wrong_tries_and_others_do_not() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(Tries.MOST):
        assert tries.rest("10.0.0.1") == 0
        tries.wrong("10.0.0.1")
        clock.now += 1
    assert tries.rest("10.0.0.1") == Tries.SECONDS - Tries.MOST
    assert tries.rest("10.0.0.2") == 0
    clock.now += Tries.SECONDS - Tries.MOST
    assert tries.rest("10.0.0.1") == 0


def test_many_addresses_together_rest_too() -> None:
    tries = Tries(Clock())
    for number in range(10 * Tries.MOST):
        tries.wrong(f"10.0.{number}.1")
    assert tries.rest("10.9.9.9") == Tries.SECONDS
