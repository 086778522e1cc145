"""The tree of errors, from the classes themselves."""

from __future__ import annotations

from doorstep._errors import DoorstepError


def page() -> str:
    """The page as markdown."""
    return "\n".join(["# The tree of errors", "", *_below(DoorstepError, 0), ""])


def _below(kind: type[Exception], depth: int) -> list[str]:
    told = " ".join((kind.__doc__ or "").split())
    code = getattr(kind, "exit_code", None)
    line = f"{'    ' * depth}- `{kind.__name__}` (exit code {code}): {told}"
    inner = sorted(kind.__subclasses__(), key=lambda one: one.__name__)
    public = [one for one in inner if not one.__name__.startswith("_")]
    return [line, *(row for one in public for row in _below(one, depth + 1))]
