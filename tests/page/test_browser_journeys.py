"""Whole journeys in a real browser at a real `doorstep serve`, over the stand-ins."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.page.kit import chromium, opened, served

SHOTS = Path(__file__).parents[2] / ".screenshots"


@pytest.mark.timeout(300)
async def test_from_the_first_visit_to_a_verified_ledger(tmp_path: Path) -> None:
    """Nothing was asked yet; ask, look at what would leave, send, and see it everywhere."""
    SHOTS.mkdir(exist_ok=True)
    with served(tmp_path) as url:
        async with chromium() as browser, opened(browser) as tab:
            asked: list[str] = []
            tab.on("request", lambda request: asked.append(request.url))
            await tab.goto(url)
            assert urlsplit(tab.url).path == "/page/today"
            await tab.click("text=Ask a question")
            await tab.wait_for_url("**/page/ask")
            await tab.click("button.main")
            await tab.wait_for_selector(".waits button.main")
            # It waits: nothing is in the ledger, and every page says that something waits.
            second = await tab.context.new_page()
            await second.goto(f"{url}/page/ledger")
            assert "Nothing has left this house." in await second.inner_text("main")
            assert await second.inner_text("[data-held]") == "1"
            await tab.screenshot(path=SHOTS / "journey-waits.png", full_page=True)
            await tab.click(".waits button.main")
            await tab.wait_for_selector("#answer:not([hidden])")
            await tab.screenshot(path=SHOTS / "journey-answer.png", full_page=True)
            await second.wait_for_selector("[data-held]", state="hidden")  # by itself

            await tab.goto(f"{url}/page/today")
            line = await tab.inner_text(".lead")
            assert line.startswith("The one question crossed, ")
            assert line.endswith("nothing went out unchecked, and all of it stands in the ledger.")
            await tab.click('.cards a[href*="/ledger?day="]')
            await tab.wait_for_url("**/page/ledger?day=*")
            assert await tab.locator("tbody tr").count() >= 1

            await tab.fill("input[name=word]", "kWh")
            await tab.keyboard.press("Enter")
            await tab.wait_for_selector("text=/[Ff]ound in/")
            await tab.goto(f"{url}/page/ledger")
            await tab.click("button:has-text('Verify')")
            await tab.wait_for_selector("text=The chain is whole.")
            head = await tab.inner_text("dd.mono")
            await tab.goto(f"{url}/page/ledger")
            await tab.fill("#head", head)
            await tab.click("button:has-text('Verify')")
            await tab.wait_for_selector("text=the head that you noted down is in it")
            assert {urlsplit(one).netloc for one in asked} == {urlsplit(url).netloc}
