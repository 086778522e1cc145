"""The list of runs, and one run in its lanes, for good."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from doorstep.page.lanes import marked
from doorstep.page.sent import PLACEHOLDER, came, placed, put_back, said_in
from doorstep.runs.values import KeptRun, KeptStep, Mark, Said, Texts
from tests.models.ollama_server import answer
from tests.models.openai_server import Answer, Request, chat_events
from tests.page.asked import DRAFTS, Asked, page

STAMP = "2026-11-23T10:00:{:02}+00:00"
NASTY = (
    "<script>alert(1)</script>",
    '"></textarea><img src=x onerror=alert(1)>',
    "</details></div></main><form action=//evil>",
    "‮evil‬⁦x",
    "{{ 7 * 7 }}{% raw %}",
)
ASKED = {"pattern": "sanitize-and-solve", "question": "Write to Maya Okafor about the leak."}


def run(id: str, second: int = 0, **given: object) -> KeptRun:
    return KeptRun(id, STAMP.format(second), 0.5, "page", **{"pattern": "home", **given})  # type: ignore[arg-type]


def echo(request: Request) -> Answer:
    """A cloud that addresses the placeholder that it was sent."""
    name = re.search(r"DECLARED_\w+", request.body.decode())
    return Answer.sse(chat_events(f"Dear {name[0] if name else '?'}, it leaks."))


async def shown(p: Asked, path: str) -> httpx2.Response:
    return await p.client.get(f"{p.url}/page{path}")


async def test_a_run_shows_what_was_asked_what_crossed_and_what_came_back(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.answer_with(echo)
        await p.ask(**ASKED, look="no")
        id = p.all("done")[0]["id"]
        twin = (await shown(p, f"/runs/{id}.json")).json()
        text = (await shown(p, f"/runs/{id}")).text
        entry = p.ledger.list()[0]
    asked = twin["lanes"]["asked"][0]["stretches"]
    assert [(s["text"], s["kind"]) for s in asked] == [
        ("Write to ", ""),
        ("Maya Okafor", "declared"),
        (" about the leak.", ""),
    ]
    crossed = twin["lanes"]["crossed"][0]
    assert crossed["body"].encode() == entry.body
    assert (crossed["sha256"], crossed["found"]) == (entry.sha256, [["declared", 1]])
    step = twin["lanes"]["steps"][0]
    (placeholder,) = (s["text"] for s in step["came"] if s["kind"] == PLACEHOLDER)
    assert placeholder in crossed["body"]
    assert "".join(s["text"] for s in step["restored"]) == "Dear Maya Okafor, it leaks."
    assert twin["answer"] == "Dear Maya Okafor, it leaks."
    assert "declared, 11 characters" in text
    assert html.escape(entry.body.decode(), quote=True).replace("&quot;", "&#34;") in text
    assert f'href="/page/ledger/{entry.id}"' in text


class _Tags(HTMLParser):
    """The tags of a page, and its text outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("nasty", NASTY)
async def test_whatever_a_model_or_a_person_writes_stays_text(tmp_path: Path, nasty: str) -> None:
    async with page(tmp_path) as p:
        p.cloud.script(Answer.sse(chat_events(f"Well: {nasty}")))
        await p.ask(pattern="sanitize-and-solve", question=f"What is {nasty}?", look="no")
        id = p.all("done")[0]["id"]
        text = (await shown(p, f"/runs/{id}")).text
        again = await p.client.post(
            f"{p.url}/page/ask", data={"question": nasty, "pattern": "cross-check", "cloud": "x"}
        )
    for given in (text, again.text):
        seen = _Tags()
        seen.feed(given)
        assert nasty in "".join(seen.words)
        assert seen.tags.count("script") <= 2  # page.js, ask.js
        assert "img" not in seen.tags[seen.tags.index("main") :]
        assert "49" not in re.findall(r"What is (\d+)\?", given)


async def test_a_refused_run_says_that_nothing_left(tmp_path: Path) -> None:
    rules = {"boundary": {"rules": [{"do": "block"}], "private": ["Maya Okafor"]}}
    async with page(tmp_path, rules) as p:
        await p.ask(**ASKED, look="no")
        id = p.all("done")[0]["id"]
        text = (await shown(p, f"/runs/{id}")).text
        form = (await shown(p, "/ask")).text
        assert p.sent == []
    assert "zero bytes left" in text
    assert "refused by the boundary" in text
    assert "something private was in it, or a person said no (Blocked)" in text
    assert "Blocked" in text
    assert "keeps every question with something private in it at home" in form


async def test_a_failed_run_names_the_step(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.cloud.answer_with(lambda request: Answer.error(401))
        await p.ask(**ASKED, look="no")
        id = p.all("done")[0]["id"]
        text = (await shown(p, f"/runs/{id}")).text
    assert "AuthenticationFailed" in text
    assert "in the step <strong>solve</strong>" in text
    assert "sk-test" not in text


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"pattern": "mask/gpt-5.4"}, "It keeps no copy of the original"),
        ({"texts": None}, "were not kept"),
    ],
)
async def test_texts_that_are_not_there_are_said_to_be_so(
    tmp_path: Path, given: dict[str, object], line: str
) -> None:
    async with page(tmp_path) as p:
        p.book.write(run("a" * 16, **given))
        text = (await shown(p, f"/runs/{'a' * 16}")).text
        p.book.write(run("b" * 16, texts=Texts((Said("user", "Canary"),), answer="Bird")))
        p.book.drop_texts("~")
        dropped = (await shown(p, f"/runs/{'b' * 16}")).text
    assert line in text
    assert "have been dropped" in dropped
    assert "Canary" not in dropped


