"""The refinement in the background: stored encrypted, resumed, found again, delivered once."""

from __future__ import annotations

import asyncio
import os
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bench.drafting.restart import ANSWER, Crash, crash, in_the_clear, stands_in
from doorstep import BadInput, ConfigError, Message, ModelUnavailable, Options, Piece, Reply, Usage
from doorstep.models import Model, Scripted
from doorstep.patterns.draft_then_refine import DraftThenRefine
from doorstep.patterns.drafting.background import Refinery
from doorstep.patterns.drafting.sealed import Sealed
from tests.models.openai_server import Answer, chat_events
from tests.patterns.far import Far, far

pytest.importorskip("dbos")

ASK = [Message("user", "Write to Maya Okafor about the boiler.")]
DRAFT = "Dear Maya Okafor, the boiler rattles."
BETTER = "Dear neighbour, the boiler has rattled since Monday."
TEXTS = ("Okafor", "boiler", "rattle", "neighbour")


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Far]:
    async with far(tmp_path) as cloud:
        yield cloud


def refinery(folder: Path, cloud: Far, **options: object) -> Refinery:
    pattern = DraftThenRefine(Scripted([]), cloud.model, cloud.boundary, judge="checks")
    return Refinery(pattern, folder=folder / "jobs", **options)  # type: ignore[arg-type]


def clear(folder: Path) -> list[str]:
    """Files in which a text of the job stands."""
    assert (folder / "jobs" / "refinery.sqlite3").stat().st_size > 0
    return list(in_the_clear(folder / "jobs", TEXTS))


def test_a_text_is_found_in_base64_wherever_it_begins(tmp_path: Path) -> None:
    for before in range(4):
        stored = b64encode(b"x" * before + b"Maya's boiler rattles")
        (tmp_path / f"{before}.txt").write_bytes(stored)
    (tmp_path / "other.txt").write_bytes(b64encode(b"Maya has a kettle"))
    found = list(in_the_clear(tmp_path, ("boiler",)))
    assert found == ["0.txt", "1.txt", "2.txt", "3.txt"]


async def test_a_job_is_done_found_and_delivered_once(tmp_path: Path, cloud: Far) -> None:
    cloud.says(BETTER)
    async with refinery(tmp_path, cloud) as jobs:
        id = await jobs.submit(ASK, Reply(DRAFT, "home", usage=Usage(5, 9)))
        given = await asyncio.gather(*(jobs.deliver(id) for _ in range(8)))
        (job,) = [job for job in given if job is not None]
        assert job.delivered and job.reply is not None and job.reply.text == BETTER
        found = await jobs.find(id)
        assert found is not None and found.delivered and found.reply == job.reply
        assert "boiler" not in repr(found)
    async with refinery(tmp_path, cloud) as jobs:
        assert await jobs.deliver(id) is None
        assert await jobs.find(id) == found
    outcome = job.reply.outcome
    assert outcome is not None and outcome.verdict == "replaced"
    assert [step.name for step in outcome.steps] == ["refine: solve", "rule"]
    assert job.reply.usage == outcome.usage == Usage(11, 7)
    (crossing,) = outcome.crossings
    assert crossing.body == cloud.sent[0] and "Okafor" not in cloud.sent[0]
    assert clear(tmp_path) == []


async def test_a_job_outlives_a_closed_refinery(tmp_path: Path, cloud: Far) -> None:
    events = chat_events(BETTER)
    cloud.server.script(
        Answer(pieces=[events[:200], 30.0, events[200:]], content_type="text/event-stream"),
        Answer.sse(events),
    )
    async with refinery(tmp_path, cloud) as jobs:
        id = await jobs.submit(ASK, DRAFT)
        while not cloud.sent:  # noqa: ASYNC110 - a server in a thread sets it
            await asyncio.sleep(0.01)
        assert clear(tmp_path) == []
    assert await asyncio.to_thread(cloud.server.gone.wait, 5)
    async with refinery(tmp_path, cloud) as jobs:
        job = await jobs.deliver(id)
        assert job is not None and job.reply is not None and job.reply.text == BETTER
        assert await jobs.deliver(id) is None
        assert await jobs.submit(ASK, DRAFT, id=id) == id  # it is not done again
    assert len(cloud.sent) == len(cloud.ledger.list()) == 2


