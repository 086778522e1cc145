"""`doorstep run`: any pattern on any prompt, with stand-ins and with real servers."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from doorstep.boundary import Ledger
from doorstep.cli.main import main
from doorstep.cli.prompt import MAX_BYTES
from tests.cli.conftest import ROOT, Ran, Run
from tests.models.ollama_server import OllamaServer, answer
from tests.models.openai_server import Answer, OpenAIServer, chat_events

SUM = "Maya wants to know: what is 17*23?"
LETTER = "Write to maya@example.org about the boiler."
KEYS = {
    "answer": str,
    "name": str,
    "pattern": str,
    "verdict": str,
    "reasons": list,
    "steps": list,
    "crossings": list,
    "usage": dict,
    "cost": float,
    "stand_ins": list,
    "notes": list,
    "looked_for": list,
    "models": dict,
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """As the `run` of all these tests, but in this process: a second or two less for each."""
    monkeypatch.chdir(tmp_path)
    base = {
        "HOME": str(tmp_path),
        "DOORSTEP_LEDGER": str(tmp_path / "ledger.sqlite3"),
        "OLLAMA_HOST": "127.0.0.1:1",
    }

    def command(*words: str, stdin: bytes = b"", **environ: str) -> Ran:
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "argv", ["doorstep", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, "utf-8", write_through=True))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err, "utf-8", write_through=True))
        code = 0
        with patch.dict(os.environ, base | environ, clear=True):
            try:
                main()
            except SystemExit as done:
                code = int(done.code or 0)
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    return command


@pytest.mark.parametrize(
    "name", ["sanitize-and-solve", "escalate-on-hard", "draft-then-refine", "cross-check"]
)
def test_every_pattern_runs_on_a_bare_machine_and_says_that_stand_ins_answered(
    run: Run, name: str
) -> None:
    ran = run("run", name, SUM, "--json")
    assert ran.code == 0, ran.err
    got = ran.json
    assert "17*23 = 391" in got["answer"]
    assert got["name"] == got["pattern"] == name and got["verdict"]
    assert got["stand_ins"] and all("instead of" in line for line in got["stand_ins"])
    assert all(isinstance(got[key], kind) for key, kind in KEYS.items())
    assert got["fallback"] is None or isinstance(got["fallback"], str)
    listed = run("ledger", "list").out
    assert len(listed.splitlines()) >= len(got["crossings"])


def test_plan_then_ground_over_the_shipped_folder(run: Run) -> None:
    question = "How much did we spend on the garden since the storm?"
    folder = str(ROOT / "examples/plan")
    ran = run("run", "plan-then-ground", question, "--folder", folder, "--json")
    assert ran.code == 0, ran.err
    assert "1099.10" in ran.json["answer"]
    (crossing,) = ran.json["crossings"]
    assert "garden" not in crossing["body"] and "storm" not in crossing["body"]
    assert any("plans by rules" in line for line in ran.json["stand_ins"])
    missing = run("run", "plan-then-ground", question)
    assert missing.code == 2 and "--folder" in missing.err and missing.err.count("\n") == 1


def test_the_page_tells_the_steps_and_what_crossed(run: Run) -> None:
    ran = run("run", "sanitize-and-solve", LETTER)
    assert ran.code == 0
    first, *rest = ran.out.splitlines()
    assert "I am a stand-in" in first and "1 placeholder: maya@example.org" in first
    assert rest[1].startswith("sanitize-and-solve: ")
    page = "\n".join(rest)
    assert max(map(len, rest)) <= 80
    assert "Steps:\n  cloud  solve  stand-in-rules, " in page
    assert "What crossed:\n  -> 127.0.0.1:" in page and "doorstep ledger show 1" in page
    assert "Stand-ins answered, no language model" in page
    assert "maya@example.org" not in run("ledger", "show", "1").out


def test_the_checks_of_an_answer_are_one_line_for_people_and_all_there_as_json(run: Run) -> None:
    ran = run("run", "escalate-on-hard", LETTER)
    checks = [line for line in ran.out.splitlines() if line.startswith("  check  ")]
    (line,) = checks
    told = run("run", "escalate-on-hard", LETTER, "--json").json["steps"]
    names = [step["name"] for step in told if step["actor"] == "check"]
    assert len(names) > 5 and f"{len(names)} checks" in line
    flat = " ".join(ran.out.split())
    assert all(name.removeprefix("check: ") in flat for name in names)


def test_the_page_sums_up_what_it_took(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.answer_with(lambda request: Answer.sse(chat_events("Done.")))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        ran = run("run", "draft-then-refine", LETTER, **there)
        got = run("run", "draft-then-refine", LETTER, "--json", **there).json["usage"]["cloud"]
    tokens = f"{got['input_tokens']}+{got['output_tokens']} tokens"
    assert f"In all: {tokens}, of them {tokens} in the cloud, " in ran.out


def test_an_empty_answer_is_told(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.script(Answer.sse(chat_events("")))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        ran = run("run", "sanitize-and-solve", LETTER, **there)
    assert ran.code == 0 and ran.out.startswith("(The answer is empty.)\n")


def test_a_stream_that_breaks_off_ends_its_line(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.script(Answer.sse(chat_events("One two three")[:420], breaks=True))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        ran = run("run", "sanitize-and-solve", LETTER, "--stream", **there)
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert ran.out == "" or ran.out.endswith("\n")
    assert ran.out.strip()


@pytest.mark.parametrize(
    "name", ["sanitize-and-solve", "escalate-on-hard", "draft-then-refine", "cross-check"]
)
def test_the_ledger_equals_what_the_object_says_also_where_the_cloud_was_asked_again(
    run: Run, tmp_path: Path, name: str
) -> None:
    with OpenAIServer() as cloud:
        cloud.script(Answer.error(429, "rate", retry_after="0"))
        cloud.answer_with(lambda request: Answer.sse(chat_events("It is done.")))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        got = run("run", name, LETTER, "--json", **there).json
        sent = [request.body.decode() for request in cloud.requests]
    with Ledger(tmp_path / "ledger.sqlite3", create=False) as ledger:
        kept = [(entry.crossing.id, entry.crossing.body) for entry in ledger.list()]
    assert [body for _, body in kept] == sent and len(sent) >= 2
    assert [(crossing["id"], crossing["body"]) for crossing in got["crossings"]] == kept
    steps = [number for step in got["steps"] for number in step["crossings"]]
    assert steps == [number for number, _ in kept]


def test_what_stays_home_did_not_cross(run: Run) -> None:
    ran = run("run", "escalate-on-hard", SUM)
    assert "17*23 = 391" in ran.out and "Nothing crossed." in ran.out
    assert run("ledger", "list").out == ""


def test_a_dry_run_sends_nothing_and_shows_the_very_bytes(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.answer_with(lambda request: Answer.sse(chat_events("Done.")))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        dry = run("run", "sanitize-and-solve", LETTER, "--dry-run", "--json", **there)
        assert cloud.requests == [] and run("ledger", "list").out == ""
        (held,) = dry.json["would_cross"]
        assert dry.json["crossings"] == [] and dry.json["dry_run"] is True
        shown = run("run", "sanitize-and-solve", LETTER, "--dry-run", **there).out
        run("run", "sanitize-and-solve", LETTER, **there)
        (sent,) = cloud.requests
    assert sent.body.decode() == held["body"] and held["body"] in shown
    assert hashlib.sha256(sent.body).hexdigest() == held["sha256"] and held["sha256"] in shown
    assert "maya@example.org" not in held["body"]


@pytest.mark.parametrize("name", ["escalate-on-hard", "draft-then-refine", "cross-check"])
def test_a_dry_run_tells_it_also_where_the_pattern_goes_on_without_the_cloud(
    run: Run, name: str
) -> None:
    ran = run("run", name, LETTER, "--dry-run", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["would_cross"] and run("ledger", "list").out == ""
    assert "maya@example.org" not in json.dumps(ran.json["would_cross"])


def test_a_dry_run_of_what_stays_home(run: Run) -> None:
    ran = run("run", "escalate-on-hard", SUM, "--dry-run")
    assert ran.out.startswith("Nothing was sent, and nothing would leave")


def test_real_models_answer_where_there_are_some(run: Run) -> None:
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        daemon.says(answer("I am not sure, I cannot answer that."))
        cloud.script(Answer.sse(chat_events("Have it serviced in autumn."), cut=9))
        ran = run(
            *("run", "escalate-on-hard", "When should the boiler be serviced?", "--json"),
            OLLAMA_HOST=daemon.url,
            OPENAI_API_KEY="k",
            OPENAI_BASE_URL=cloud.url,
        )
    assert ran.code == 0, ran.err
    got = ran.json
    assert got["answer"] == "Have it serviced in autumn."
    assert got["stand_ins"] == [] and "escalated" in got["verdict"] and got["reasons"]
    assert [step["actor"] for step in got["steps"] if step["actor"] != "check"] == ["home", "cloud"]
    assert got["usage"]["cloud"]["input_tokens"] == 11
    assert got["models"]["home"][0]["name"] == "gemma4:e4b"
    assert got["models"]["cloud"][0]["destination"] in cloud.url
    assert cloud.requests[0].body.decode() == got["crossings"][0]["body"]


def test_a_calibration_of_ones_own_judges(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    rows = [
        {
            "prompt": f"What is {n}*3?",
            "answer": f"{n}*3 = {n * 3 if n % 3 else n + 3}",
            "right": bool(n % 3),
        }
        for n in range(4, 124)
    ]
    (tmp_path / "pairs.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert run("calibrate", "pairs.jsonl", "--out", "mine.json").code == 0
    ran = run("run", "escalate-on-hard", SUM, "--calibration", "mine.json", "--json")
    assert ran.code == 0, ran.err
    assert "calibrated on 120" in json.dumps(ran.json["notes"])


def test_named_models_are_used(run: Run) -> None:
    with OllamaServer() as daemon, OpenAIServer() as cloud:
        cloud.script(Answer.sse(chat_events("Hello.")))
        ran = run(
            *("run", "sanitize-and-solve", "Say hello", "--home", "builtin", "--cloud", "small-1"),
            "--json",
            OLLAMA_HOST=daemon.url,
            OPENAI_API_KEY="k",
            OPENAI_BASE_URL=cloud.url,
        )
        assert daemon.requests == []
    assert ran.json["answer"] == "Hello."
    assert cloud.requests[0].json["model"] == "small-1"
    assert ran.json["models"]["home"][0]["name"] == "built-in rules"


def test_a_pattern_of_ones_own_nests(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text(
        '[patterns.careful]\nuse = "escalate-on-hard"\ncloud = "checked"\n'
        '[patterns.checked]\nuse = "cross-check"\ncloud = "sanitize-and-solve"\nrule = "cloud"\n'
        '[patterns.round]\nuse = "cross-check"\nhome = "round"\n'
    )
    ran = run("run", "careful", LETTER, "--json")
    assert ran.code == 0, ran.err
    got = ran.json
    assert (got["name"], got["pattern"]) == ("careful", "escalate-on-hard")
    assert got["crossings"] and "maya@example.org" not in json.dumps(got["crossings"])
    assert any(step["name"].count(": ") >= 2 for step in got["steps"])
    assert "careful (escalate-on-hard): " in run("run", "careful", LETTER).out
    circle = run("run", "round", LETTER)
    assert circle.code == 2 and "round -> round" in circle.err and circle.err.count("\n") == 1


def test_a_flag_may_name_a_pattern(run: Run) -> None:
    ran = run("run", "escalate-on-hard", LETTER, "--cloud", "cross-check", "--json")
    assert ran.code == 0, ran.err
    assert any(": " in step["name"] for step in ran.json["steps"])


def test_streamed_it_is_the_same_text(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.script(Answer.sse(chat_events("One two three four."), cut=5))
        ran = run(
            *("run", "sanitize-and-solve", "Count", "--stream"),
            OPENAI_API_KEY="k",
            OPENAI_BASE_URL=cloud.url,
        )
    assert ran.out.startswith("One two three four.\n\nsanitize-and-solve: ")
    both = run("run", "sanitize-and-solve", "Count", "--stream", "--json")
    assert both.code == 2 and "--stream" in both.err


def test_the_prompt_from_files_standard_input_and_a_system_message(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("First.\n")
    with OpenAIServer() as cloud:
        cloud.answer_with(lambda request: Answer.sse(chat_events("Done.")))
        there = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": cloud.url}
        start = ("run", "sanitize-and-solve")
        run(*start, stdin=b"From a pipe.\n", **there)
        run(*start, "Then this.", "--file", "a.txt", "--file", "-", stdin=b"Second.", **there)
        run(*start, "Hello", "--system", "Be short.", **there)
        told = [[m["content"] for m in request.json["messages"]] for request in cloud.requests]
    assert told == [["From a pipe."], ["First.\n\nSecond.\n\nThen this."], ["Be short.", "Hello"]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("escalate", "x"), "There is no such pattern. Did you mean escalate-on-hard?"),
        (("cross-check", "x", "--folder", "."), "no option folder"),
        (("cross-check", "x", "--level", "raw"), "raw"),
        (("cross-check", "   "), "The prompt is empty."),
        (("cross-check",), "The prompt is empty."),
        (("cross-check", "--file", "nowhere.txt"), "nowhere.txt cannot be read"),
        (("cross-check", "x", "--cloud", "gpt-5.4"), "no key for the cloud model gpt-5.4"),
        (("cross-check", "x", "--home", "gemma4:e4b"), "ollama serve"),
        (("cross-check", "x", "--cloud", "sanitise-and-solve"), "Did you mean sanitize"),
        (("cross-check", "x", "--calibration", "nowhere.json"), "calibration cannot be read"),
        (("escalate-on-hard", "x", "--calibration", "nowhere.json"), "nowhere.json cannot be read"),
        (("plan-then-ground", "x", "--folder", "nowhere"), "nowhere is not a folder."),
        (("cross-check", "x", "--cloud", ""), "--cloud names no model and no pattern."),
        (("cross-check", "x", "--home", " "), "--home names no model and no pattern."),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, words: tuple[str, ...], says: str) -> None:
    ran = run("run", *words)
    assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1, ran.err
    assert says in ran.err and run("ledger", "list").out == ""


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("OPENAI_BASE_URL", "https://x:port/v1", "its port or its brackets are wrong"),
        ("OPENAI_BASE_URL", "https://[bad", "its port or its brackets are wrong"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:99999/v1", "its port or its brackets are wrong"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:port/v1", "its port or its brackets are wrong"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:0/v1", "its port or its brackets are wrong"),
        ("OPENAI_BASE_URL", "https://my server/v1", "a blank or a user name in it"),
        ("OPENAI_BASE_URL", "https://maya:pw@host.example/v1", "a blank or a user name in it"),
        ("OPENAI_BASE_URL", "ftp://host.example", "must begin with https://"),
        ("OPENAI_BASE_URL", "http://host.example/v1", "without encryption"),
        ("AZURE_OPENAI_ENDPOINT", "https://x:port", "its port or its brackets are wrong"),
        ("OPENAI_API_KEY", "k\n", "The key in OPENAI_API_KEY cannot be sent"),
        ("OPENAI_API_KEY", "k\u00e9y", "The key in OPENAI_API_KEY cannot be sent"),
        ("AZURE_OPENAI_API_KEY", "k y", "The key in AZURE_OPENAI_API_KEY cannot be sent"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_used(
    run: Run, variable: str, value: str, says: str
) -> None:
    there = {"OPENAI_API_KEY": "k", "AZURE_OPENAI_API_KEY": "k"}
    if "AZURE" in variable:
        there |= {"AZURE_OPENAI_ENDPOINT": "https://host.example"}
    ran = run("run", "sanitize-and-solve", "Hello", **there | {variable: value})
    assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1, ran.err
    assert says in ran.err and "maya" not in ran.err
    assert run("ledger", "list").out == ""


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('cross-check]\nuse = "escalate-on-hard"', "[patterns.cross-check] must use cross-check"),
        ('builtin]\nuse = "cross-check"', "builtin is the name of a model"),
        ('stand-in]\nuse = "cross-check"', "stand-in is the name of a model"),
        ('""]\nuse = "cross-check"', "has no name"),
    ],
)
def test_a_name_that_means_something_else_is_refused(
    run: Run, tmp_path: Path, table: str, says: str
) -> None:
    (tmp_path / "doorstep.toml").write_text(f"[patterns.{table}\n")
    for words in (("run", "cross-check", "x"), ("patterns",)):
        ran = run(*words)
        assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1, ran.err
        assert says in ran.err


def test_a_wrong_list_is_told_in_words_of_toml(run: Run, tmp_path: Path) -> None:
    (tmp_path / "doorstep.toml").write_text(
        '[patterns.mine]\nuse = "plan-then-ground"\nshare = "x"\n'
    )
    ran = run("run", "mine", "x")
    assert ran.code == 2 and "input should be a valid list" in ran.err


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a\x00b", "binary"),
        (b"x" * MAX_BYTES + b"\n", "too large"),
    ],
    ids=["bytes", "binary", "large"],
)
def test_input_that_is_no_text_is_refused(run: Run, data: bytes, says: str) -> None:
    ran = run("run", "sanitize-and-solve", stdin=data)
    assert ran.code == 2 and ran.err.count("\n") == 1 and says in ran.err


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe,b\n", "The CSV file cannot be read. It must be UTF-8 text"),
        (b"x" * 200_000 + b",b\n", "The CSV file cannot be read."),
        (b"", "The CSV file has no header."),
    ],
    ids=["bytes", "a field without end", "empty"],
)
def test_a_table_that_cannot_be_read(run: Run, tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/table.csv").write_bytes(data)
    ran = run("run", "plan-then-ground", "How much?", "--folder", "notes")
    assert (ran.code, ran.out) == (2, "") and ran.err.count("\n") == 1
    assert says in ran.err, ran.err
    assert run("ledger", "list").out == ""


def test_private_text_is_in_no_error(run: Run) -> None:
    with OpenAIServer() as cloud:
        cloud.answer_with(lambda request: Answer.error(500))
        ran = run(
            *("run", "sanitize-and-solve", LETTER),
            OPENAI_API_KEY="k",
            OPENAI_BASE_URL=cloud.url,
        )
    assert ran.code == 2 and ran.err.count("\n") == 1
    assert "maya" not in ran.err.lower()


def test_what_was_looked_for_is_said_and_what_was_not(run: Run) -> None:
    out = run("run", "sanitize-and-solve", "Hello there").out
    assert "Looked for before it crossed (level rules)" in out
    assert "Names of people and places only where you declared them" in " ".join(out.split())
