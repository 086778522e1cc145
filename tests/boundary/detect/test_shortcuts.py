"""The short ways of some patterns say what the long ones say."""

from __future__ import annotations

import ipaddress
import math
import random
import re
from collections import Counter

import phonenumbers
from hypothesis import example, given
from hypothesis import strategies as st

from doorstep.boundary.detect.patterns import contact, entropy, identifiers, network
from doorstep.boundary.detect.sieve import _MANY, _most_together

_PIECES = (
    "rfc iso v r x H He C14 boeing covid sha aes 0x 1e 10 2024 1,234 3.5 kW h mg am 12:30 / . - _ "
    ": # 200 page b rc st nd U USD s 99 0b 10.5 Fe O2 level h264n"
).split()
tokens = st.lists(st.sampled_from(_PIECES) | st.sampled_from("abXYZ019./:#-"), min_size=1).map(
    "".join
)


@example("v10.5.2")
@example("rfc2616")
@example("C14")
@example("0x1F")
@given(tokens)
def test_a_number_is_told_by_its_first_character_no_less(value: str) -> None:
    assert identifiers._is_number(value) == (identifiers._NUMBER.fullmatch(value) is not None)


@example("1.2.3.00")
@example("256.1.1.1")
@example("127.0.0.1")
@example("10.0.0.1:8080")
@given(st.text("0123456789./:", max_size=18) | st.ip_addresses(v=4).map(str))
def test_ipv4_is_read_as_the_library_reads_it(value: str) -> None:
    try:
        ipaddress.IPv4Address(re.split("[/:]", value)[0])
    except ValueError:
        assert not network._is_ipv4(value)
    else:
        nobody = network._NOBODY.fullmatch(re.split("[/:]", value)[0])
        assert network._is_ipv4(value) is (nobody is None)


def test_a_length_that_is_told_without_parsing_is_possible() -> None:
    rng, codes = random.Random(5), list(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    told = 0
    for _ in range(4000):
        number = "".join(rng.choices("0123456789", k=rng.randrange(1, 15)))
        gap = rng.choice(("", " ", "-", "."))
        text = f"+{rng.choice(codes)}{gap}{gap.join(re.findall('.{1,3}', number))}"
        if contact._has_length(text):
            told += 1
            assert contact._possible(text, None, 1), text
    assert told > 400
    assert contact._has_length("+49 30 1234567") and not contact._has_length("+49 030 1234567")


@given(st.text(min_size=1))
def test_entropy_is_shannons(value: str) -> None:
    shares = [count / len(value) for count in Counter(value).values()]
    assert entropy.entropy(value) == -sum(share * math.log2(share) for share in shares)


@given(
    st.text("ab9/:. -") | st.sampled_from(("data:image/png;base64,", "see https://a.b/c", "x/ "))
)
def test_what_stands_before_data_and_paths(before: str) -> None:
    shape = r"data:[a-z/+.-]+;base64,\Z|[A-Za-z0-9]/\Z|https?://\S*\Z"
    assert entropy._is_data(before + "secret", len(before)) == bool(re.search(shape, before[-80:]))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=12), st.integers(0, 8))
def test_digits_that_stand_together_are_counted_up_to_many(
    steps: list[tuple[int, int]], gap: int
) -> None:
    runs, at = [], 0
    for before, size in steps:
        runs.append((at + before + 1, at + before + 1 + size))
        at = runs[-1][1]
    best = count = 0
    near = -1
    for start, end in runs:
        count = count + end - start if start <= near else end - start
        best, near = max(best, count), end + gap
    assert _most_together(runs, gap) == min(best, _MANY)
