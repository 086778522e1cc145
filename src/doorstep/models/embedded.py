"""A GGUF file in this process, through llama.cpp (`xllamacpp`, extra `[embedded]`).

The package's `Server` is called directly, not over HTTP. It opens a listening socket all the same:
on POSIX it gets a Unix socket in a private folder that is removed as soon as it listens, so that
nobody can reach it; elsewhere a loopback port. A random key guards it in both cases, and the
routes that show prompts are off.

llama.cpp drops a constraint that it cannot parse in some of its routes. Here a bad grammar or
schema comes back as an error (tried in the tests), but an answer cut by `max_tokens` is still not
valid: whoever asked for a schema validates.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from doorstep._errors import BadInput, ConfigError, ModelError, ModelUnavailable, ReplyBroken
from doorstep._values import (
    Effort,
    Finish,
    Message,
    Options,
    Piece,
    Reply,
    TokenLogprob,
    Usage,
    Zone,
)
from doorstep.models.base import Model, Way

_MAGIC = b"GGUF"  # https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
_LONGEST_SOCKET_PATH = 100  # bytes; sun_path holds 104 on macOS, 108 on Linux
_BATCH = 256  # tokens of a prompt read at once; between two batches a call can be stopped


class Embedded(Model):
    """The model in `path`, a GGUF file with a chat template.

    `context` is in tokens, prompt and answer together. `threads` is what generation may use; the
    default leaves one core to everything else, which is faster than taking all of them.
    `temperature` and `max_output_tokens` hold where a call gives none.
    The file is loaded at the first call. One answer is made at a time; others wait.

    `effort` reaches the file's chat template (`enable_thinking`, `reasoning_effort`); what the
    template makes of it, nothing for many small models, is the model's affair.

    Raises ModelUnavailable without the extra, ConfigError where `path` is no GGUF file.
    """

    zone = Zone.HOME
    zone_reason = "in this process"
    way: Way = "two-pass"
    provider = "llama.cpp"
    can_schema = True
    can_logprobs = True
    can_skip_thinking = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        context: int = 8192,
        threads: int | None = None,
        temperature: float = 0.0,
        effort: Effort | None = None,
        max_output_tokens: int = 2048,
    ) -> None:
        if find_spec("xllamacpp") is None:
            raise ModelUnavailable(
                "Models in this process need an extra that is not installed.",
                hint="Run: pip install 'doorstep[embedded]'",
            )
        self.name = name or Path(path).stem
        self._engine = _Engine(_gguf(Path(path)), context, threads or _spare_cores())
        self._temperature = temperature
        self._effort = effort
        self._max_output_tokens = max_output_tokens
        self._grammar: str | None = None

    def held_to(self, grammar: str) -> Embedded:
        """The same loaded model, every answer held to `grammar` (GBNF, llama.cpp's notation)."""
        held = object.__new__(Embedded)
        held.__dict__.update(self.__dict__, _grammar=grammar)
        return held

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """The answer token by token; closing this stops generation at the next token."""
        body = self._body(messages, options)
        heard = _Heard(self.name)
        async with aclosing(self._engine.chunks(body)) as chunks:
            async for chunk in chunks:
                text = heard.take(chunk)
                if text:
                    yield Piece(text)
        yield Piece("", heard.reply())

    async def raw(self, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """llama.cpp's own answer to `body`, a Chat Completions request: its chunks where `stream`
        is true, else one object. ModelError or BadInput for what it refuses."""
        async with aclosing(self._engine.chunks(body)) as chunks:
            async for chunk in chunks:
                if "error" in chunk:
                    raise _refused(self.name, chunk["error"])
                yield chunk | {"model": self.name}

    async def aclose(self) -> None:
        """Stop what is being generated and free the memory; for all that share the file."""
        await self._engine.aclose()

    def _body(self, messages: Sequence[Message], options: Options) -> dict[str, Any]:
        if not messages:  # llama.cpp would answer all the same
            raise BadInput(
                f"{self.name} was asked nothing.",
                hint="Give at least one message, in the role user.",
            )
        if options.schema is not None and self._grammar is not None:
            raise BadInput(
                f"{self.name} can be held to a grammar or to a schema, not both.",
                hint="Leave one of them out.",
            )
        body: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.text} for message in messages],
            "max_tokens": options.max_tokens or self._max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,  # a call-back per batch of the prompt: a chance to stop
            "temperature": self._temperature,
        }
        if options.temperature is not None:
            body["temperature"] = options.temperature
        if options.seed is not None:
            body["seed"] = options.seed
        if options.logprobs:
            body |= {"logprobs": True, "top_logprobs": options.logprobs}
        if self._grammar is not None:
            body["grammar"] = self._grammar
        if options.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": options.schema_name, "schema": options.schema},
            }
        effort = options.effort or self._effort
        if effort is not None:
            thinks = effort != "none"
            body["chat_template_kwargs"] = {"enable_thinking": thinks, "reasoning_effort": effort}
        return body


def _spare_cores() -> int:
    return max(1, (os.cpu_count() or 2) - 1)


def _gguf(path: Path) -> Path:
    path = path.expanduser()
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(f"{path} cannot be read ({why}).", hint="Give a GGUF file.") from None
    if magic != _MAGIC:
        raise ConfigError(f"{path} is not a GGUF file.", hint="Download it again.")
    return path


