"""axe-core finds nothing serious in any room (WCAG 2.2, A and AA, and axe's best practices)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.page.filled import ROOMS, filled
from tests.page.kit import chromium, missing, opened

RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(v => [v.id, v.impact, v.nodes.map(n => n.html.slice(0, 160))]);
}"""


def axe() -> str:
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        missing("axe-core is missing: pip install axe-playwright-python.")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (400, "light")])
async def test_axe_finds_nothing_serious(tmp_path: Path, width: int, scheme: str) -> None:
    script, found = axe(), []
    async with (
        filled(tmp_path) as h,
        h.serving() as url,
        chromium() as browser,
        # Past the page's own policy, which lets no foreign script in.
        opened(browser, width, scheme, bypass_csp=True) as page,
    ):
        for room in ROOMS:
            answer = await page.goto(f"{url}/page{room}")
            assert answer is not None and answer.status == 200, room
            await page.evaluate(script)
            found += [(room, *one) for one in await page.evaluate(RUN)]
    assert [one for one in found if one[2] in ("serious", "critical")] == []
    assert [one for one in found if one[2] == "moderate"] == []


async def test_axe_would_find_something(tmp_path: Path) -> None:
    script = axe()
    async with (
        filled(tmp_path) as h,
        h.serving() as url,
        chromium() as browser,
        opened(browser, bypass_csp=True) as page,
    ):
        await page.goto(f"{url}/page/today")
        await page.evaluate("document.querySelector('#day').labels[0].remove()")
        await page.evaluate(script)
        assert "label" in [one[0] for one in await page.evaluate(RUN)]
