"""The reader of the pages sees what is wrong with a page: or every block would pass."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.blocks import Block
from tests.docs.kits import Kit
from tests.docs.reader import Reader, Result, same, transcript

Follow = Callable[..., list[Result]]


@pytest.fixture
def follow(tmp_path: Path) -> Follow:
    def follow(*texts: str, kit: Kit = Kit()) -> list[Result]:  # noqa: B008 - frozen
        """What becomes of blocks, each `LANGUAGE[ TITLE]|TEXT`."""
        blocks = []
        for line, given in enumerate(texts):
            head, _, text = given.partition("|")
            language, _, title = head.partition(" ")
            blocks.append(Block("page.md", line, language, title, text, ""))
        reader = Reader(tmp_path / "reader", kit, "http://127.0.0.1:9")
        return list(reader.follow(blocks).values())

    return follow


WRONG = [
    ("sh|ls nowhere", "exit code"),
    ("sh|false\ntrue", "exit code 1"),
    ("sh|frobnicate --all", "not found"),
    ("sh|false | cat", "exit code 1"),
    ("sh|pip install '.[no-such]'", "no extra {'no-such'}"),
    ("sh|pip install left-pad", "left-pad is nothing that we depend on"),
    ("sh|pip install -e . --group nobody", "no dependency group nobody"),
    ("sh|python bench/no_such.py", "no program bench/no_such.py"),
    ("sh|python -m bench.boundary --no-such-flag", "boundary has no --no-such-flag"),
    ("sh|docker run -e PORT image:1", "NAME=VALUE"),
    ("sh|docker compose -f nowhere.yaml up", "no services"),
    ("sh|curl -sS https://example.com/", "curl would leave this machine"),
    ("sh|doorstep scan --no-such-option", "No such option"),
    ("console|$ echo one\ntwo", "It printed\none"),
    ("python|import socket\nsocket.create_connection(('192.0.2.1', 80), 1)", "leave this machine"),
    ("python|1 / 0", 'File "page.md", line 1'),
    ("python|import os\nos._exit(3)", "the interpreter ended"),
]


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[text for text, _ in WRONG])
def test_what_is_wrong_is_told(follow: Follow, text: str, told: str) -> None:
    (result,) = follow(text)
    assert told in result.wrong


def test_what_a_process_swallows_is_told_too(follow: Follow) -> None:
    program = "import socket\ntry:\n    socket.getaddrinfo('example.com', 80)\nexcept Exception: 1"
    (result,) = follow(f'sh|python3 -c "{program}"')
    assert "getaddrinfo example.com" in result.wrong


def test_blocks_go_on_where_the_one_before_ended(follow: Follow) -> None:
    results = follow(
        "sh|export A=b; mkdir c; cd c",
        "text d.txt|hello\n",
        "console|$ cat d.txt\nhello\n$ echo $A\nb",
        "python|x = 1",
        "python|print(x, open('d.txt').read(), end='')",
        "sh|python3 -m venv .venv && . .venv/bin/activate && pip install -q .",
        "sh|.venv/bin/doorstep --version",
    )
    assert [result.wrong for result in results] == [""] * 6
    assert results[3].said == "1 hello\n" and "0.1" in results[5].said


def test_what_a_person_types(follow: Follow) -> None:
    kit = Kit(typed={"read": "Maya\n"})
    (result,) = follow("sh|test -t 0 && read name && echo $name", kit=kit)
    assert result.said == "Maya\n"


def test_nothing_of_this_machine_is_seen(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-writer")
    (result,) = follow("sh|env; ls -A ~")
    assert "sk-of-the-writer" not in result.said and ".ssh" not in result.said


def test_the_program_of_the_gateway_is_the_true_one(follow: Follow) -> None:
    pytest.importorskip("uvicorn", reason="needs doorstep[gateway]")
    ask = "from urllib.request import urlopen as o; print(o('http://127.0.0.1:8080/v1/models').read())"
    started, listed = follow(
        "sh|doorstep serve --port 8080 --upstream https://api.openai.com/v1", f"python|{ask}"
    )
    assert not started.wrong and "Doorstep listens on" in started.said
    assert '"sanitize-and-solve"' in listed.said


def test_no_gateway_outlives_its_page(follow: Follow) -> None:
    pytest.importorskip("uvicorn", reason="needs doorstep[gateway]")
    start = "sh|doorstep serve --port 8080 > /dev/null; cat $DOCS_KIT/serve.url"
    for result in follow(start, start):
        url = urlsplit(result.said)
        with pytest.raises(ConnectionRefusedError):
            for _ in range(200):  # it ends in its own time
                socket.create_connection((str(url.hostname), url.port or 0)).close()
                time.sleep(0.05)


def test_transcripts() -> None:
    assert transcript("ls\n") == ("ls\n", "")
    assert transcript("$ a \\\n  b\nout\n$ c") == ("a \\\n  b\nc", "out")


def test_same() -> None:
    assert same("a\n…\nd", "a\nb\nc\nd\n") and same("a\n…", "a\n") is False
    assert same("took 1.2 s", "took 3.4 s", [(r"\d\.\d", "N")]) and not same("a", "b")
    assert not same("a.c", "abc") and same(" a\nb ", " a  \nb")