class _Engine:
    """One loaded file. Calls run in threads; what they yield comes over to the event loop."""

    def __init__(self, path: Path, context: int, threads: int) -> None:
        self._path = path
        self._context = context
        self._threads = threads
        self._server: Any = None
        self._closed = threading.Event()
        self._turn = threading.Lock()  # loading, generating and freeing exclude each other

    async def chunks(self, body: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """llama.cpp's chunks of one answer; closing this stops it and waits until it has."""
        loop = asyncio.get_running_loop()
        coming: asyncio.Queue[dict[str, Any] | BaseException | None] = asyncio.Queue()
        stop = threading.Event()

        def tell(item: dict[str, Any] | BaseException | None) -> None:
            loop.call_soon_threadsafe(coming.put_nowait, item)

        working = loop.run_in_executor(None, self._work, body, tell, stop)
        try:
            while (item := await coming.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            stop.set()
            await _ended(working)

    def _work(self, body: dict[str, Any], tell: Any, stop: threading.Event) -> None:
        def halt(chunk: dict[str, Any]) -> bool:
            tell(chunk)
            return self._halted(stop)

        try:
            if self._in_turn(stop):
                try:
                    self._loaded().handle_chat_completions(body, halt)
                finally:
                    self._turn.release()
            tell(None)
        except ModelError as error:
            tell(error)
        except Exception:
            # Its messages quote the schema and the template, so they go no further.
            what = "schema" if "response_format" in body else "conversation"
            tell(
                BadInput(
                    f"{self._path.name} cannot be given this {what}.",
                    hint="Make the schema plainer, or take another model.",
                )
            )

    def _in_turn(self, stop: threading.Event) -> bool:
        """Wait for the turn; False where the call was stopped or the engine closed meanwhile."""
        while not self._halted(stop):
            if self._turn.acquire(timeout=0.05):
                return True
        return False

    def _halted(self, stop: threading.Event) -> bool:
        return stop.is_set() or self._closed.is_set()

    def _loaded(self) -> Any:
        if self._server is None:
            self._server = self._load()
        return self._server

    def _load(self) -> Any:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._path)
        params.n_ctx = self._context
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _BATCH
        params.cache_ram_mib = 0  # else earlier prompts are kept, by default up to 8 GiB
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.verbosity = 0
        params.ui = params.endpoint_slots = params.endpoint_props = False
        params.api_keys = [secrets.token_hex(32)]
        params.port = 0
        try:
            return _served(params)
        except RuntimeError:
            pass
        raise ModelUnavailable(
            f"{self._path.name} cannot be loaded: damaged, unknown to llama.cpp, or too large.",
            hint="Download it again, or use a smaller model.",
        )

    async def aclose(self) -> None:
        self._closed.set()
        await asyncio.to_thread(self._free)

    def _free(self) -> None:
        with self._turn:
            self._server = None  # its destructor stops llama.cpp and waits for it
            self._closed.clear()


def _served(params: Any) -> Any:
    import xllamacpp

    with tempfile.TemporaryDirectory(prefix="doorstep-") as folder:  # mode 0700
        address = str(Path(folder) / "unused.sock")
        fits = len(os.fsencode(address)) <= _LONGEST_SOCKET_PATH
        params.hostnames = [address if fits and sys.platform != "win32" else "127.0.0.1"]
        return xllamacpp.Server(params)


async def _ended(working: asyncio.Future[None]) -> None:
    """Wait for the thread even while being cancelled: llama.cpp must have let go of the call."""
    cancelled = False
    while not working.done():
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError


class _Heard:
    """What came so far of one streamed answer."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._logprobs: list[TokenLogprob] = []
        self._reason: str | None = None
        self._usage = Usage()

    def take(self, chunk: dict[str, Any]) -> str:
        """Hear one chunk; the answer's text in it, if any."""
        if "error" in chunk:
            raise _refused(self._name, chunk["error"])
        usage = chunk.get("usage")
        if usage:
            self._usage = Usage(usage.get("prompt_tokens"), usage.get("completion_tokens"))
        if not chunk.get("choices"):
            return ""
        choice = chunk["choices"][0]
        self._reason = choice.get("finish_reason") or self._reason
        self._logprobs += _logprobs(choice.get("logprobs"))
        delta = choice.get("delta") or {}
        self._thinking.append(delta.get("reasoning_content") or "")
        self._text.append(delta.get("content") or "")
        return self._text[-1]

    def reply(self) -> Reply:
        if self._reason is None:
            raise ReplyBroken(f"{self._name} was closed in the middle of its answer.")
        finish: Finish = "length" if self._reason == "length" else "stop"
        return Reply(
            "".join(self._text),
            self._name,
            self._usage,
            finish,
            "".join(self._thinking),
            tuple(self._logprobs),
        )


def _refused(name: str, error: dict[str, Any]) -> ModelError | BadInput:
    """llama.cpp's error as ours; its message may quote the request, its numbers cannot."""
    if error.get("type") == "exceed_context_size_error":
        asked, room = error.get("n_prompt_tokens"), error.get("n_ctx")
        return BadInput(
            f"{name} was asked {asked} tokens and has room for {room}.",
            hint="Ask less, or give it a larger context.",
        )
    if error.get("code") == 400:
        return BadInput(
            f"{name} cannot be held to this grammar or schema, or asked this way.",
            hint="Make the schema plainer, or ask in the way prompted.",
        )
    return ModelError(f"{name} failed ({error.get('code')}).")


def _logprobs(said: dict[str, Any] | None) -> list[TokenLogprob]:
    return [
        TokenLogprob(
            entry["token"],
            entry["logprob"],
            tuple((rival["token"], rival["logprob"]) for rival in entry.get("top_logprobs") or ()),
        )
        for entry in (said or {}).get("content") or ()
    ]
