"""Settings: defaults, then doorstep.toml, then the environment, then flags; each with its origin.

Keys are never settings: they come from the environment alone and are shown only as "set".
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from doorstep._errors import ConfigError
from doorstep._folders import data_folder
from doorstep.patterns.settings import OPTIONS, PatternOptions, misnamed

FILE_NAME = "doorstep.toml"
# They hold private words.
_ONLY_COUNTED = frozenset(
    f"boundary.{name}" for name in ("private", "patterns", "allow", "approved")
)
KEYS = ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "DOORSTEP_TOKEN")
VARIABLES = {
    "OLLAMA_HOST": "home.host",
    "OPENAI_BASE_URL": "cloud.base_url",
    "AZURE_OPENAI_ENDPOINT": "cloud.azure_endpoint",
    "DOORSTEP_HOME": "home.model",
    "DOORSTEP_CLOUD": "cloud.model",
    "DOORSTEP_LEDGER": "ledger.path",
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HomeSettings(_Table):
    """`model`: auto, builtin, NAME (on Ollama) or gguf:PATH. `trusted_hosts` are machines of
    your own, beside this one, on which an Ollama may count as home."""

    model: str = "auto"
    host: str = "http://127.0.0.1:11434"
    trusted_hosts: tuple[str, ...] = ()
    context_tokens: Annotated[int, Field(ge=512, le=1_048_576)] = 32_768
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 300


class Price(_Table):
    """US dollars per million tokens."""

    input: Annotated[float, Field(ge=0)]
    output: Annotated[float, Field(ge=0)]


class CloudSettings(_Table):
    """`model`: auto, stand-in, or a model's name; `api`: auto means Responses for OpenAI and
    Azure, Chat Completions for any other base URL."""

    model: str = "auto"
    api: Literal["auto", "responses", "chat"] = "auto"
    base_url: str = ""
    azure_endpoint: str = ""
    effort: Literal["none", "low", "medium", "high"] = "medium"
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 120
    price: Price | None = None


class RuleSettings(_Table):
    """What to do with private values of `kinds` on their way to the origin `to`; "*" is all."""

    kinds: tuple[str, ...] = ("*",)
    to: str = "*"
    do: Literal["allow", "mask", "ask", "home", "block"] = "mask"


class BoundarySettings(_Table):
    """What is private, and what happens to it.

    `private`: words of yours that may never leave; `patterns` (RE2 syntax), `fields` (paths in a
    request) and `allow` as in `Declared`; `level`: which layers look for what nobody declared;
    `rules`, `words`, `approved` and `opaque` as in `Policy`; `deadline_s`: for one look at the
    gate; `ask_timeout_s`: for a person to say yes; `keyring`: the key lies in the system's keyring,
    not in a file.
    """

    private: tuple[Annotated[str, Field(min_length=2, max_length=200)], ...] = ()
    patterns: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    level: Literal["rules", "names", "strict"] = "rules"
    rules: tuple[RuleSettings, ...] = ()
    words: Literal["any", "common"] = "any"
    approved: tuple[str, ...] = ()
    opaque: Literal["block", "home", "allow"] = "block"
    deadline_s: Annotated[float, Field(gt=0, le=60)] = 5
    ask_timeout_s: Annotated[float, Field(gt=0, le=86_400)] = 300
    keyring: bool = False


class VaultSettings(_Table):
    """`path`: empty means vault.sqlite3 in the user's data folder."""

    path: str = ""


class HouseholdSettings(_Table):
    """`blind`: how a problem is rewritten before it crosses; all but "coarse" keep the optimum."""

    blind: tuple[Literal["time", "energy", "price", "order", "decoys", "coarse"], ...] = (
        "time",
        "energy",
        "price",
        "order",
        "decoys",
    )


class LedgerSettings(_Table):
    """`path`: empty means ledger.sqlite3 in the user's data folder. `keep_days`: bodies of
    crossings that are older are dropped, their hashes stay; 0: never."""

    path: str = ""
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0


class RunsSettings(_Table):
    """The book of runs. `path`: empty means runs.sqlite3 in the user's data folder. `keep`: texts
    (encrypted) and counts, counts alone, or nothing. `keep_days`: texts that are older are dropped,
    counts stay; 0: never."""

    path: str = ""
    keep: Literal["all", "counts", "none"] = "all"
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 30


class PageSettings(_Table):
    """`on`: whether `doorstep serve` has the page, at /page. `household`: the file of notes that it
    asks about where none is typed."""

    on: bool = True
    household: str = ""