async def test_a_cloud_that_fails_keeps_the_draft_and_no_draft_is_a_failure(
    tmp_path: Path, cloud: Far
) -> None:
    cloud.server.script(Answer.error(404), Answer.error(404))
    async with refinery(tmp_path, cloud) as jobs:
        kept = await jobs.deliver(await jobs.submit(ASK, DRAFT))
        failed = await jobs.deliver(await jobs.submit(ASK, ""))
    assert kept is not None and kept.reply is not None and kept.reply.text == DRAFT
    assert kept.reply.outcome is not None
    assert kept.reply.outcome.fallback == "the cloud failed (ModelUnavailable); the draft stands"
    assert failed is not None and (failed.state, failed.reason) == ("failed", "ModelUnavailable")


async def test_what_is_forgotten_is_gone(tmp_path: Path, cloud: Far) -> None:
    cloud.says(BETTER)
    async with refinery(tmp_path, cloud) as jobs:
        id = await jobs.submit(ASK, DRAFT)
        await jobs.deliver(id)
        await jobs.forget(id)
        assert await jobs.find(id) is None
        assert await jobs.deliver(id) is None
        assert await jobs.find("never") is None and await jobs.find("doorstep.key") is None


async def test_a_running_job_can_be_forgotten(
    tmp_path: Path, cloud: Far, capfd: pytest.CaptureFixture[str]
) -> None:
    events = chat_events(BETTER)
    cloud.server.script(
        Answer(pieces=[events[:200], 0.5, events[200:]], content_type="text/event-stream")
    )
    async with refinery(tmp_path, cloud) as jobs:
        id = await jobs.submit(ASK, DRAFT)
        while not cloud.sent:  # noqa: ASYNC110 - a server in a thread sets it
            await asyncio.sleep(0.01)
        await jobs.forget(id)
        while jobs._running:  # noqa: ASYNC110 - a thread of DBOS's ends
            await asyncio.sleep(0.01)
        assert await jobs.find(id) is None
    async with refinery(tmp_path, cloud) as jobs:
        assert await jobs.find(id) is None
    assert len(cloud.sent) == 1
    assert "boiler" not in capfd.readouterr().err


class Faulty(Model):
    """Fails with what it was told in its message, as a bug may."""

    name = "faulty"

    def __init__(self) -> None:
        from doorstep import Zone

        self.zone = Zone.HOME

    async def stream(
        self,
        messages: Sequence[Message],
        options: Options = Options(),  # noqa: B008
    ) -> AsyncIterator[Piece]:
        raise KeyError(messages[-1].text)
        yield Piece("")


async def test_a_fault_of_the_program_says_no_text_anywhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pattern = DraftThenRefine(Scripted([]), Faulty(), judge="checks")
    async with Refinery(pattern, folder=tmp_path / "jobs") as jobs:
        job = await jobs.deliver(await jobs.submit(ASK, DRAFT))
    assert job is not None and (job.state, job.reason) == ("failed", "KeyError")
    said = capfd.readouterr()
    assert "boiler" not in said.out + said.err
    assert clear(tmp_path) == []


@pytest.mark.skipif("DOORSTEP_POSTGRES_URL" not in os.environ, reason="no PostgreSQL to try")
async def test_a_job_in_postgresql(tmp_path: Path, cloud: Far) -> None:
    """As in SQLite: broken off, resumed, delivered once, and no text in any row of any table."""
    import sqlalchemy

    url = os.environ["DOORSTEP_POSTGRES_URL"]
    events = chat_events(BETTER)
    cloud.server.script(
        Answer(pieces=[events[:200], 30.0, events[200:]], content_type="text/event-stream"),
        Answer.sse(events),
    )
    async with refinery(tmp_path, cloud, url=url) as jobs:
        id = await jobs.submit(ASK, DRAFT)
        while not cloud.sent:  # noqa: ASYNC110 - a server in a thread sets it
            await asyncio.sleep(0.01)
    async with refinery(tmp_path, cloud, url=url) as jobs:
        given = await asyncio.gather(*(jobs.deliver(id) for _ in range(8)))
        (job,) = [job for job in given if job is not None]
        assert job.reply is not None and job.reply.text == BETTER
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as database:
        tables = sqlalchemy.inspect(engine).get_table_names(schema="dbos")
        rows = [
            str(row)
            for table in tables
            for row in database.execute(sqlalchemy.text(f'SELECT * FROM dbos."{table}"'))
        ]
    engine.dispose()
    assert any(id in row for row in rows)
    assert not [row for row in rows if stands_in(row.encode(), TEXTS)]


# --- opening -------------------------------------------------------------------------------------