@pytest.mark.parametrize("id", ["nothing", "a" * 16, "..%2f..%2fetc", "x" * 5000, "%00"])
async def test_a_run_that_is_none_is_not_found(tmp_path: Path, id: str) -> None:
    async with page(tmp_path) as p:
        for path in (f"/runs/{id}", f"/runs/{id}.json"):
            reply = await shown(p, path)
            assert reply.status_code == 404
            assert "Traceback" not in reply.text


async def test_the_list_pages_and_filters(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        for number in range(55):
            p.book.write(
                run(f"{number:016x}", number, ending="failed" if number % 5 else "answered")
            )
        p.book.write(
            run("f" * 16, 56, pattern="cross-check", steps=(KeptStep("ask", "home", "m", 1),))
        )
        first = (await shown(p, "/runs.json")).json()
        assert (len(first["rows"]), first["rows"][0]["pattern"]) == (50, "cross-check")
        rest = (await shown(p, f"/runs.json?after={first['next']}")).json()
        seen = [row["id"] for row in (*first["rows"], *rest["rows"])]
        assert (len(seen), len(set(seen)), rest["next"]) == (56, 56, "")
        only = (await shown(p, "/runs.json?pattern=cross-check")).json()
        assert [row["id"] for row in only["rows"]] == ["f" * 16]
        failed = (await shown(p, "/runs.json?ending=answered&pattern=home")).json()
        assert len(failed["rows"]) == 11
        assert "No run is like that" in (await shown(p, "/runs?pattern=nothing")).text


@pytest.mark.parametrize("query", ["ending=flown", "after=nobody"])
async def test_a_filter_that_is_none_is_said_to_be_so(tmp_path: Path, query: str) -> None:
    async with page(tmp_path) as p:
        reply = await shown(p, f"/runs?{query}")
        assert reply.status_code == 400
        assert "Traceback" not in reply.text


async def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        assert 'href="/page/ask"' in (await shown(p, "/runs")).text


async def test_a_crossing_that_the_ledger_has_not_is_said_to_be_lost(tmp_path: Path) -> None:
    async with page(tmp_path) as p:
        p.book.write(run("c" * 16, crossings=(7,)))
        assert "Crossing 7 is not in the ledger" in (await shown(p, f"/runs/{'c' * 16}")).text


async def test_a_draft_and_what_took_its_place(tmp_path: Path) -> None:
    async with page(tmp_path, DRAFTS) as p:
        p.daemon.says(answer("Lyon."))
        p.cloud.script(Answer.sse(chat_events("Paris is the capital of France.")))
        await p.ask(pattern="draft-then-refine", question="The capital of France?", look="no")
        text = (await shown(p, f"/runs/{p.all('done')[0]['id']}")).text
    assert '<del class="words">Lyon.</del>' in text


# --- the small parts -----------------------------------------------------------------------------


def test_marks_out_of_place_are_left_out() -> None:
    marks = (Mark(0, 4, "person"), Mark(2, 6, "name"), Mark(9, 99, "late"))
    assert [(s.text, s.kind) for s in marked("Anna lives", marks)] == [
        ("Anna", "person"),
        (" lives", ""),
    ]


def test_placeholders_are_laid_over_what_was_asked() -> None:
    sealed = "Tell PERSON_8FKQ2M1Z and PERSON_77777777, then PERSON_8FKQ2M1Z."
    known = put_back(["Tell Anna and Bo, then Anna."], [sealed], ["An", "Anna", "Bo"])
    assert known == {"PERSON_8FKQ2M1Z": "Anna", "PERSON_77777777": "Bo"}
    raw, here = came("Anna!", known)
    assert [s.text for s in raw] == ["PERSON_8FKQ2M1Z", "!"]
    assert [(s.text, s.kind) for s in here] == [("Anna", "person"), ("!", "")]


@pytest.mark.parametrize(
    "sealed",
    [
        "Tell PERSON_8FKQ2M1Z and PERSON_8FKQ2M1Z, then Bo.",  # two values for one placeholder
        "Say PERSON_8FKQ2M1Z",  # another text
        "PERSON_8FKQ2M1Z PERSON_77777777",
        "Tell Anna",
    ],
)
def test_what_does_not_fit_is_not_guessed(sealed: str) -> None:
    assert put_back(["Tell Anna and Bo, then Bo."], [sealed], ["Anna", "Bo"]) == {}


def test_the_messages_of_both_interfaces() -> None:
    chat = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}
    responses = {"instructions": "Be brief.", "input": [{"role": "user", "content": "Hi"}]}
    assert [(one.who, one.text) for one in said_in(json.dumps(chat))] == [("user", "Hi")]
    assert [one.text for one in said_in(json.dumps(responses))] == ["Be brief.", "Hi"]
    for other in ("", "[1]", "no JSON", '{"messages": 5}', '{"input": [1, {"content": 2}]}'):
        assert said_in(other) == ()


def test_a_placeholder_is_a_stretch_of_its_own() -> None:
    assert [s.kind for s in placed("To EMAIL_QNNKBPF7_6K, now")] == ["", PLACEHOLDER, ""]
