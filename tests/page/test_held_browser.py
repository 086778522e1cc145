"""Held in a real browser: it appears by itself, is decided by a click or by keys, and fits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from openai import PermissionDeniedError

pytest.importorskip("uvloop")

from tests.gateway.upstream import Upstream
from tests.page.kit import chromium, opened, served
from tests.page.test_held_serve import CANARY, TEXT, TOML, ask, saying, waits

LONG = f"{TEXT} Which of its springs is the warmest? " + "a-very-long-word-without-a-gap" * 12
SHOTS = Path(__file__).parents[2] / ".screenshots"


async def test_hold_approve_refuse_and_mask_more(tmp_path: Path) -> None:
    async with Upstream() as cloud, chromium() as browser:
        cloud.answer = saying
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            async with opened(browser) as page:
                await page.goto(f"{url}/page/held")
                assert "Nothing waits for you" in await page.inner_text("main")
                answer = asyncio.create_task(ask(url))
                await page.wait_for_selector("article.held", timeout=8000)  # by itself
                assert ", in 2" in await page.inner_text("[data-until]")
                assert CANARY not in await page.content()
                # mask more: words are marked in the text, and taken by a button
                await page.get_by_text("Mask more words first").click()
                await page.evaluate(SELECT, "Wiesbaden")
                await page.get_by_role("button", name="Take the marked words").click()
                assert await page.input_value("textarea") == "Wiesbaden"
                await page.get_by_role("button", name="Mask and show me again").click()
                await page.wait_for_selector("text=masked anew, round 2", timeout=8000)
                assert "Wiesbaden" not in await page.inner_text("article.held")
                # by keys alone
                await page.get_by_role("button", name="Send exactly this").focus()
                await page.keyboard.press("Enter")
                await page.wait_for_selector("text=You said yes")
                assert await answer == TEXT and b"Wiesbaden" not in cloud.got[0].body
                refused = asyncio.create_task(ask(url))
                await page.wait_for_selector("article.held", timeout=8000)
                await page.get_by_role("button", name="Send nothing").click()
                with pytest.raises(PermissionDeniedError):
                    await refused
        assert len(cloud.got) == 1


async def test_what_is_typed_is_not_lost_when_the_list_changes(tmp_path: Path) -> None:
    async with Upstream() as cloud, chromium() as browser:
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            first = asyncio.create_task(ask(url))
            await waits(url)
            async with opened(browser) as page:
                await page.goto(f"{url}/page/held")
                await page.get_by_text("Mask more words first").click()
                await page.fill("textarea", "half a wo")
                second = asyncio.create_task(ask(url))
                await page.wait_for_selector("text=The list has changed", timeout=8000)
                assert await page.input_value("textarea") == "half a wo"
                first.cancel()
                await page.wait_for_selector("text=waits no longer", timeout=8000)
                assert await page.get_by_role("button", name="Send exactly this").is_disabled()
                second.cancel()
                await asyncio.gather(first, second, return_exceptions=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
async def test_it_fits(tmp_path: Path, width: int, scheme: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    async with Upstream() as cloud, chromium() as browser:
        cloud.answer = saying
        with served(tmp_path, upstream=cloud.url, toml=TOML) as url:
            async with opened(browser, width, scheme) as page:
                await page.goto(f"{url}/page/held")
                await page.screenshot(
                    path=SHOTS / f"held-empty-{width}-{scheme}.png", full_page=True
                )
                for choice in ("Mask and show me again", "Send exactly this"):
                    answer = asyncio.create_task(ask(url))
                    await waits(url)
                    await page.goto(f"{url}/page/held")
                    await page.check("input[name=remember]")
                    if "Mask" in choice:
                        await page.get_by_text("Mask more words first").click()
                        await page.fill("textarea", "Wiesbaden")
                    await page.get_by_role("button", name=choice).click()
                    await page.wait_for_selector("main .note.good")
                    if "Mask" in choice:
                        answer.cancel()
                        await asyncio.gather(answer, return_exceptions=True)
                        await waits(url, 0)
                    else:
                        await answer
                odd = LONG.replace(CANARY, f"Call +49 611 123456, {CANARY}")
                task = asyncio.create_task(ask(url, odd))
                await waits(url)
                await page.goto(f"{url}/page/held")
                for summary in await page.query_selector_all("summary"):
                    await summary.click()
                await page.screenshot(path=SHOTS / f"held-{width}-{scheme}.png", full_page=True)
                wide = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
                assert wide <= 0
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


SELECT = """word => {
  for (const value of document.querySelectorAll(".values dd")) {
    const walk = document.createTreeWalker(value, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const at = walk.currentNode.data.indexOf(word);
      if (at < 0) continue;
      getSelection().setBaseAndExtent(walk.currentNode, at, walk.currentNode, at + word.length);
      return;
    }
  }
}"""
