"""`doorstep scan`, `mask` and `unmask`, as processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_bad_input import refused

pytest.importorskip("cryptography", reason="mask and unmask need doorstep[vault]")

NOTE = "Dear Anna Meyer,\r\nwrite to anna.meyer@example.org or call +49 30 901820.\nZoë\n"
MAIL = "anna.meyer@example.org"


def test_scan_says_what_and_why_and_shows_the_text_once(run: Run) -> None:
    ran = run("scan", "--level", "rules", stdin=NOTE.encode())
    assert ran.code == 0, ran
    assert "2:10" in ran.out and "email" in ran.out and "phone" in ran.out
    assert ran.out.count(MAIL) == 1  # in the text; the table has places and kinds only
    assert "\x1b" not in ran.out


def test_scan_as_json_gives_exact_places(run: Run) -> None:
    spans = run("scan", "--json", stdin=NOTE.encode()).json["spans"]
    found = {NOTE[s["start"] : s["end"]]: s for s in spans}
    assert found[MAIL]["kind"] == "email" and found[MAIL]["by"]
    assert (found[MAIL]["line"], found[MAIL]["column"]) == (2, 10)
    assert "+49 30 901820" in found


def test_scan_of_lines_counts_characters_not_bytes(run: Run) -> None:
    rows = [{"id": 1, "text": f"Zoë → {MAIL}"}, {"id": "b", "text": "How tall is a tree?"}]
    lines = "".join(json.dumps(row, ensure_ascii=i == 0) + "\n" for i, row in enumerate(rows))
    out = run("scan", "--jsonl", "--level", "rules", stdin=lines.encode()).out.splitlines()
    assert json.loads(out[0]) == {"id": 1, "spans": [{"start": 6, "end": 28, "kind": "email"}]}
    assert json.loads(out[1]) == {"id": "b", "spans": []}


def test_what_is_declared_and_what_is_allowed_come_from_the_settings(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "doorstep.toml").write_text(
        f'[boundary]\nprivate = ["Zoë"]\nallow = ["{MAIL}"]\npatterns = ["Heron-[0-9]+"]\n'
    )
    masked = run("mask", stdin=(NOTE + "Heron-7").encode()).out
    assert MAIL in masked and "Zoë" not in masked and "Heron" not in masked


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
def test_unmask_gives_back_every_byte(run: Run, style: str) -> None:
    masked = run("mask", "--style", style, stdin=NOTE.encode()).out
    assert MAIL not in masked and "901820" not in masked
    assert run("unmask", stdin=masked.encode()).out == NOTE


@pytest.mark.parametrize("style", ["placeholder", "surrogate"])
def test_a_json_file_is_masked_in_its_places_and_comes_back(run: Run, style: str) -> None:
    file = (
        r'{"name": "a \"b\"", "mail": "x@home.example", "note": "J\u00fcrgen +49 30 901820 C:\\m"}'
    )
    masked = run("mask", "--style", style, stdin=file.encode()).out
    assert json.loads(masked)["name"] == 'a "b"' and "901820" not in masked
    assert run("unmask", stdin=masked.encode()).out == file


def test_unmask_restores_what_an_answer_made_of_a_placeholder(run: Run) -> None:
    masked = run("mask", stdin=MAIL.encode()).out
    answer = f"I wrote to **{masked.lower()}**."
    assert run("unmask", stdin=answer.encode()).out == f"I wrote to **{MAIL}**."
    assert run("unmask", "--scope", "other", stdin=answer.encode()).out == answer


def test_the_vault_holds_nothing_in_clear(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "v.sqlite3"
    masked = run("mask", "--vault", str(file), stdin=NOTE.encode()).out
    kept = b"".join(part.read_bytes() for part in tmp_path.glob("v.sqlite3*"))
    assert b"anna" not in kept.lower() and masked.split()[5].encode() not in kept
    assert file.stat().st_mode & 0o077 == 0


BAD = {
    "no such level": (("scan", "--level", "all"), b"", "level"),
    "no text": (("scan",), b"\xff\xfe\x00Maya", "UTF-8"),
    "no JSON": (("scan", "--jsonl"), b'{"id": 1, "text": "x"}\nMaya\n', "line 2"),
    "no id": (("scan", "--jsonl"), b'{"text": "Maya"}\n', "line 1"),
    "text is a number": (("scan", "--jsonl"), b'{"id": 1, "text": 5}\n', "line 1"),
    "no such file": (("mask", "nowhere.txt"), b"", "nowhere.txt"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line(run: Run, case: str) -> None:
    words, stdin, says = BAD[case]
    ran = run(*words, stdin=stdin)
    if case == "no JSON":  # what was read before has been answered
        ran = type(ran)(ran.code, "", ran.err)
    refused(ran, says)


def test_a_bad_pattern_in_the_settings_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text('[boundary]\npatterns = ["(Maya"]\n')
    refused(run("scan", stdin=b"x"), "pattern")
