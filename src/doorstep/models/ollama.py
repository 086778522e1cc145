"""A model in an Ollama daemon, by its native /api/chat.

Natively, because `think`, `options` and `format` are dropped or changed by its OpenAI-compatible
route. The model is cloud until its zone is proved (see `zone`), and a model that is not home
answers nothing here: this adapter has no door, so nothing that it sends is sealed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from doorstep._errors import (
    BadInput,
    ConfigError,
    DoorstepError,
    ModelError,
    ReplyBroken,
    ZoneError,
)
from doorstep._values import Finish, Message, Options, Piece, Reply, TokenLogprob, Usage, Zone
from doorstep.models._wire import error_for_status, json_object, ndjson, place
from doorstep.models.base import Model, Way
from doorstep.models.zone import (
    FIX_LOCAL_MODEL,
    ZoneProof,
    missing,
    names_remote,
    ollama_error,
    prove_ollama,
)

if TYPE_CHECKING:
    import httpx2

DEFAULT_HOST = "http://127.0.0.1:11434"
DEFAULT_PORT = 11434
MAX_RIVALS = 20  # the daemon refuses more

# How a wish for thinking is put: as a level, as a switch, not at all. A model that refuses one
# gets the next, from then on.
_THINKING: tuple[Literal["level", "switch", "never"], ...] = ("level", "switch", "never")


def ollama_host(value: str | None) -> str:
    """OLLAMA_HOST as the daemon itself reads it -> `scheme://host[:port][/path]`.

    "host", "host:port", ":port", "http://host", an IPv6 address with or without brackets. Without
    a scheme the port is 11434. The "listen everywhere" addresses become loopback, where a daemon
    that listens everywhere is reached. Raises ConfigError.
    """
    text = (value or "").strip().strip("\"'").strip()
    if not text:
        return DEFAULT_HOST
    has_scheme = "://" in text
    if not has_scheme and text.count(":") > 1 and not text.startswith("["):
        text = f"[{text}]"
    try:
        parts = urlsplit(text if has_scheme else f"http://{text}")
        host, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        raise _bad_host("its port or its brackets are wrong") from None
    if parts.scheme not in ("http", "https"):
        raise _bad_host("its scheme is neither http nor https")
    if parts.username is not None or parts.query or parts.fragment:
        raise _bad_host("it holds a user, a query or a fragment")
    if not all(c.isalnum() or c in ".-_:%" for c in host):
        raise _bad_host("its host name holds a character that no host name holds")
    host = _reachable(host)
    port = port or (None if has_scheme else DEFAULT_PORT)
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _reachable(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return str(address) if address.version == 4 else f"[{address}]"


def _bad_host(why: str) -> ConfigError:
    return ConfigError(
        f"The address of Ollama cannot be used: {why}.",
        hint="Give OLLAMA_HOST as host:port or http://host:port.",
    )


class Ollama(Model):
    """One model of one daemon.

    `temperature` holds where a call gives none. `keep_alive` is how long the daemon keeps the
    model loaded after a call ("10m", seconds; None: its own default). `timeout` is the longest
    silence in seconds, before the first piece and between two; `connect_timeout` is for getting
    through to the daemon at all. A `client` of your own has to be made with `trust_env=False`, or
    a proxy carries home traffic out; it stays yours to close. `trusted_hosts` are host names or
    addresses in your own network that count as home although they are another machine.
    """

    way: Way = "two-pass"
    provider = "ollama"
    can_schema = True
    can_logprobs = True
    can_skip_thinking = True

    def __init__(
        self,
        name: str = "gemma4:e4b",
        *,
        host: str = DEFAULT_HOST,
        num_ctx: int = 32768,
        temperature: float = 0.0,
        keep_alive: str | float | None = None,
        timeout: float = 600.0,
        connect_timeout: float = 5.0,
        trusted_hosts: tuple[str, ...] = (),
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.name = name
        self.host = ollama_host(host)
        self.zone = Zone.CLOUD
        self.zone_reason = "not proved yet"
        self._fix = "Call `prove()` first, or make the model with `await Ollama.connect(...)`."
        self._settings: dict[str, object] = {"num_ctx": num_ctx, "temperature": temperature}
        self._keep_alive = keep_alive
        self._trusted_hosts = trusted_hosts
        self._proof: ZoneProof | None = None
        self._thinking = 0
        self._owns_client = client is None
        self._client = _home_client() if client is None else _checked(client)
        self._timeout = _timeout(timeout, connect_timeout)

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        return self._trusted_hosts

    @property
    def proof(self) -> ZoneProof | None:
        """What is known of where the model runs; None before anybody asked."""
        return self._proof

    @classmethod
    async def connect(cls, name: str = "gemma4:e4b", **settings: Any) -> Self:
        """The model, proved to be home. Raises ZoneError or ModelUnavailable, each with a hint."""
        model = cls(name, **settings)
        try:
            proof = await model.prove()
            if proof.zone is not Zone.HOME:
                raise model._not_home()
        except BaseException:
            await model.aclose()
            raise
        return model

    async def prove(self) -> ZoneProof:
        """Ask the daemon where the model runs, and hold on to the answer.

        Raises ModelUnavailable where nobody answers or the model is not there; the model then
        stays cloud.
        """
        self._settle(ZoneProof(Zone.CLOUD, "not proved", fix="Start Ollama, then ask again."))
        proof = await prove_ollama(
            self.host, self.name, self._client, trusted_hosts=self._trusted_hosts
        )
        self._settle(proof)
        return proof

    def _settle(self, proof: ZoneProof) -> None:
        self._proof = proof
        self.zone, self.zone_reason = proof.zone, proof.reason
        self._fix = proof.fix

    def _not_home(self) -> ZoneError:
        return ZoneError(
            f"{self.name} is not proved to run at home: {self.zone_reason}", hint=self._fix
        )

    async def stream(
        self, messages: Sequence[Message], options: Options = Options()
    ) -> AsyncIterator[Piece]:
        """See `Model.stream`. Closing or cancelling the iteration closes the connection, upon
        which the daemon stops generating.
        """
        if not messages:
            raise BadInput(
                "There is no message to answer.",
                hint="Give at least one message, in the role user.",
            )
        served = await self._served_name()
        answer = _Answer(self.name)
        while True:
            thinking = self._thinking
            body = self._body(served, messages, options)
            try:
                async with aclosing(self._chat(body)) as events:
                    async for event in events:
                        self._stop_if_remote(event)
                        if text := answer.take(event):
                            yield Piece(text)
            except _ThinkingRefused:  # before the first event, so nothing is said twice
                self._thinking = max(self._thinking, thinking + 1)
            else:
                break
        yield Piece("", answer.reply())

    async def _served_name(self) -> str:
        proof = self._proof
        if proof is not None and proof.zone is Zone.HOME and not proof.guarded:
            proof = await self.prove()
        if proof is None or proof.zone is not Zone.HOME:
            raise self._not_home()
        return proof.name

    def _stop_if_remote(self, event: Mapping[str, object]) -> None:
        if names_remote(event):
            reason = "its daemon answered from a remote host."
            self._settle(ZoneProof(Zone.CLOUD, reason, fix=FIX_LOCAL_MODEL))
            raise self._not_home()

    def _body(
        self, served: str, messages: Sequence[Message], options: Options
    ) -> dict[str, object]:
        body: dict[str, object] = {
            "model": served,
            "messages": [{"role": m.role, "content": m.text} for m in messages],
            "stream": True,
            # Too long a conversation is an error, never a silent loss of its first messages,
            # which say what must not be told. Older daemons ignore both.
            "truncate": False,
            "shift": False,
            "options": self._settings | _sampling(options),
        }
        if self._keep_alive is not None:
            body["keep_alive"] = self._keep_alive
        if options.schema is not None:
            body["format"] = options.schema
        if options.logprobs:
            body |= {"logprobs": True, "top_logprobs": min(options.logprobs, MAX_RIVALS)}
        return body | self._think(options)

    def _think(self, options: Options) -> dict[str, object]:
        how = _THINKING[self._thinking]
        if options.effort is None or how == "never":
            return {}
        if options.effort == "none":
            return {"think": False}
        return {"think": options.effort if how == "level" else True}

    async def _chat(self, body: dict[str, object]) -> AsyncGenerator[dict[str, object]]:
        try:
            async with self._client.stream(
                "POST",
                f"{self.host}/api/chat",
                json=body,
                timeout=self._timeout,
                follow_redirects=False,
            ) as response:
                if response.status_code != 200:
                    raise self._refused(response, _error_text(await response.aread()), body)
                async for event in ndjson(response.aiter_bytes()):
                    yield event
        except (DoorstepError, _ThinkingRefused):
            raise
        except Exception as error:
            raise ollama_error(error, model=self.name, where=place(self.host)) from None

    def _refused(
        self, response: httpx2.Response, why: str, body: Mapping[str, object]
    ) -> Exception:
        """`why` is only searched for what it is about: a daemon may echo what it was sent."""
        status = response.status_code
        if status == 404:
            return missing(self.name, place(self.host))
        if status == 400 and "think" in body and "think" in why and "support" in why:
            return _ThinkingRefused()
        if status == 400 and ("context" in why or "input length" in why):
            return ModelError(
                f"The conversation is longer than {self.name} is set to read.",
                hint="Shorten the text, or raise num_ctx.",
            )
        return error_for_status(status, response.headers, model=self.name, where=place(self.host))

    async def aclose(self) -> None:
        """Close the connections, unless the client was given."""
        if self._owns_client:
            await self._client.aclose()


def _home_client() -> httpx2.AsyncClient:
    import httpx2

    # No connection is kept: one to this machine costs nothing, and a kept one would belong to
    # the event loop that opened it.
    limits = httpx2.Limits(max_keepalive_connections=0)
    return httpx2.AsyncClient(trust_env=False, limits=limits)


def _checked(client: httpx2.AsyncClient) -> httpx2.AsyncClient:
    if client.trust_env:
        raise ConfigError(
            "The HTTP client given for a home model reads proxy settings from the environment.",
            hint="Make it with trust_env=False.",
        )
    return client


def _timeout(silence: float, connect: float) -> httpx2.Timeout:
    import httpx2

    return httpx2.Timeout(silence, connect=connect)


def _sampling(options: Options) -> dict[str, object]:
    asked = {
        "temperature": options.temperature,
        "num_predict": options.max_tokens,
        "seed": options.seed,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _error_text(body: bytes) -> str:
    """What the daemon gives as its error, in lower case."""
    try:
        return str(json_object(body).get("error", "")).lower()
    except ReplyBroken:
        return ""


class _ThinkingRefused(Exception):
    """The model cannot think, or not at the level that was asked for."""


@dataclass(slots=True)
class _Answer:
    """The pieces of one answer, put together."""

    name: str
    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    last: Mapping[str, object] | None = None

    def take(self, event: Mapping[str, object]) -> str:
        """The text that this event adds. Raises ReplyBroken for an event that is none."""
        if "error" in event:
            raise ReplyBroken(f"{self.name} failed in the middle of its answer.")
        message = event.get("message", {})
        if not isinstance(message, dict):
            raise ReplyBroken(f"{self.name} sent a piece of an answer that cannot be read.")
        text, thinking = _str(message.get("content")), _str(message.get("thinking"))
        self.text.append(text)
        self.thinking.append(thinking)
        if not thinking:
            self.logprobs += _logprobs(event.get("logprobs"))
        if event.get("done") is True:
            self.last = event
        return text

    def reply(self) -> Reply:
        """The whole of it. Raises ReplyBroken where the last event never came."""
        if self.last is None:
            raise ReplyBroken(f"The answer of {self.name} broke off before its end.")
        finish: Finish = "length" if self.last.get("done_reason") == "length" else "stop"
        return Reply(
            text="".join(self.text),
            model=self.name,
            usage=Usage(_count(self.last, "prompt_eval_count"), _count(self.last, "eval_count")),
            finish=finish,
            thinking="".join(self.thinking),
            logprobs=tuple(self.logprobs),
        )


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(event: Mapping[str, object], name: str) -> int | None:
    value = event.get(name)
    return value if isinstance(value, int) else None


def _logprobs(value: object) -> list[TokenLogprob]:
    """Log-probabilities where the daemon gives them; an entry that cannot be read is left out."""
    found = []
    for entry in value if isinstance(value, list) else ():
        pair = _pair(entry)
        if pair is not None:
            rivals = entry.get("top_logprobs")
            pairs = [_pair(rival) for rival in rivals] if isinstance(rivals, list) else []
            found.append(TokenLogprob(*pair, tuple(p for p in pairs if p is not None)))
    return found


def _pair(entry: object) -> tuple[str, float] | None:
    if not isinstance(entry, dict):
        return None
    token, logprob = entry.get("token"), entry.get("logprob")
    if isinstance(token, str) and isinstance(logprob, int | float):
        return token, float(logprob)
    return None