class UpstreamSettings(_Table):
    """A server that speaks OpenAI's API, at `url` (up to and with /v1).

    `key_env` names the environment variable that holds its key, `key_file` a file of mode 0600;
    with neither, none is sent. `weight`: its share of the requests; 0 only where the others fail.
    `models`: the names it has; `*` and `?` stand for any characters.
    """

    url: Annotated[str, Field(min_length=8, max_length=2000)]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,40}$")] = ""
    key_env: Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")] = ""
    key_file: str = ""
    weight: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 1
    models: Annotated[tuple[str, ...], Field(min_length=1)] = ("*",)


class GatewaySettings(_Table):
    """What `doorstep serve` listens to, asks and allows.

    `names`: other host names that this gateway is called by. `token_file`: a file of mode 0600 with
    the bearer token (or the variable DOORSTEP_TOKEN). `unknown`: a model name that is none of ours
    is refused, or means mask/NAME. `tools`, `auxiliary` and `cloud_down`: see docs/gateway.md.
    `at_once` requests are answered at a time, `waiting` more may wait. Times are in seconds: until
    connected, until the reply begins (`between_s` at most), between its bytes, for all of it.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    names: tuple[str, ...] = ()
    token_file: str = ""
    unknown: Literal["refuse", "mask"] = "refuse"
    tools: Literal["home", "refuse"] = "home"
    auxiliary: Literal["same", "home"] = "same"
    cloud_down: Literal["home", "fail"] = "home"
    max_body: Annotated[int, Field(ge=1000, le=100_000_000)] = 4_000_000
    at_once: Annotated[int, Field(ge=1, le=10_000)] = 256
    waiting: Annotated[int, Field(ge=0, le=10_000)] = 256
    connect_s: Annotated[float, Field(gt=0, le=60)] = 5
    begin_s: Annotated[float, Field(gt=0, le=3600)] = 120
    between_s: Annotated[float, Field(gt=0, le=3600)] = 120
    whole_s: Annotated[float, Field(gt=0, le=86_400)] = 900
    upstreams: tuple[UpstreamSettings, ...] = ()

    @model_validator(mode="after")
    def _silence_has_one_limit(self) -> Self:
        """Before the first piece of a reply no more silence is waited for than between two."""
        if self.begin_s > self.between_s:
            raise ValueError("begin_s is longer than between_s; set both")
        return self


class Settings(_Table):
    """Everything that can be set. `patterns` are the user's own, by name."""

    home: HomeSettings = HomeSettings()
    cloud: CloudSettings = CloudSettings()
    boundary: BoundarySettings = BoundarySettings()
    household: HouseholdSettings = HouseholdSettings()
    ledger: LedgerSettings = LedgerSettings()
    vault: VaultSettings = VaultSettings()
    gateway: GatewaySettings = GatewaySettings()
    runs: RunsSettings = RunsSettings()
    page: PageSettings = PageSettings()
    patterns: dict[str, PatternOptions] = {}

    def ledger_path(self) -> Path:
        return _data_file(self.ledger.path, "ledger.sqlite3")

    def runs_path(self) -> Path:
        return _data_file(self.runs.path, "runs.sqlite3")

    def vault_path(self) -> Path:
        return _data_file(self.vault.path, "vault.sqlite3")


_PATTERNS = "patterns"
_UPSTREAMS = ("gateway", "upstreams")
_TABLES: dict[str, type[BaseModel]] = {
    name: type(field.default) for name, field in Settings.model_fields.items() if name != _PATTERNS
}


@dataclass(frozen=True, slots=True)
class Configured:
    """The effective settings; `origins` tells for each "table.key" where its value came from."""

    settings: Settings
    origins: Mapping[str, str]