async def test_only_one_refinery_and_only_with_its_key(tmp_path: Path, cloud: Far) -> None:
    async with refinery(tmp_path, cloud):
        with pytest.raises(ConfigError, match="Another refinery is open"):
            async with refinery(tmp_path / "other", cloud):
                pass
    with pytest.raises(ConfigError, match="another key"):
        async with refinery(tmp_path, cloud, key=b"x" * 32):
            pass
    async with refinery(tmp_path, cloud):  # and it is as it was
        pass


async def test_another_process_has_it_open(tmp_path: Path, cloud: Far) -> None:
    async with refinery(tmp_path, cloud) as jobs:
        program = (
            "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=0)\n"
            "try: db.execute('BEGIN EXCLUSIVE')\n"
            "except sqlite3.OperationalError: print('locked')"
        )
        lock = str(jobs._folder / "refinery.lock")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, lock, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await child.communicate()
    assert out == b"locked\n"


async def test_dbos_in_the_cloud_is_refused(
    tmp_path: Path, cloud: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBOS__CLOUD", "true")
    with pytest.raises(ConfigError, match="stays at home"):
        async with refinery(tmp_path, cloud):
            pass


async def test_a_database_that_cannot_be_opened(tmp_path: Path, cloud: Far) -> None:
    url = "postgresql://maya:secret@127.0.0.1:9/jobs"  # port 9: nobody listens
    with pytest.raises(ConfigError, match="cannot be opened") as caught:
        async with refinery(tmp_path, cloud, url=url):
            pass
    assert "maya" not in str(caught.value)
    (tmp_path / "jobs" / "refinery.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(ConfigError, match="cannot be opened"):
        async with refinery(tmp_path, cloud):
            pass


async def test_a_closed_refinery_and_ids_of_another_kind(tmp_path: Path, cloud: Far) -> None:
    jobs = refinery(tmp_path, cloud)
    with pytest.raises(BadInput, match="not open"):
        await jobs.submit(ASK, DRAFT)
    with pytest.raises(BadInput, match="id of a job"):
        await jobs.submit(ASK, DRAFT, id="../x")
    with pytest.raises(BadInput, match="PostgreSQL"):
        refinery(tmp_path, cloud, url="mysql://x")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
async def test_the_files_are_their_owners_alone(tmp_path: Path, cloud: Far) -> None:
    async with refinery(tmp_path, cloud):
        modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "jobs").iterdir()}
    assert modes == {0} and (tmp_path / "jobs").stat().st_mode & 0o077 == 0


# --- kill -9 -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Crash:
    """A process killed while the cloud answers; `python -m bench.draft` has the other moments."""
    return crash(tmp_path_factory.mktemp("killed"), "call", later=0)


def test_a_killed_refinement_is_finished_once(killed: Crash) -> None:
    assert killed.finished_once
    assert killed.deliveries[0] is not None and killed.deliveries[0]["answer"] == ANSWER
    # The cloud was asked twice, and both times stand in the ledger.
    assert killed.asked == killed.crossings == 2 and killed.ledger_ok


def test_a_killed_process_leaves_no_text_and_opens_no_port(killed: Crash) -> None:
    assert killed.in_the_clear == () and killed.said == ""
    port = killed.url.split(":")[2].split("/")[0]
    assert set(killed.places) == {f"socket.connect ('127.0.0.1', {port})"}


# --- what is stored ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["text", None, 3, ["a", {"b": [True]}], {"args": ["ö"], "kwargs": {}}]
)
def test_what_is_sealed_comes_back(value: object) -> None:
    sealed = Sealed(b"k" * 32)
    text = sealed.serialize(value)
    assert sealed.deserialize(text) == value
    assert sealed.serialize(value) != text  # a nonce of its own each time


def test_a_sealed_error_is_its_type_and_no_word_of_it() -> None:
    sealed = Sealed(b"k" * 32)
    error = sealed.deserialize(sealed.serialize(ModelUnavailable("Maya's boiler")))
    assert error.message == "The job failed (ModelUnavailable)." and "boiler" not in str(error)


def test_what_was_changed_or_has_another_key_is_refused() -> None:
    text = Sealed(b"k" * 32).serialize("text")
    with pytest.raises(ConfigError):
        Sealed(b"x" * 32).deserialize(text)
    with pytest.raises(ConfigError):
        Sealed(b"k" * 32).deserialize(("A" if text[0] != "A" else "B") + text[1:])
    with pytest.raises(ConfigError):
        Sealed(b"k" * 32).deserialize("not sealed")
    with pytest.raises(ConfigError):
        Sealed(b"short")
