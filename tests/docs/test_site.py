"""The documentation's site: it is built, whole, and nothing in it leads or reaches elsewhere."""

from __future__ import annotations

import functools
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import doorstep
from docs.site.build import CONFIG, ROOT, STYLE, Broken, build
from docs.site.links import relinked
from docs.site.stage import Missing
from doorstep.patterns.catalogue import CATALOGUE
from tests.page.kit import chromium, opened

WANTED = """
index.html mental-model.html tutorial/dishwasher.html boundary.html library.html gateway.html
clients.html patterns/calibrate.html promises.html reference/commands.html reference/settings.html
reference/errors.html reference/doorstep.html
""".split()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built once: links, anchors and loads are checked by the build itself."""
    out = tmp_path_factory.mktemp("site") / "docs"
    build(out)
    return out


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_the_site_has_its_pages_the_names_and_the_run_of_the_notebook(site: Path) -> None:
    assert not [page for page in WANTED if not (site / page).is_file()]
    names = (site / "reference/doorstep.html").read_text("utf-8")
    assert not [name for name in doorstep.__all__ if f'id="{name.lower()}"' not in names]
    commands = (site / "reference/commands.html").read_text("utf-8")
    assert "<code>--level [mask|abstract|plain]</code>" in commands
    run = (site / "tutorial/dishwasher.html").read_text("utf-8")
    assert "start the dishwasher at 20:00" in run and "row 1 was changed" in run
    assert list((site / "tutorial").glob("*.svg"))


async def test_a_browser_asks_nobody_else_and_finds_what_is_searched(served: str) -> None:
    asked: list[str] = []
    async with chromium() as browser:
        for width, scheme in ((400, "dark"), (1400, "light")):
            async with opened(browser, width, scheme) as page:
                page.on("request", lambda request: asked.append(request.url))
                for path in ("index", "mental-model", "tutorial/dishwasher", "promises"):
                    await page.goto(f"{served}/{path}.html", wait_until="networkidle")
                    over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert over <= 0, (path, width)
                await page.goto(f"{served}/library.html", wait_until="networkidle")
                await page.keyboard.press("Control+k")
                await page.keyboard.type("quasi-identifiers", delay=20)
                await page.locator("a[href*='promises.html']", has_text="Quasi").first.wait_for()
    assert asked and not [url for url in asked if not url.startswith((served, "data:", "blob:"))]


Small = Callable[..., Path]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Makes a documentation of one page, with the real reference beside it."""

    def make(index: str, **more: str) -> Path:
        root = tmp_path / "root"
        (root / "docs/site").mkdir(parents=True)
        (root / "src").symlink_to(ROOT / "src")
        (root / "examples").mkdir()
        for name in (STYLE, "docs/settings.md"):
            shutil.copy(ROOT / name, root / name)
        (root / "docs/index.md").write_text(index)
        for name, text in more.items():
            (root / "docs" / name.replace("_", ".")).write_text(text)
        text = (ROOT / CONFIG).read_text("utf-8")
        start, end = text.index("nav = ["), text.index("[project.theme]")
        listed = [f"reference/{name}.md" for name in ("commands", "settings", "errors")]
        listed += [line.split('"')[3] for line in text.splitlines() if '{ "doorstep' in line]
        nav = ", ".join(f'"{page}"' for page in ["index.md", "settings.md", *listed])
        (root / CONFIG).write_text(f"{text[:start]}nav = [{nav}]\n\n{text[end:]}")
        return root

    return make


def test_a_page_whose_links_are_right_is_built(small: Small, tmp_path: Path) -> None:
    root = small("# Start\n\n[a](settings.md#settings) [b](#start) [c](../examples/) <b>x</b>\n")
    pages = build(tmp_path / "out", root)
    assert "index.md" in pages and (tmp_path / "out/repository/examples/index.html").is_file()


def test_a_heading_that_is_not_there_ends_the_build(small: Small, tmp_path: Path) -> None:
    with pytest.raises(Broken) as broken:
        build(tmp_path / "out", small("# Start\n\n[a](#nowhere)\n\n[a](settings.md#nowhere)\n"))
    assert str(broken.value).count("anchor does not exist") == 4  # a title and a label for each
    assert "index.md:3" in str(broken.value) and "index.md:5" in str(broken.value)
    assert not (tmp_path / "out").exists()


def test_what_a_browser_would_miss_or_fetch_elsewhere_ends_the_build(
    small: Small, tmp_path: Path
) -> None:
    page = (
        "# Start\n\n<a href='gone.html'>a</a> <a href='settings.html#gone'>a</a>\n\n"
        "<img src='https://cdn.example/a.png' alt=''>\n\n"
        "<script src='//cdn.example/a.js'></script>\n"
    )
    with pytest.raises(Broken) as broken:
        build(tmp_path / "out", small(page))
    assert set(str(broken.value).splitlines()) == {
        "index.html: gone.html leads nowhere",
        "index.html: settings.html#gone: there is no such heading",
        "index.html loads https://cdn.example/a.png",
        "index.html loads //cdn.example/a.js",
    }


@pytest.mark.parametrize("target", ["gone.md", "../gone.py", "../gone/"])
def test_a_link_to_a_file_that_is_not_there_ends_the_build(
    small: Small, tmp_path: Path, target: str
) -> None:
    with pytest.raises(Missing, match="gone"):
        build(tmp_path / "out", small(f"# Start\n\n[a]({target})\n"))


def test_a_page_in_no_menu_ends_the_build(small: Small, tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"lost\.md is in no menu"):
        build(tmp_path / "out", small("# Start\n", lost_md="# Lost\n"))


def test_links_in_code_are_left_as_they_are() -> None:
    text = (
        "[a](b.md) `[a](b.md)` [a](https://x.example) [a](#b)\n```\n[a](b.md)\n```\n[a](b.md#c)\n"
    )
    changed = relinked(text, lambda target: target.upper())
    assert changed == text.replace("[a](b.md) `", "[a](B.MD) `").replace("(b.md#c)", "(B.MD#C)")


COLUMNS = {  # of the picture of the axes
    "always": "always",
    "conditional": "when home’s answer calls for it",
    "optional": "to better or confirm it",
}


def test_the_picture_of_the_axes_is_that_of_the_catalogue() -> None:
    picture = (ROOT / "docs/pictures/axes.svg").read_text("utf-8")
    for entry in CATALOGUE:
        at = picture.index(f">{entry.title}<")
        assert f">for {entry.purpose}<" in picture[at : at + 300]
        assert _at(picture, entry.title) == (
            _at(picture, COLUMNS[entry.trigger])[0],
            _at(picture, entry.direction)[1] - 4,
        )


def _at(picture: str, text: str) -> tuple[int, int]:
    """Where a text of a picture stands: x and y."""
    found = re.search(rf'<text x="(\d+)" y="(\d+)"[^>]*>{re.escape(text)}<', picture)
    assert found is not None, text
    return int(found[1]), int(found[2])
