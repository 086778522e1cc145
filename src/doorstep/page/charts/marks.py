"""What a picture is made of. Lengths are in user units of the SVG, y grows downwards.

Colour is a matter of classes (`css`, see charts.css), so that a picture fits light and dark; there
is no inline style, which the page's policy forbids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Anchor = Literal["start", "middle", "end"]
Fit = Literal["wide", "narrow"]

# How wide the two fits are. A picture is shown in as many pixels or more (charts.css), so that no
# text in it is smaller than it is here.
WIDE, NARROW = 900.0, 330.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle. `tip` is shown by browsers when it is pointed at."""

    tag: ClassVar[str] = "rect"
    x: float
    y: float
    width: float
    height: float
    css: str
    round: float = 0
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """An outline, in the path language of SVG 1.1, section 8.3."""

    tag: ClassVar[str] = "path"
    d: str
    css: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `y` is its baseline."""

    tag: ClassVar[str] = "text"
    x: float
    y: float
    text: str
    css: str = ""
    anchor: Anchor = "start"


Mark = Box | Path | Text


@dataclass(frozen=True, slots=True)
class Link:
    """Marks that lead somewhere: `href` is below the page's own path."""

    tag: ClassVar[str] = "a"
    href: str
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing. `title` names it, `says` tells its message to who cannot see it."""

    name: str
    fit: Fit
    width: float
    height: float
    title: str
    says: str
    marks: tuple[Mark | Link, ...]

    @property
    def role(self) -> str:
        """Within role img nothing can be reached, links neither (WAI-ARIA 1.2, section 5.2.8)."""
        return "group" if any(isinstance(mark, Link) for mark in self.marks) else "img"


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in both its fits, of which the style sheet shows one; its numbers as a table."""

    wide: Picture
    narrow: Picture
    head: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
