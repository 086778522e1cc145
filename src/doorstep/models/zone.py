"""Proof that an Ollama endpoint is home, or a reason why not and what would make it so.

A daemon on this machine is not yet home: it forwards a request to a cloud host when the model's
tag is `cloud` or ends in `-cloud`, and also for any stored model whose configuration names a
remote host, whatever the model is called. So three things are asked, and all have to hold:

1. The address is literally this machine (a loopback address or `localhost`, not a name that
   happens to resolve to one), or a host that the user declared as trusted.
2. The name asks for no cloud, and the stored model has no `remote_host` or `remote_model`, in the
   list of models and in its own description.
3. It stays so between now and the request. Recent daemons refuse a remote model under a name that
   ends in `:local`; where that holds, `ZoneProof.name` carries the suffix, and every request is
   guarded by the daemon itself. A recent daemon that does not know the suffix has to have its
   cloud switched off. A daemon too old to answer /api/status can do neither: `guarded` is False,
   and the proof has to be repeated before each request.

Out of scope: a daemon that lies, and a tunnel that listens on a loopback port.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep._errors import BadInput, DoorstepError, ModelUnavailable, ReplyBroken
from doorstep._values import Zone
from doorstep.models._wire import error_for, error_for_status, json_object, place

if TYPE_CHECKING:
    import httpx2

FIX_NO_CLOUD = "Restart Ollama with OLLAMA_NO_CLOUD=1."
FIX_LOCAL_MODEL = "Pull a model that runs on this machine, for example: ollama pull gemma4:e4b"
FIX_HOST = (
    "Use an Ollama on this machine (OLLAMA_HOST=127.0.0.1:11434), "
    "or declare the host as trusted if it stands in your own network."
)
FIX_ABSENT = "Start it with `ollama serve`, or say where it runs with OLLAMA_HOST."
FIX_DAEMON = "Check that Ollama itself answers at that address, and update it."

TIMEOUT_S = 10.0  # per phase of one question; the daemon answers these from memory


@dataclass(frozen=True, slots=True)
class ZoneProof:
    """Where a model runs and why we say so; `fix` says what would make it home, "" if it is.

    `name` is what to call the model in requests. `guarded` is whether the daemon itself refuses
    the request should the model turn remote later; where it is False, prove again each time.
    """

    zone: Zone
    reason: str
    fix: str = ""
    name: str = ""
    guarded: bool = False


def is_loopback(url: str) -> bool:
    """Whether `url` is http(s) to a literal loopback address or to `localhost`.

    Parsed by the HTTP client's own parser, so that both read the same host out of it.
    """
    host = _host(url)
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def asks_for_cloud(model: str) -> bool:
    """Whether the name alone makes a daemon forward: a tag `cloud`, or one ending in `-cloud`."""
    tags = [tag.strip().lower() for tag in model.split(":")[1:]]
    return any(tag == "cloud" or (tag.endswith("-cloud") and "/" not in tag) for tag in tags)


async def prove_ollama(
    host: str, model: str, client: httpx2.AsyncClient, *, trusted_hosts: tuple[str, ...] = ()
) -> ZoneProof:
    """Ask the daemon at `host` (`http://host:port`) whether `model` runs there.

    No private text is sent. Raises ModelUnavailable where nobody answers or the model is not
    there, and other ModelErrors where the daemon cannot be asked. Everything it does answer
    gives a ZoneProof.
    """
    model = model.strip()
    if not model:
        raise BadInput("The model has no name.", hint="Name one, as gemma4:e4b.")
    refusal = _refuse_by_address(host, trusted_hosts) or _refuse_by_name(model)
    if refusal is not None:
        return refusal
    return await _prove_stored(_Daemon(host, model, client))


def _refuse_by_address(host: str, trusted_hosts: tuple[str, ...]) -> ZoneProof | None:
    name = _host(host)
    trusted = {trusted.strip().lower() for trusted in trusted_hosts}
    if is_loopback(host) or (name and name in trusted):
        return None
    return _cloud(f"{place(host)} is not this machine and is not declared as trusted.", FIX_HOST)


def _refuse_by_name(model: str) -> ZoneProof | None:
    if not asks_for_cloud(model):
        return None
    return _cloud("Its tag says that it runs in Ollama's cloud.", FIX_LOCAL_MODEL)


async def _prove_stored(daemon: _Daemon) -> ZoneProof:
    try:
        status = await daemon.status()
        listed = await daemon.listed()
        shown = await daemon.show(daemon.model)
        local = _local_name(daemon.model)
        guarded = status is not None and await daemon.show(local) is not None
    except ReplyBroken:
        return _cloud("What answers there does not answer as Ollama does.", FIX_DAEMON)
    if _is_remote(listed) or _is_remote(shown):
        return _cloud("The stored model points to a remote host.", FIX_LOCAL_MODEL)
    if listed is None or shown is None:
        raise missing(daemon.model, place(daemon.host))
    name = local if guarded else daemon.model
    return _judge(name, guarded, status, place(daemon.host))


def _judge(name: str, guarded: bool, status: bool | None, where: str) -> ZoneProof:
    """`status`: cloud switched off, switched on, or None for a daemon too old to say."""
    stored = f"The model is stored at {where} and names no remote host"
    if guarded:
        also = ", and its cloud is switched off" if status else ""
        return _home(f"{stored}; the daemon refuses it if that changes{also}.", name, True)
    if status:
        return _home(f"{stored}, and the daemon's cloud is switched off.", name, False)
    if status is None:
        return _home(f"{stored}; asked again before every request.", name, False)
    return _cloud("The daemon can reach its cloud, and does not know `:local`.", FIX_NO_CLOUD)


def _home(reason: str, name: str, guarded: bool) -> ZoneProof:
    return ZoneProof(Zone.HOME, reason, name=name, guarded=guarded)


def _cloud(reason: str, fix: str) -> ZoneProof:
    return ZoneProof(Zone.CLOUD, reason, fix=fix)


def _is_remote(entry: Mapping[str, object] | None) -> bool:
    return entry is not None and names_remote(entry)


def names_remote(entry: Mapping[str, object]) -> bool:
    """Whether a list entry, a description or a native reply says that a remote host is behind."""
    return bool(entry.get("remote_host") or entry.get("remote_model"))


class _Daemon:
    """The three questions, and how their answers are read."""

    def __init__(self, host: str, model: str, client: httpx2.AsyncClient) -> None:
        self.host = host.rstrip("/")
        self.model = model
        self._client = client

    async def status(self) -> bool | None:
        """Whether the daemon's cloud is switched off; None where it is too old to say."""
        answer = await self._ask("GET", "/api/status")
        if answer is None:
            return None
        cloud = answer.get("cloud")
        return isinstance(cloud, dict) and cloud.get("disabled") is True

    async def listed(self) -> dict[str, object] | None:
        """The model's entry in the list of stored models."""
        answer = await self._ask("GET", "/api/tags")
        models = answer.get("models") if answer is not None else None
        if models is None:
            models = []
        if not isinstance(models, list):
            raise ReplyBroken("The list of models is not a list.")
        wanted = {_full_name(self.model), _full_name(_base_name(self.model))}
        for entry in models:
            if isinstance(entry, dict) and wanted & _names_of(entry):
                return entry
        return None

    async def show(self, name: str) -> dict[str, object] | None:
        """The model's description; None where the daemon has no such model."""
        return await self._ask("POST", "/api/show", {"model": name})

    async def _ask(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, object] | None:
        where = place(self.host)
        try:
            response = await self._client.request(
                method, self.host + path, json=body, timeout=TIMEOUT_S, follow_redirects=False
            )
        except Exception as error:
            raise ollama_error(error, model=self.model, where=where) from None
        if response.status_code == 404:
            return None
        if response.status_code == 403 and path == "/api/show":
            # A daemon whose cloud is switched off describes no remote model.
            return {"remote_host": "withheld"}
        if response.status_code >= 400:
            raise error_for_status(
                response.status_code, response.headers, model=self.model, where=where
            )
        return json_object(response.content)


