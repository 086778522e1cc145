"""Examples from JSONL: what is read, and what is refused without being quoted."""

from __future__ import annotations

import json

import pytest

from doorstep import BadInput, Message
from doorstep.patterns.calibration import Example, read_examples
from doorstep.patterns.calibration.examples import fingerprint

GOOD = {"prompt": "What is 2 + 2?", "answer": "4", "right": True}


def test_both_forms_are_read_and_empty_lines_are_not() -> None:
    turns = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "2 + 2?"}]
    other = {"messages": turns, "answer": "5", "right": False, "cloud_right": True}
    first, second = read_examples([json.dumps(GOOD) + "\n", "\n", json.dumps(other)])
    assert first == Example.of("What is 2 + 2?", "4", True)
    assert second.messages[0] == Message("system", "Be short.")
    assert second.question == "2 + 2?" and second.cloud_right is True


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("quixmere", "json invalid"),
        ('["quixmere"]', "model type"),
        (json.dumps({**GOOD, "right": "yes quixmere"}), "right: bool type"),
        (json.dumps({**GOOD, "right": 1}), "right: bool type"),
        (json.dumps({**GOOD, "quixmere": 1}), "extra forbidden"),
        (json.dumps({"prompt": "quixmere", "right": True}), "answer: missing"),
        (
            json.dumps({**GOOD, "messages": [{"role": "user", "content": "quixmere"}]}),
            "value error",
        ),
        (json.dumps({"answer": "4", "right": True}), "value error"),
        (json.dumps({"messages": [], "answer": "4", "right": True}), "messages: too short"),
        (
            json.dumps({"messages": [{"role": "quixmere"}], "answer": "4", "right": True}),
            "messages.0.content: missing",
        ),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_examples([json.dumps(GOOD), "", line])
    assert "Line 3 is no example" in str(caught.value) and says in str(caught.value)
    assert "quixmere" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_an_example_shows_no_text_in_its_repr() -> None:
    assert repr(Example.of("secret", "word", False)) == "Example(4 characters, right=False)"


def test_a_fingerprint_tells_sets_apart() -> None:
    one, other = Example.of("a", "b", True), Example.of("a", "b", False)
    assert fingerprint([one, other]) != fingerprint([other, one])
    assert fingerprint([one]) == fingerprint([Example.of("a", "b", True)])