def load(
    path: Path | None = None,
    flags: Mapping[str, str | None] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Configured:
    """Settings from `path` (or ./doorstep.toml, or the user's), `environ` and `flags`.

    `flags` maps "table.key" to a value, None where the flag was not given.
    """
    environ = os.environ if environ is None else environ
    file = path or _find()
    tables = _read(file) if file else {}
    origins = {f"{table}.{key}": str(file) for table, keys in tables.items() for key in keys}
    for name, dotted in VARIABLES.items():
        if environ.get(name):
            _put(tables, origins, dotted, environ[name], f"environment variable {name}")
    for dotted, value in (flags or {}).items():
        if value is not None:
            _put(tables, origins, dotted, value, "flag")
    settings = _validate(tables, origins)
    everything = {
        f"{table}.{key}": origins.get(f"{table}.{key}", "default")
        for table, kind in _TABLES.items()
        for key in kind.model_fields
    }
    own = {f"{_PATTERNS}.{name}": origins[f"{_PATTERNS}.{name}"] for name in settings.patterns}
    return Configured(settings, everything | own)


def rows(configured: Configured) -> list[tuple[str, str, str]]:
    """(table.key, value, origin) for every setting; private words are only counted."""
    out = []
    for dotted, origin in configured.origins.items():
        table, key = dotted.split(".", 1)
        if table == _PATTERNS:
            options = configured.settings.patterns[key]
            given = {"use": options.use} | options.model_dump(exclude_unset=True)
            value = ", ".join(f"{name} = {setting}" for name, setting in given.items())
        else:
            value = getattr(getattr(configured.settings, table), key)
        if dotted in _ONLY_COUNTED:
            value = f"{len(value)} given"
        elif dotted == ".".join(_UPSTREAMS):
            value = ", ".join(one.name or one.url for one in configured.settings.gateway.upstreams)
        out.append((dotted, str(value), origin))
    return out


def _data_file(path: str, name: str) -> Path:
    """`path`, or `name` in the user's data folder where it is empty."""
    return Path(path).expanduser() if path else data_folder() / name


def _find() -> Path | None:
    from platformdirs import user_config_path

    here = Path(FILE_NAME)
    user = user_config_path("doorstep", appauthor=False) / FILE_NAME
    return next((path for path in (here, user) if path.is_file()), None)


def _read(path: Path) -> dict[str, dict[str, object]]:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no file {path}.",
            hint="Look at --config, or leave it out: then ./doorstep.toml counts, or yours.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read.", hint="Look at who may read it, and that it is UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.",
            hint="Mend that line; docs/settings.md shows every table.",
        ) from error
    for table, keys in data.items():
        if table not in Settings.model_fields:
            hint = _meant(table, Settings.model_fields)
            raise ConfigError(f"{path}: unknown table [{table}].", hint=hint)
        if not isinstance(keys, dict):
            raise ConfigError(f"{path}: {table} must be a table, [{table}].")
        for key in keys:
            if table == _PATTERNS:
                _check_pattern(path, key, keys[key])
            elif key not in _TABLES[table].model_fields:
                hint = _meant(key, _TABLES[table].model_fields)
                raise ConfigError(f"{path}: unknown key {table}.{key}.", hint=hint)
            elif (table, key) == _UPSTREAMS:
                _check_upstreams(path, keys[key])
    return data


def _check_upstreams(path: Path, given: object) -> None:
    """The keys of each [[gateway.upstreams]] table; their values are for pydantic."""
    where = ".".join(_UPSTREAMS)
    if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
        raise ConfigError(f"{path}: {where} must be tables, [[{where}]].")
    for key in {key: None for table in given for key in table}:
        if key not in UpstreamSettings.model_fields:
            hint = _meant(key, UpstreamSettings.model_fields)
            raise ConfigError(f"{path}: unknown key {where}.{key}.", hint=hint)


def _check_pattern(path: Path, name: str, given: object) -> None:
    """The keys of a [patterns.NAME] table; their values are for pydantic."""
    where = f"{_PATTERNS}.{name}"
    if not isinstance(given, dict):
        raise ConfigError(f"{path}: {where} must be a table, [{where}].")
    use = given.get("use")
    if not isinstance(use, str) or use not in OPTIONS:
        hint = f"Known are: {', '.join(OPTIONS)}."
        raise ConfigError(f"{path}: {where}.use must name a pattern.", hint=hint)
    if wrong := misnamed(name, use):
        raise ConfigError(f"{path}: {wrong}", hint="Take a name of your own for it.")
    for key in given:
        if key not in OPTIONS[use].model_fields:
            hint = _meant(key, OPTIONS[use].model_fields)
            raise ConfigError(f"{path}: unknown key {where}.{key}.", hint=hint)


def _meant(word: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(known)}."


def _put(
    tables: dict[str, dict[str, object]],
    origins: dict[str, str],
    dotted: str,
    value: str,
    origin: str,
) -> None:
    table, key = dotted.split(".")
    tables.setdefault(table, {})[key] = value
    origins[dotted] = origin


def _validate(tables: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(tables)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        loc = [str(part) for part in first["loc"]]
        where = origins.get(".".join(loc[:2]), "settings")
        # The third part is the pattern that a [patterns.NAME] table uses, or a table's number.
        deeper = loc[0] == _PATTERNS or tuple(loc[:2]) == _UPSTREAMS
        dotted = ".".join([*loc[:2], *loc[3:4]] if deeper else loc[:2])
        why = first["msg"].removeprefix("Value error, ").lower()
        why = why.replace("valid tuple", "valid list")
        message = f"{dotted} cannot be used ({where}): {why}."
        raise ConfigError(message, hint="See `doorstep config`.") from None
