"""The ledger in a real browser: a search that goes on by itself and can be stopped, verify by the
keyboard, and nothing that runs over the edge."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.boundary.ledgers import outgoing
from tests.page.kit import House, chromium, house, opened

EVIL = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
LONG = f"https://{'very-long-name.' * 12}example"


def _fill(home: House, count: int) -> None:
    for n in range(count):
        text = f"Heron {n} {EVIL} {'w' * 400}"
        crossing = home.ledger.record(
            outgoing(text, LONG), run=f"run{n}", verdict="mask", found={"person": 2, "iban": 1}
        )
        home.ledger.result(crossing.id, "answered", status=200, reply_bytes=12_345)


async def test_a_search_goes_on_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorstep.page.ledger_shown.FIND_S", 0.02)
    async with house(tmp_path) as home:
        _fill(home, 120)
        async with home.serving() as url, chromium() as browser, opened(browser) as page:
            await page.goto(f"{url}/page/ledger")
            await page.focus("#word")
            await page.keyboard.type("heron")
            await page.keyboard.press("Enter")
            await page.get_by_text("Done: found in 120 of 120 crossings.").wait_for()
            assert await page.locator("#find-hits > li").count() == 120
            assert await page.locator("#find-hits mark").first.text_content() == "Heron"
            assert await page.locator("#find-hits img").count() == 0
            assert await page.title() == "Ledger · Doorstep" and "heron" not in page.url
            assert not await page.locator("#find-stop").is_visible()
            await page.locator("#find-hits a").first.click()
            await page.get_by_role("heading", name="Crossing 120").wait_for()


async def test_a_search_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doorstep.page.ledger_shown.FIND_S", 0)  # one crossing a request
    async with house(tmp_path) as home:
        _fill(home, 500)
        async with home.serving() as url, chromium() as browser, opened(browser) as page:
            await page.goto(f"{url}/page/ledger")
            await page.fill("#word", "heron")
            await page.keyboard.press("Enter")
            await page.locator("#find-hits > li").nth(3).wait_for()
            await page.locator("#find-stop").click()
            await page.get_by_text("Stopped:").wait_for()
            assert 4 <= await page.locator("#find-hits > li").count() < 500
            assert not await page.locator("#find-stop").is_visible()


async def test_verify_by_keyboard_and_without_scripts(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        _fill(home, 3)
        async with (
            home.serving() as url,
            chromium() as browser,
            opened(browser, java_script_enabled=False) as page,
        ):
            await page.goto(f"{url}/page/ledger")
            await page.focus("#head")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")
            await page.get_by_text("The chain is whole.").wait_for()
            await page.goto(f"{url}/page/ledger")
            await page.fill("#word", "HERON 1")
            await page.keyboard.press("Enter")
            await page.get_by_text("Found in 1 of 3 crossings").wait_for()


async def test_nothing_runs_over_the_edge(tmp_path: Path) -> None:
    async with house(tmp_path) as home:
        _fill(home, 3)
        home.ledger.drop_bodies(datetime.fromisoformat(home.ledger.show(2).at), by="a test")
        async with home.serving() as url, chromium() as browser:
            for width in (400, 1400):
                for scheme in ("light", "dark"):
                    async with opened(browser, width, scheme) as page:
                        for path in ("/ledger", "/ledger/1", "/ledger/2", "/ledger?verdict=ask"):
                            await page.goto(f"{url}/page{path}")
                            wide = await page.evaluate(
                                "document.scrollingElement.scrollWidth - innerWidth"
                            )
                            assert wide <= 0, (path, width, wide)
