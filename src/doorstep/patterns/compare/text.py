"""Free text: the same words are the same; whether other words mean it, only a model can say."""

from __future__ import annotations

import re

from doorstep.patterns.compare.clean import clean, folded
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.value import What

_ARTICLE = re.compile(r"^(?:the|an?)\s+")


def read(text: str, context: Context) -> str | None:
    return folded(clean(text)) or None


whole = read


def compared(a: str, b: str, context: Context) -> What:
    """() for the same words, None for all else."""
    return () if _ARTICLE.sub("", a) == _ARTICLE.sub("", b) else None
