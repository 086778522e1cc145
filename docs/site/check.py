"""What has to be so in the built site: every link leads somewhere in it, and nothing is fetched.

The builder's own check sees links between pages of markdown alone; this one sees what a browser
gets: files, pictures, anchors, and what a page would load from elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_STYLE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])(https?:)?//", re.IGNORECASE)


@dataclass(slots=True)
class _Page(HTMLParser):
    """The links, the anchors and the loads of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self, convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See `HTMLParser`."""
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if _LOADS.get(tag) in given:
            self.loads.append(given[_LOADS[tag]])


def faults(site: Path) -> list[str]:
    """A line for each link that leads nowhere, and each load from another host."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    pages.pop(site / "404.html", None)  # its links are for wherever it is served
    out = []
    for path, page in pages.items():
        name = path.relative_to(site)
        for target in page.loads:
            if urlsplit(target).netloc or target.startswith("//"):
                out.append(f"{name} loads {target}")
        for target in [*page.links, *page.loads]:
            if wrong := _wrong(target, path, site, pages):
                out.append(f"{name}: {wrong}")
    for path in sorted(site.rglob("*.css")):
        if _STYLE.search(path.read_text("utf-8")):
            out.append(f"{path.relative_to(site)} loads from another host")
    return out


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


def _wrong(target: str, path: Path, site: Path, pages: dict[Path, _Page]) -> str:
    """Why a local link leads nowhere, "" where it does not."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return ""
    to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    to = to / "index.html" if to.is_dir() else to
    if not to.exists() or site.resolve() not in to.resolve().parents:
        return f"{target} leads nowhere"
    anchor = unquote(parts.fragment)
    known = pages.get(to)
    if anchor and known is not None and anchor not in known.ids:
        return f"{target}: there is no such heading"
    return ""