def missing(model: str, where: str) -> ModelUnavailable:
    """The daemon is there, the model is not."""
    return ModelUnavailable(
        f"Ollama at {where} does not have {model}.", hint=f"Run: ollama pull {model}"
    )


def ollama_error(error: Exception, *, model: str, where: str) -> DoorstepError:
    """`error_for`, with Ollama's own remedy where the daemon is absent."""
    mapped = error_for(error, model=model, where=where)
    if isinstance(mapped, ModelUnavailable):
        return ModelUnavailable(mapped.message, hint=FIX_ABSENT)
    return mapped


def _host(url: str) -> str:
    """The host that the HTTP client would connect to, "" where it is not usable http(s)."""
    import httpx2

    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii").lower()
    except (httpx2.InvalidURL, ValueError, TypeError):
        return ""
    if parsed.scheme not in ("http", "https") or parsed.userinfo:
        return ""
    return host.strip("[]")


def _base_name(model: str) -> str:
    return model[: -len(":local")] if model.lower().endswith(":local") else model


def _local_name(model: str) -> str:
    return f"{_base_name(model)}:local"


def _full_name(model: str) -> str:
    """With its tag, and lower case: "gemma4" and "Gemma4:latest" are the same model."""
    name = model.lower()
    return name if ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def _names_of(entry: Mapping[str, object]) -> set[str]:
    names = (entry.get("name"), entry.get("model"))
    return {_full_name(name) for name in names if isinstance(name, str)}
