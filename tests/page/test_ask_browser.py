"""Ask in a real browser: by the keyboard alone, without scripts, and when it is left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.models.ollama_server import answer
from tests.models.openai_server import Answer, chat_events
from tests.page.asked import DRAFTS, page
from tests.page.kit import chromium, opened
from tests.page.test_browser_axe import RUN, axe

QUESTION = "Write to Maya Okafor about the leak."
NASTY = "<img src=x onerror=alert(1)> </div> done"


async def typed(tab: Page, url: str, pattern: str, question: str = QUESTION) -> None:
    await tab.goto(f"{url}/page/ask?pattern={pattern}")
    await tab.fill("#question", question)


async def test_by_the_keyboard_alone_it_is_seen_and_sent(tmp_path: Path) -> None:
    async with page(tmp_path) as p, chromium() as browser, opened(browser, 400, "dark") as tab:
        p.cloud.script(Answer.sse(chat_events(NASTY)))
        await typed(tab, p.url, "sanitize-and-solve")
        await tab.focus("button.main")
        await tab.keyboard.press("Enter")
        await tab.wait_for_selector(".waits button.main")
        assert p.sent == []
        assert "Maya" not in await tab.inner_text(".lane.crossed")
        await tab.focus(".waits summary")
        for _ in range(8):
            await tab.keyboard.press("Tab")
            if await tab.evaluate("document.activeElement.textContent") == "Send":
                break
        await tab.keyboard.press("Enter")
        await tab.wait_for_selector("#answer:not([hidden])")
        assert await tab.inner_text("#answer .words") == NASTY
        assert await tab.locator("#live img").count() == 0
        assert len(p.sent) == 1
        assert await tab.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        await tab.click("#answer-link a")
        await tab.wait_for_url("**/page/runs/*")
        secret = tab.locator(".secret").first
        assert await secret.locator(".value").is_hidden()
        await secret.locator("input").focus()
        await tab.keyboard.press("Space")
        assert await secret.locator(".value").inner_text() == "Maya Okafor"


async def test_held_back_it_ends_without_a_byte(tmp_path: Path) -> None:
    async with page(tmp_path) as p, chromium() as browser, opened(browser) as tab:
        await typed(tab, p.url, "sanitize-and-solve")
        await tab.click("button.main")
        await tab.click(".waits button:has-text('Hold back')")
        await tab.wait_for_selector("#says.bad")
        said = await tab.inner_text("#says")
        assert said.startswith("You held it back; nothing was sent.")
        assert p.sent == []
        kept = tab.locator(".lane.crossed .card")
        assert await kept.locator("h3 .tag").inner_text() == "held back"
        assert await kept.locator("button").count() == 0
        assert await tab.locator("#live .working").count() == 0
        await tab.click("#says a", timeout=5000)
        await tab.wait_for_url("**/page/runs/*")
        assert "refused by the boundary" in await tab.inner_text("h1")


async def test_a_draft_is_shown_and_then_struck_out(tmp_path: Path) -> None:
    async with page(tmp_path, DRAFTS) as p, chromium() as browser, opened(browser) as tab:
        p.daemon.says(answer("Lyon, of course."))
        late = Answer(pieces=[1.0, chat_events("It is Paris.")], content_type="text/event-stream")
        p.cloud.script(late)
        await typed(tab, p.url, "draft-then-refine", "What is the capital of France?")
        await tab.uncheck("input[name=look][value=yes]")
        await tab.click("button.main")
        await tab.wait_for_selector("#answer .words")
        assert await tab.locator("#answer del").count() == 0
        assert await tab.inner_text("#answer del") == "Lyon, of course."
        assert await tab.inner_text("#answer ins") == "It is Paris."
        assert "took the draft's place" in await tab.inner_text("#says")


async def test_two_answers_that_differ_are_said_to_differ(tmp_path: Path) -> None:
    home = {"home": {"model": "gemma4:e4b"}}
    async with page(tmp_path, home) as p, chromium() as browser, opened(browser) as tab:
        p.daemon.says(answer("42"))
        p.cloud.script(Answer.sse(chat_events("391")))
        await typed(tab, p.url, "cross-check", "What is 17 * 23?")
        await tab.uncheck("input[name=look][value=yes]")
        await tab.click("button.main")
        await tab.wait_for_selector("#answer-link a")
        assert (await tab.inner_text("#says")).startswith("Home and cloud do not say the same")
        assert await tab.locator("#answer article .words").all_inner_texts() == ["42", "391"]


async def test_leaving_the_page_stops_the_question(tmp_path: Path) -> None:
    async with page(tmp_path) as p, chromium() as browser, opened(browser) as tab:
        p.cloud.script(Answer(pieces=[8.0], content_type="text/event-stream"))
        await typed(tab, p.url, "sanitize-and-solve")
        await tab.uncheck("input[name=look][value=yes]")
        await tab.click("button.main")
        while not p.sent:  # noqa: ASYNC110 - the far end has no event for it
            await asyncio.sleep(0.02)
        await tab.goto(f"{p.url}/page/runs")
        assert await asyncio.to_thread(p.cloud.gone.wait, 5)


async def test_stop_stops_and_the_next_question_is_answered(tmp_path: Path) -> None:
    async with page(tmp_path) as p, chromium() as browser, opened(browser) as tab:
        slow = Answer(pieces=[8.0], content_type="text/event-stream")
        p.cloud.script(slow, Answer.sse(chat_events("Second.")))
        await typed(tab, p.url, "sanitize-and-solve")
        await tab.uncheck("input[name=look][value=yes]")
        await tab.click("button.main")
        while not p.sent:  # noqa: ASYNC110 - the far end has no event for it
            await asyncio.sleep(0.02)
        await tab.click("#stop")
        assert await asyncio.to_thread(p.cloud.gone.wait, 5)
        assert (await tab.inner_text("#says")).startswith("Stopped.")
        await tab.click("button.main")
        assert await tab.inner_text("#answer .words") == "Second."
        assert await tab.is_hidden("#stop")


async def test_a_file_is_shown_where_it_would_have_been_typed(tmp_path: Path) -> None:
    async with page(tmp_path, key="") as p, chromium() as browser, opened(browser) as tab:
        await tab.goto(f"{p.url}/page/ask")
        await tab.click("details.more summary")
        given = {"name": "ours.md", "mimeType": "text/markdown", "buffer": b"# Ours\n"}
        await tab.set_input_files("#file", given)
        await tab.wait_for_function("document.getElementById('notes').value === '# Ours\\n'")
        assert await tab.evaluate("document.getElementById('file').files.length") == 0


async def test_without_scripts_the_form_works(tmp_path: Path) -> None:
    async with (
        page(tmp_path, key="") as p,
        chromium() as browser,
        opened(browser, java_script_enabled=False) as tab,
    ):
        await tab.goto(f"{p.url}/page/ask")
        assert await tab.is_visible("#notes")
        assert await tab.is_hidden("#context")
        await tab.uncheck("input[name=look][value=yes]")
        await tab.click("button.main")
        await tab.wait_for_url("**/page/runs/*")
        assert "dishwasher" in await tab.inner_text(".answer")


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (400, "dark")])
async def test_axe_finds_nothing_serious_while_it_waits_and_when_it_is_done(
    tmp_path: Path, width: int, scheme: str
) -> None:
    script, found = axe(), []
    async with (
        page(tmp_path, key="") as p,
        chromium() as browser,
        opened(browser, width, scheme, bypass_csp=True, reduced_motion="reduce") as tab,
    ):
        await tab.goto(f"{p.url}/page/ask")
        await tab.evaluate(script)
        await tab.click("button.main")
        await tab.wait_for_selector(".waits")
        found += await tab.evaluate(RUN)
        await tab.click(".waits button.main")
        await tab.wait_for_selector("#answer-link a")
        found += await tab.evaluate(RUN)
        await tab.goto(f"{p.url}{await tab.get_attribute('#answer-link a', 'href')}")
        await tab.evaluate(script)
        found += await tab.evaluate(RUN)
    assert [one for one in found if one[1] in ("moderate", "serious", "critical")] == []
