"""What a person has declared: private values, patterns and fields, and what is never private."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doorstep._errors import BadInput, ConfigError
from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.allowed import Allowed
from doorstep.boundary.detect.fields import Fields
from doorstep.boundary.normal import Squeezed
from doorstep.boundary.terms import Matcher

_KIND = re.compile(r"([a-z][a-z_]{1,23}):\s+(?=\S)")
_NOT_KINDS = ("allow", "pattern", "field")
_PROBE = "a b-c 1 É_x"  # has word edges, line edges, letters and digits for an empty match
_LONE = re.compile("[\ud800-\udfff]")  # half a character: JSON can spell it, UTF-8 cannot


@dataclass(frozen=True, slots=True, repr=False)
class Expression:
    """A regular expression (RE2 syntax) whose matches are private, of this kind."""

    source: str
    kind: str = "declared"

    def __repr__(self) -> str:
        return f"Expression(kind={self.kind!r}, {len(self.source)} characters)"


class Declared:
    """Finds declared values in all their forms, and what declared patterns match.

    `terms` are values, as `Term` or plain text. `patterns` are RE2 syntax: no look-around, no
    back-references, linear in time. `fields` are paths (see `fields.py`); whoever reads JSON asks
    `fields.matches(path)`. `allow` are values that no other detector can make private; a declared
    value stays private even if it is allowed. Raises ConfigError for a pattern that is invalid or
    matches nothing at all ("a*"), and for a field that is no path.

    The gate looks for the same `terms` again, and where there are patterns it asks `find`, too.
    """

    quick = True  # linear in the text: small bodies may be checked on the event loop

    def __init__(
        self,
        terms: Iterable[Term | str] = (),
        *,
        patterns: Iterable[Expression | str] = (),
        fields: Iterable[str] | Mapping[str, str] | Fields = (),
        allow: Iterable[str] = (),
    ) -> None:
        given = (t if isinstance(t, Term) else Term(t) for t in terms)
        self.terms = tuple(dict.fromkeys(given))
        self.patterns = tuple(Expression(p) if isinstance(p, str) else p for p in patterns)
        self.fields = fields if isinstance(fields, Fields) else Fields(fields)
        self.at_gate = bool(self.patterns)
        self._matcher = Matcher(self.terms)
        self._compiled = [(_compiled(p, n), p.kind) for n, p in enumerate(self.patterns, 1)]
        self.allow = tuple(value for value in allow if not self.find(value))
        self.allowed = Allowed(self.allow)

    def __repr__(self) -> str:
        return (
            f"Declared({len(self.terms)} terms, {len(self.patterns)} patterns, "
            f"{len(self.fields)} fields, {len(self.allow)} allowed)"
        )

    def find(self, text: str, *, views: Sequence[Squeezed] | None = None) -> list[Finding]:
        """What is declared; `views`: `squeezed(text)`, where somebody else needs it, too."""
        found = [
            Finding(hit.start, hit.end, hit.term.kind, "declared")
            for hit in self._matcher.find(text, views=views)
        ]
        if self._compiled:
            found += self._matches(text)
        return found

    def allows(self, value: str) -> bool:
        """Whether a finding that is exactly this may leave. Never true of a declared value."""
        return self.allowed.allows(value) and not self.find(value)

    def _matches(self, text: str) -> Iterable[Finding]:
        whole = _LONE.sub("\ufffd", text)  # as long as before, so that places stay
        for pattern, kind in self._compiled:
            for match in pattern.finditer(whole):
                if match.end() > match.start():
                    yield Finding(match.start(), match.end(), kind, "declared pattern")

    def joined(self, other: Declared) -> Declared:
        """Both together: what either declares is private, whatever the other allows."""
        return Declared(
            (*self.terms, *other.terms),
            patterns=(*self.patterns, *other.patterns),
            fields=self.fields.joined(other.fields),
            allow=(*self.allow, *other.allow),
        )


def read_terms(path: Path) -> tuple[Term, ...]:
    """The values of a file: one a line, `kind: value` where the kind is known, `#` comments.

    A value that begins like a kind is written `declared: value`. Raises ConfigError.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            f"The list of private values {path.name} cannot be read as UTF-8 text.",
            hint="Check the path, and who may read it.",
        ) from None
    lines = enumerate(text.splitlines(), 1)
    return tuple(_line(line.strip(), n, path.name) for n, line in lines if _counts(line))


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _line(line: str, number: int, name: str) -> Term:
    kind = _KIND.match(line)
    if kind and kind[1] in _NOT_KINDS:
        raise ConfigError(
            f"Line {number} of {name} begins with {kind[1]}:, which is not a kind of value.",
            hint=f"Put it into doorstep.toml, or write `declared: {kind[1]}: …` for such a value.",
        )
    try:
        return Term(line[kind.end() :], kind[1]) if kind else Term(line)
    except BadInput:
        raise ConfigError(
            f"Line {number} of {name} holds no letter and no digit.",
            hint="Take it out, or begin it with # as a comment.",
        ) from None


