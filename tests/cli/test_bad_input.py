"""Bad input: one clear line, exit code 2, no traceback, nothing sent, nothing private quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import HOUSEHOLD, QUESTION, Ran, Run

GOOD = HOUSEHOLD.read_text("utf-8")


def refused(ran: Ran, says: str) -> None:
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.count("\n") == 1 and "Traceback" not in ran.err
    assert says.lower() in ran.err.lower()
    for word in ("Maya", "Mark", "bowls", "lightly"):
        assert word not in ran.err


CASES = {
    "no now": (GOOD.replace("## Now", "## Later"), "Now"),
    "no memory": (GOOD.replace("## Household memory", "## Diary"), "Household memory"),
    "no devices": (GOOD.replace("## Device facts", "## Things"), "Device facts"),
    "no tariff": (GOOD.replace("## Tariff", "## Money"), "Tariff"),
    "empty": ("", "empty"),
    "only blanks": (" \n\n ", "empty"),
    "25:00": (GOOD.replace("18:30", "25:00"), "section Now holds an impossible time"),
    "25:00 in the tariff": (
        GOOD.replace("20:00-00:00", "20:00-25:00"),
        "section Tariff holds an impossible time",
    ),
    "a gap": (GOOD.replace("- 06:00-17:00 $0.25", ""), "06:00"),
    "an overlap": (GOOD.replace("06:00-17:00", "05:00-17:00"), "05:00"),
    "no duration": (GOOD.replace("about 90 minutes, ", ""), "duration"),
    "nothing feasible": (
        GOOD.replace("about 06:30, because", "about 19:00, because"),
        "does not fit",
    ),
}


@pytest.mark.parametrize("case", CASES, ids=CASES.get)  # type: ignore[arg-type]
def test_a_file_that_cannot_be_used(run: Run, case: str) -> None:
    text, says = CASES[case]
    refused(run("ask", QUESTION, stdin=text.encode()), says)
    assert "no ledger" in run("ledger", "list").err or run("ledger", "list").out == ""


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "text"),
        (b"## Now\n18:30 \xff\xfe\xfa", "UTF-8"),
        (GOOD.encode() + b"x" * 5_000_000, "large"),
        (("- Maya said so.\n" * 330_000).encode(), "large"),
    ],
    ids=["binary", "not UTF-8", "5 MB", "5 MB of notes"],
)
def test_data_that_is_no_household(run: Run, data: bytes, says: str) -> None:
    refused(run("ask", QUESTION, stdin=data), says)


@pytest.mark.parametrize(
    "question", ["Should the kiln run now or later?", "", "What is the weather?", "??"]
)
def test_a_question_about_no_device(run: Run, question: str) -> None:
    refused(run("ask", question, "--context", str(HOUSEHOLD)), "device")


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    refused(run("ask", QUESTION, "--context", str(tmp_path / "absent.md")), "absent.md")


def test_no_context_at_all(run: Run) -> None:
    refused(run("ask", QUESTION), "empty")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--home", "gguf:/absent.gguf"), "absent.gguf"),
        (("--home", "gemma4:e4b"), "ollama"),
        (("--cloud", "gpt-5.4"), "key"),
    ],
)
def test_a_model_that_cannot_be_had(run: Run, words: tuple[str, str], says: str) -> None:
    refused(run("ask", QUESTION, "--context", str(HOUSEHOLD), *words), says)


def test_a_wrong_settings_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text("[ledgr]\n")
    refused(run("ask", QUESTION, "--context", str(HOUSEHOLD)), "did you mean ledger")


def test_a_cloud_without_encryption(run: Run) -> None:
    words = ("ask", QUESTION, "--context", str(HOUSEHOLD))
    ran = run(*words, OPENAI_BASE_URL="http://10.1.2.3/v1", OPENAI_API_KEY="k")
    refused(ran, "without encryption")


def test_a_ledger_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = str(tmp_path / "file" / "ledger.sqlite3")
    refused(run("ask", QUESTION, "--context", str(HOUSEHOLD), DOORSTEP_LEDGER=path), "ledger")


def test_a_file_that_is_no_ledger(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite3").write_text("this is a diary, not a database" * 100)
    refused(run("ask", QUESTION, "--context", str(HOUSEHOLD)), "ledger")


@pytest.mark.parametrize("words", [("ledger", "show", "7"), ("ledger", "show", "x"), ("asc",)])
def test_a_command_that_is_wrong(run: Run, words: tuple[str, ...]) -> None:
    run("ask", QUESTION, "--context", str(HOUSEHOLD))
    ran = run(*words)
    assert ran.code == 2 and ran.err.count("\n") == 1


@pytest.mark.parametrize("words", [(), ("ledger",)], ids=["nothing", "ledger"])
def test_a_group_without_a_command_shows_its_help_in_lines(
    run: Run, words: tuple[str, ...]
) -> None:
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: doorstep") and "\nCommands:\n" in ran.err
