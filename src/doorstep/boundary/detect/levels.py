"""Levels: which detectors look at a text.

| level | declared | formats | name model | capitals, dictionary, scripts | home model |
| --- | --- | --- | --- | --- | --- |
| rules | if given | yes | – | – | if given |
| names | if given | yes | yes | – | if given |
| strict | if given | yes | at lower thresholds, where installed | yes | if given |

Each layer runs alone and in any mix: any tuple of detectors will do where these are not wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Detector
from doorstep.boundary.detect.allowed import Allowed, Allowing
from doorstep.boundary.detect.declared import Declared

Level = Literal["rules", "names", "strict"]
LEVELS: tuple[Level, ...] = get_args(Level)

_INSTALL = 'pip install "doorstep[names]"'


def detectors(
    level: Level,
    *,
    declared: Declared | None = None,
    asked: Detector | None = None,
    formats: Detector | None = None,
    names: Detector | None = None,
    scripts: Sequence[str] = ("latin",),
) -> tuple[Detector, ...]:
    """The detectors of `level`, the quickest first.

    `formats` and `names` replace the built-in ones. What `declared` allows is taken out of the
    findings of all others. `scripts` are those that count as known at *strict*.

    Raises ConfigError for an unknown level, and at *names* where the name model is not installed;
    at *strict* the other layers then run without it (see `describe`).
    """
    found = [formats or _formats(), *_by_level(level, names, scripts)]
    if asked is not None:
        found.append(asked)
    return tuple(found) if declared is None else declaring(found, declared)


def declaring(found: Sequence[Detector], declared: Declared) -> tuple[Detector, ...]:
    """`found` with what is declared: it is looked for first, and its allow-list holds for them."""
    if declared.allow:
        allowed = Allowed(declared.allow)
        found = [d if isinstance(d, Declared) else Allowing(d, allowed) for d in found]
    return (declared, *found)


def describe(
    level: Level,
    *,
    declared: Declared | None = None,
    asked: Detector | None = None,
    names: Detector | None = None,
) -> list[str]:
    """The layers that `detectors` would give, in words for people."""
    _check(level)
    layers = [_said(declared)] if declared is not None else []
    layers.append("formats: mail, phone, codes and the like, secrets")
    if level == "names":
        layers.append("name model")
    if level == "strict":
        there = names is not None or _classifier_there()
        layers.append(
            "name model, at lower thresholds"
            if there
            else f"name model: NOT THERE, install it with {_INSTALL}"
        )
        layers += ["capital rule", "words in no dictionary", "scripts that nobody can check"]
    if asked is not None:
        layers.append("home model: may add findings")
    return layers


def _by_level(level: Level, names: Detector | None, scripts: Sequence[str]) -> Sequence[Detector]:
    _check(level)
    if level == "rules":
        return ()
    if level == "names":
        return (names or _classifier("names"),)
    from doorstep.boundary.common import CommonWords
    from doorstep.boundary.detect.capitals import Capitals
    from doorstep.boundary.detect.scripts import Scripts
    from doorstep.boundary.detect.unfamiliar import Unfamiliar

    model = (names or _classifier("strict"),) if names or _classifier_there() else ()
    common = CommonWords()
    return (*model, Capitals(common), Unfamiliar(common), Scripts(scripts))


def _check(level: str) -> None:
    if level not in LEVELS:
        raise ConfigError(f"{level!r} is not a level.", hint=f"Choose one of {', '.join(LEVELS)}.")


def _said(declared: Declared) -> str:
    parts = (
        (len(declared.terms), "values"),
        (len(declared.patterns), "patterns"),
        (len(declared.fields), "fields"),
        (len(declared.allow), "allowed"),
    )
    return "declared: " + (", ".join(f"{n} {what}" for n, what in parts if n) or "nothing")


def _formats() -> Detector:
    from doorstep.boundary.detect.formats import Formats

    return Formats()


def _classifier_there() -> bool:
    try:
        from doorstep.boundary.detect.classifier import Classifier
    except ModuleNotFoundError:
        return False
    return Classifier.available()


def _classifier(thresholds: Literal["names", "strict"]) -> Detector:
    if not _classifier_there():
        raise ConfigError(
            "The level names needs the name model, which is not installed.", hint=_INSTALL
        )
    from doorstep.boundary.detect.classifier import Classifier

    return Classifier(thresholds=thresholds)
