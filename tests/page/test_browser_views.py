"""Every room in a real browser: nothing cut or wider than the window, nothing asked elsewhere, no
error on the console, every control in reach of the keyboard. Screenshots are in .screenshots/."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.page.filled import ROOMS, filled
from tests.page.kit import House, chromium, opened

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

SHOTS = Path(__file__).parents[2] / ".screenshots"
TOKEN = "a-token-of-sixteen-or-more"

# What of a page is wider than the window, or cut in a box that does not scroll.
CUT = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  if (!box.width || style.position === 'absolute') return false;
  if (e.closest('.gone, svg, .skip, thead')) return false;
  const scrolls = (n) => n && n !== document.body &&
    (/auto|scroll/.test(getComputedStyle(n).overflowX) || scrolls(n.parentElement));
  return box.right > innerWidth + 1 && !scrolls(e.parentElement);
}).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40))"""

CONTROLS = """() => {
  const all = document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]');
  const groups = new Set();
  let n = 0;
  for (const e of all) {
    if (e.disabled || !e.checkVisibility()) continue;
    if (e.type === 'radio') {
      if (groups.has(e.name)) continue;
      const group = [...document.getElementsByName(e.name)];
      const first = group.find(one => one.checked) ?? group[0];
      groups.add(e.name);
      first.dataset.control = String(n++);
    } else {
      e.dataset.control = String(n++);
    }
  }
  document.activeElement?.blur();
  window.focused = [];
  document.addEventListener('focusin', (event) => {
    const e = event.target, style = getComputedStyle(e);
    const date = e.type === 'date';  // its parts show it themselves
    const shown = date || style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    focused.push([e.dataset.control ?? '', shown, e.outerHTML.slice(0, 120)]);
  });
  return n;
}"""

# What text could become a program by: each is to end with a TypeError (Trusted Types).
WRITES = (
    "document.body.innerHTML = '<b>x</b>'",
    "document.body.insertAdjacentHTML('beforeend', '<b>x</b>')",
    "document.createElement('img').setAttribute('onerror', 'window.ran = 1')",
    "document.createElement('script').textContent = 'window.ran = 1'",
    "document.createElement('script').src = '/page/static/page.js'",
)
TRY = "() => { try { %s; return 'written'; } catch (e) { return e.name; } }"


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[tuple[House, str, Browser]]:
    async with filled(folder) as h, h.serving() as url, chromium() as browser:
        yield h, f"{url}/page", browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
async def test_nothing_is_cut_and_nothing_asked_elsewhere(
    tmp_path: Path, width: int, scheme: str
) -> None:
    async with browsing(tmp_path) as (_, url, browser), opened(browser, width, scheme) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for room in ROOMS:
            answer = await page.goto(url + room)
            assert answer is not None and answer.status == 200, room
            await _shot(page, room, width, scheme)
            wide = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            assert wide <= 0, (room, await page.evaluate(CUT))
            assert await page.evaluate(CUT) == [], room
        hosts = {urlsplit(one).netloc for one in asked}
        assert hosts == {urlsplit(url).netloc}
        assert len(asked) > len(ROOMS) * 2  # style and script, too


@pytest.mark.timeout(400)
async def test_the_keyboard_alone_reaches_every_control(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (_, url, browser), opened(browser) as page:
        for room in ROOMS:
            await page.goto(url + room)
            count = await page.evaluate(CONTROLS)
            for _ in range(count + 12):  # a date has several stops
                await page.keyboard.press("Tab")
            stops = await page.evaluate("focused")
            assert [what for _, shown, what in stops if not shown] == [], room
            reached = {control for control, _, _ in stops}
            assert {str(n) for n in range(count)} <= reached, await _missed(page, reached)


async def test_the_link_to_the_content_is_the_first_stop(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (_, url, browser), opened(browser, 400) as page:
        await page.goto(f"{url}/today")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "main"


async def test_every_room_works_without_scripts(tmp_path: Path) -> None:
    async with (
        browsing(tmp_path) as (_, url, browser),
        opened(browser, 400, java_script_enabled=False) as page,
    ):
        for room in ROOMS:
            await page.goto(url + room)
            assert await page.locator("h1").count() == 1, room


async def test_the_browser_holds_to_the_policy(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (_, url, browser):
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{url}/today")
        for write in WRITES:
            assert await page.evaluate(TRY % write) == "TypeError", write
        away = "u => fetch(u).then(() => 'sent', () => 'refused')"
        assert await page.evaluate(away, url.replace("127.0.0.1", "localhost")) == "refused"
        await context.close()


async def test_a_browser_comes_in_by_the_token_and_goes_out(tmp_path: Path) -> None:
    async with (
        filled(tmp_path) as h,
        h.serving(TOKEN) as url,
        chromium() as browser,
        opened(browser, 400) as page,
    ):
        await page.goto(f"{url}/page/ledger")
        assert urlsplit(page.url).path == "/page/enter"
        await _shot(page, "/enter", 400, "light")
        await page.fill("#token", TOKEN)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/page/ledger")
        (cookie,) = await page.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert cookie["path"] == "/page"
        assert TOKEN not in str(cookie)
        await page.click("text=Log out")
        await page.wait_for_url("**/page/enter")
        assert await page.context.cookies() == []


async def test_a_page_of_another_site_cannot_read_embed_or_send(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (_, url, browser):
        other = url.replace("127.0.0.1", "localhost")  # another site for a browser
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"{other}/static/icon.svg")
        read = "u => fetch(u, {mode: 'no-cors'}).then(() => 'read', () => 'refused')"
        assert await page.evaluate(read, f"{url}/today.json") == "refused"
        await page.goto(f"{other}/today")
        await page.evaluate(
            "u => { const a = document.createElement('a'); a.href = u;"
            " a.textContent = 'the way over'; document.body.append(a); }",
            f"{url}/runs",
        )
        await page.click("text=the way over")
        await page.wait_for_url(f"{url}/runs")  # a link that a person follows
        assert await page.locator("nav").count() >= 1
        await context.close()


async def _shot(page: Page, room: str, width: int, scheme: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    name = room.strip("/").replace("/", "-").replace("?", "-").replace("=", "-")
    await page.screenshot(path=SHOTS / f"room-{name}-{width}-{scheme}.png", full_page=True)


async def _missed(page: Page, reached: set[str]) -> object:
    return await page.evaluate(
        "seen => [...document.querySelectorAll('[data-control]')]"
        ".filter(e => !seen.includes(e.dataset.control)).map(e => e.outerHTML.slice(0, 120))",
        sorted(reached),
    )
