"""The patterns: the map, one by one with what this machine has of them, and the adviser."""

from __future__ import annotations

import re
import tomllib
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from doorstep.config import Settings
from doorstep.page.figures.options import options, own
from doorstep.patterns.adviser import BUYS_ANSWERS, FIRST_ANSWERS, WHEN_ANSWERS, Wish, advise
from doorstep.patterns.catalogue import CATALOGUE, NAMES
from doorstep.patterns.settings import OPTIONS
from tests.page.kit import House, house
from tests.page.past import past

TABLES = {
    "careful": {"use": "escalate-on-hard", "budget_s": 20, "cloud": "sanitize-and-solve"},
    "odd name": {"use": "draft-then-refine", "patience": "unlimited", "level": "abstract"},
    "books": {"use": "plan-then-ground", "folder": 'C:\\my "notes"', "share": ["sum.total"]},
    "checked": {"use": "sanitize-and-solve", "strict_facts": True},
}
OWN = Settings.model_validate({"patterns": TABLES})
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def h(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path, OWN) as one:
        yield one


async def get(h: House, path: str) -> httpx2.Response:
    async with h.client() as client:
        return await client.get(f"/page{path}")


def drawings(text: str) -> Iterator[ElementTree.Element]:
    """Every SVG of a page, which must be well-formed XML for that."""
    for found in re.findall(r"<svg class=\"chart.*?</svg>", text, re.S):
        yield ElementTree.fromstring(found.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


# --- the map -------------------------------------------------------------------------------------


async def test_the_map_leads_to_all_five(h: House) -> None:
    text = (await get(h, "/patterns")).text
    wide, narrow = drawings(text)
    for drawn in (wide, narrow):
        assert drawn.get("role") == "group"  # a picture (role img) hides its links
        links = {a.get("href"): a.get("aria-label") or "" for a in drawn.iter(f"{SVG}a")}
        assert set(links) == {f"/page/patterns/{name}" for name in NAMES}
        for known in CATALOGUE:
            assert f"for {known.purpose}" in links[f"/page/patterns/{known.name}"]
        says = drawn.findtext(f"{SVG}desc") or ""
        assert all(known.title in says and known.trigger in says for known in CATALOGUE)


async def test_each_pattern_stands_in_the_cell_of_its_axes(h: House) -> None:
    (wide, _) = drawings((await get(h, "/patterns")).text)
    place = {a.get("href", "").rpartition("/")[2]: _corner(a) for a in wide.iter(f"{SVG}a")}
    for a, b in product(CATALOGUE, repeat=2):
        (ax, ay), (bx, by) = place[a.name], place[b.name]
        assert (ax == bx) == (a.direction == b.direction)
        assert (ay == by) == (a.trigger == b.trigger)
        signs = [_sign(wide, one.name) for one in (a, b)]
        assert (signs[0] == signs[1]) == (a.purpose == b.purpose)


def _corner(link: ElementTree.Element) -> tuple[str | None, str | None]:
    box = link.find(f"{SVG}rect")
    assert box is not None
    return box.get("x"), box.get("y")


def _sign(drawn: ElementTree.Element, name: str) -> str:
    link = next(a for a in drawn.iter(f"{SVG}a") if a.get("href", "").endswith(name))
    path = link.find(f"{SVG}path")
    assert path is not None
    return re.sub(r"^M\S+ \S+?(?=[hm])", "", path.get("d", ""))


async def test_nothing_in_a_drawing_needs_what_the_policy_forbids(h: House) -> None:
    h.book.write_all(list(past(60, 7)))
    for path in ("/patterns", "/patterns/cross-check", "/quality"):
        text = (await get(h, path)).text
        assert "<style" not in text and not re.search(r"<[^>]*\sstyle=", text)
        found = list(drawings(text))
        assert found
        ids = [e.get("id") for drawn in found for e in drawn.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        for drawn in found:
            named = (drawn.get("aria-labelledby", ""), drawn.get("aria-describedby", ""))
            assert set(named) <= set(ids) and drawn.findtext(f"{SVG}title")


# --- one of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
async def test_each_has_what_it_is_and_when_to_take_it(h: House, name: str) -> None:
    known = next(one for one in CATALOGUE if one.name == name)
    data: Any = (await get(h, f"/patterns/{name}.json")).json()
    assert data["entry"]["take"] == list(known.take)
    text = re.sub(r"\s+", " ", (await get(h, f"/patterns/{name}")).text).replace("&#39;", "'")
    for line in (known.says, known.crosses, *known.take, *known.leave, *known.costs):
        assert line.replace('"', "&#34;") in text, line
    assert "No runs yet." in text and len(list(drawings(text))) == 2
    assert [one["name"] for one in data["options"]] == [
        field for field in OPTIONS[name].model_fields if field != "use"
    ]


async def test_its_figures_are_its_own_and_those_of_tables_that_use_it(h: House) -> None:
    runs = list(past(300, 20))
    h.book.write_all(runs)
    data: Any = (await get(h, "/patterns/escalate-on-hard.json")).json()
    shown = {one["pattern"]: one["sums"]["runs"] for one in data["figures"]}
    names = ("careful", "escalate-on-hard")
    assert shown == {name: sum(one.pattern == name for one in runs) for name in names}
    for one in data["verdicts"]:
        answered = [r for r in runs if r.pattern == one["pattern"] and r.ending == "answered"]
        assert one["runs"] == len(answered) == sum(share["runs"] for share in one["shares"])
    text = (await get(h, "/patterns/escalate-on-hard")).text
    assert f"n = {sum(r.pattern == 'careful' and r.ending == 'answered' for r in runs)}" in text


async def test_a_table_of_the_users_own_has_a_page(h: House) -> None:
    answer = await get(h, "/patterns/odd%20name")
    assert answer.status_code == 200 and 'href="/page/patterns/draft-then-refine"' in answer.text
    assert "<h1>odd name</h1>" in answer.text


def test_what_is_shown_of_the_settings_is_toml_that_reads_back() -> None:
    shown = "\n".join(one.toml for use in NAMES for one in own(use, OWN.patterns))
    assert tomllib.loads(shown) == {"patterns": TABLES}


def test_the_defaults_shown_are_values_that_the_settings_take() -> None:
    for use, kind in OPTIONS.items():
        shown = tomllib.loads("\n".join(f"{one.name} = {one.default}" for one in options(use)))
        assert kind.model_validate({"use": use, **shown}) == kind(use=use)  # type: ignore[arg-type]
        allowed = {one.name: one.allowed for one in options(use)}
        assert allowed["home"] == "text"
        if "level" in allowed:
            assert allowed["level"] == '"mask" or "abstract" or "plain"'
    assert {o.name: o.allowed for o in options("draft-then-refine")}["patience"] == (
        '0 to 1000 or "unlimited"'
    )


@pytest.mark.parametrize(
    "name", ["household", "none", "home", "mask", "../today", "%00", "x" * 900]
)
async def test_a_name_that_is_none_is_404(h: House, name: str) -> None:
    for path in (f"/patterns/{name}", f"/patterns/{name}.json"):
        answer = await get(h, path)
        assert answer.status_code in (404, 200) and "Traceback" not in answer.text
        assert answer.status_code == 404 or name == "../today"


# --- the adviser ---------------------------------------------------------------------------------


async def test_the_adviser_says_on_the_page_what_it_says_in_the_shell(h: House) -> None:
    async with h.client() as client:
        for first, when, buys in product(FIRST_ANSWERS, WHEN_ANSWERS, BUYS_ANSWERS):
            query = {"first": first, "when": when, "buys": buys}
            said: Any = (await client.get("/page/patterns.json", params=query)).json()["advice"]
            meant = advise(Wish(first, when, buys))  # type: ignore[arg-type]
            assert said["alone"] == meant.alone
            assert [one["entry"]["name"] for one in said["fits"]] == [
                one.entry.name for one in meant.fits
            ]
            assert [one["misfits"] for one in said["fits"]] == [
                list(one.misfits) for one in meant.fits
            ]


async def test_the_advice_stands_on_the_page_with_its_reasons(h: House) -> None:
    text = (await get(h, "/patterns?first=home&when=never&buys=privacy")).text
    assert "Do not split: use the home model alone." in text
    text = (await get(h, "/patterns?first=home&when=needed&buys=cost")).text
    assert "Take <a" in text and "No pattern fits exactly" not in text
    assert 'value="needed" required checked' in text
    text = (await get(h, "/patterns?first=cloud&when=needed&buys=cost")).text
    assert "No pattern fits exactly" in text and "home acts first, not the cloud acts first" in text
    text = (await get(h, "/patterns")).text
    assert "No pattern fits exactly" not in text and "required checked" not in text


@pytest.mark.parametrize(
    "query", ["first=home", "first=x&when=needed&buys=cost", "first=home&when=&buys=cost"]
)
async def test_half_an_answer_or_none_that_there_is_gets_a_clear_line(h: House, query: str) -> None:
    answer = await get(h, f"/patterns?{query}")
    assert answer.status_code == 400
    assert "each of its three questions" in answer.text or "One of home, cloud" in answer.text
