"""The page's questions: which models they get, and what is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep._errors import BadInput
from doorstep.assemble.asking import Asking
from doorstep.assemble.choices import Offer
from doorstep.assemble.keeping import Recorder
from doorstep.config import Settings
from doorstep.page.asking import Choices, Happening, Question, Waits
from doorstep.patterns.listening import Began
from doorstep.runs.book import Book
from doorstep.runs.held import Waiting
from doorstep.runs.values import KeptRun
from tests.models.ollama_server import OllamaServer, Stored, answer

KEY = b"k" * 32


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def settings(folder: Path, **tables: object) -> Settings:
    given = {"ledger": {"path": str(folder / "ledger.sqlite3")}, **tables}
    return Settings.model_validate(given)


async def offered(settings: Settings, **environ: str) -> Choices:
    return await Offer(settings, environ).choices()


async def happened(folder: Path, settings: Settings, question: Question) -> list[Happening]:
    """All that happens in one question, over the stand-ins."""
    with Book(folder / "runs.sqlite3", KEY) as book, Waiting() as waiting:
        asking = Asking(settings, {}, Recorder(book), waiting)
        return [event async for event in asking.run(question, "f" * 16)]


async def test_models_that_are_there_are_offered_and_others_are_not(tmp_path: Path) -> None:
    with OllamaServer([Stored("gemma4:e4b"), Stored("gemma4:e2b", "ollama.com")]) as daemon:
        found = await offered(settings(tmp_path, home={"host": daemon.url}))
    assert [one.name for one in found.homes] == ["", "builtin"]  # e2b runs somewhere else
    assert (found.homes[0].title, found.homes[0].stand_in) == ("gemma4:e4b", "")


async def test_a_home_model_that_is_not_there_says_so(tmp_path: Path) -> None:
    with OllamaServer([]) as daemon:
        found = await offered(settings(tmp_path, home={"host": daemon.url, "model": "gemma4:e4b"}))
    assert found.homes[0].missing
    with pytest.raises(BadInput, match="cannot be asked"):
        await Offer(
            settings(tmp_path, home={"host": "http://127.0.0.1:9", "model": "gemma4:e4b"}), {}
        ).checked(Question("Why?", "cross-check"))


async def test_a_cloud_that_is_set_up_is_offered_beside_its_stand_in(tmp_path: Path) -> None:
    found = await offered(settings(tmp_path), OPENAI_API_KEY="sk-test")
    assert [(one.name, bool(one.stand_in)) for one in found.clouds] == [
        ("", False),
        ("stand-in", True),
    ]
    alone = await offered(settings(tmp_path))
    assert [(one.name, bool(one.stand_in)) for one in alone.clouds] == [("", True)]


async def test_own_patterns_are_offered_by_name(tmp_path: Path) -> None:
    own = {"careful": {"use": "escalate-on-hard", "cloud": "sanitize-and-solve"}}
    found = await offered(settings(tmp_path, patterns=own))
    assert found.patterns[0].name == "household"
    assert found.patterns[-1].title == "careful (Escalate-on-Hard)"


async def test_a_model_that_a_person_chose_is_the_one_that_answers(tmp_path: Path) -> None:
    with OllamaServer([Stored("gemma4:e4b"), Stored("gemma4:e2b")]) as daemon:
        daemon.says(answer("Forty-two."))
        one = settings(tmp_path, home={"host": daemon.url})
        asked = Question("What is 6 times 7?", "escalate-on-hard", home="gemma4:e2b", look=False)
        events = await happened(tmp_path, one, asked)
    began = [event for event in events if isinstance(event, Began)]
    assert began[0].model.startswith("gemma4:e2b")


async def test_steps_of_nested_patterns_are_told_and_kept(tmp_path: Path) -> None:
    own = {"careful": {"use": "escalate-on-hard", "cloud": "sanitize-and-solve"}}
    one = settings(tmp_path, patterns=own, home={"model": "builtin"})
    asked = Question("Who was Hypatia of Alexandria?", "careful", look=False)
    events = await happened(tmp_path, one, asked)
    kept = events[-1]
    assert isinstance(kept, KeptRun)
    assert (kept.pattern, kept.ending, kept.id) == ("careful", "answered", "f" * 16)
    assert any(step.name.endswith(": solve") for step in kept.steps)
    assert not [event for event in events if isinstance(event, Waits)]


async def test_a_question_that_cannot_be_asked_leaves_no_run(tmp_path: Path) -> None:
    with Book(tmp_path / "runs.sqlite3", KEY) as book, Waiting() as waiting:
        asking = Asking(settings(tmp_path), {}, Recorder(book), waiting)
        for _ in range(9):  # more than there are places: each gives its place back
            with pytest.raises(BadInput, match="no question"):
                _ = [event async for event in asking.run(Question(" ", "cross-check"), "a" * 16)]
        book.flush()
        assert book.runs() == ()