def _compiled(expression: Expression, number: int) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False  # it would write the pattern to stderr
    which = f"Pattern {number} (kind {expression.kind})"
    try:
        pattern = re2.compile(expression.source, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise ConfigError(
            f"{which} is not a regular expression in RE2 syntax{_why(error)}.",
            hint="Look-around and back-references do not exist there: https://github.com/google/re2/wiki/Syntax",
        ) from None
    if any(m.start() == m.end() for text in ("", _PROBE) for m in pattern.finditer(text)):
        raise ConfigError(
            f"{which} matches the empty string.", hint="Let it match one character at least."
        )
    return pattern


def _why(error: Exception) -> str:
    """RE2's own words ("missing )"), without the piece of the pattern that follows them."""
    said = error.args[0] if error.args else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else ""
    return f": {text.split(':')[0]}" if ":" in text else ""


Tables = Mapping[str, Any]


def declared_from(tables: Tables, *, folder: Path = Path()) -> Declared:
    """`Declared` from a table as it stands in doorstep.toml.

        [private]
        terms = ["Project Heron"]            # or a table: terms.person = ["Maya Okafor"]
        files = ["private.txt"]              # see `read_terms`; relative to `folder`
        patterns = ["HRN-[0-9]+"]            # or a table: patterns.order = ["HRN-[0-9]+"]
        fields = ["metadata.user_id"]        # or a table: fields.person = ["**.customer"]
        allow = ["Ada Lovelace"]

    Raises ConfigError for an unknown key and for a value of another type.
    """
    known = ("terms", "files", "patterns", "fields", "allow")
    for key in tables:
        if key not in known:
            raise ConfigError(
                f"{key} is not a setting of declared values.", hint=f"There are {', '.join(known)}."
            )
    values = (Term(v, kind) for kind, v in _by_kind(tables, "terms"))
    read = (
        t for name in _strings(tables.get("files", ()), "files") for t in read_terms(folder / name)
    )
    return Declared(
        (*values, *read),
        patterns=[Expression(source, kind) for kind, source in _by_kind(tables, "patterns")],
        fields={path: kind for kind, path in _by_kind(tables, "fields")},
        allow=_strings(tables.get("allow", ()), "allow"),
    )


def _by_kind(tables: Tables, key: str) -> list[tuple[str, str]]:
    given = tables.get(key, ())
    if not isinstance(given, Mapping):
        given = {"declared": given}
    return [(kind, v) for kind, vs in given.items() for v in _strings(vs, f"{key}.{kind}")]


def _strings(given: object, key: str) -> Sequence[str]:
    if isinstance(given, list | tuple) and all(isinstance(value, str) for value in given):
        return given
    raise ConfigError(f"{key} must be a list of strings.")


class Scopes:
    """What is declared for everybody, and what is declared for one scope (a user, a project)."""

    def __init__(self, common: Declared, scopes: Mapping[str, Declared] | None = None) -> None:
        self._common = common
        self._scopes = {name: common.joined(own) for name, own in (scopes or {}).items()}

    def __contains__(self, scope: str) -> bool:
        """Whether there are declarations of this scope's own."""
        return scope in self._scopes

    def __repr__(self) -> str:
        return f"Scopes({self._common!r}, {len(self._scopes)} scopes)"

    def of(self, scope: str) -> Declared:
        """The common declarations, with those of `scope` where there are any."""
        return self._scopes.get(scope, self._common)
