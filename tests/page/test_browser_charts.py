"""Charts in a real browser: text is as wide as was reckoned or narrower, never under 11 pixels, and
one of the two fits is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doorstep.page.charts import letters
from tests.page.a_day import plan
from tests.page.kit import chromium, house, opened
from tests.page.past import past

TEXTS = """() => [...document.querySelectorAll('svg.chart')].filter(s => s.checkVisibility())
  .flatMap(s => [...s.querySelectorAll('text')].map(t => ({
    text: t.textContent, bold: getComputedStyle(t).fontWeight >= 600,
    wide: t.getComputedTextLength(),
    pixels: parseFloat(getComputedStyle(t).fontSize) * s.getScreenCTM().a,
    inside: (() => { const a = t.getBoundingClientRect(), b = s.getBoundingClientRect();
      return a.left >= b.left - 1 && a.right <= b.right + 1 && a.bottom <= b.bottom + 1; })(),
  })))"""
SHOWN = """() => [...document.querySelectorAll('figure.chart')].map(f =>
  [...f.querySelectorAll('svg')].filter(s => s.checkVisibility()).map(s => s.classList[1]))"""


@pytest.mark.parametrize("width", [400, 991, 992, 1400])
async def test_text_in_a_picture_can_be_read_and_is_not_cut(tmp_path: Path, width: int) -> None:
    async with house(tmp_path) as h, h.serving() as url, chromium() as browser:
        h.book.write_all(list(past(300, 30)))
        await plan(h.book, h.settings)
        async with opened(browser, width) as page:
            for room in ("/quality", "/patterns", "/patterns/escalate-on-hard"):
                await page.goto(f"{url}/page{room}")
                fit = "wide" if width >= 992 else "narrow"
                shown: Any = await page.evaluate(SHOWN)
                assert shown and all(one == [fit] for one in shown)
                texts: Any = await page.evaluate(TEXTS)
                assert len(texts) >= 10
                for one in texts:
                    assert one["pixels"] >= 11 and one["inside"], one
                    reckoned = letters.width(one["text"], bold=one["bold"])
                    assert one["wide"] <= reckoned + 0.5, one


async def test_the_map_is_reached_by_the_keyboard(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.serving() as url, chromium() as b, opened(b) as page:
        await page.goto(f"{url}/page/patterns")
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.closest('svg') !== null"):
                break
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/page/patterns/sanitize-and-solve")
        assert await page.locator("h1").inner_text() == "Sanitize-and-Solve"
