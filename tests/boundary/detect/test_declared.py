"""Declared values, patterns, fields and allow-lists."""

from __future__ import annotations

import random
import string
import time
from pathlib import Path

import pytest

from doorstep._errors import BadInput, ConfigError
from doorstep.boundary.clearance import Term
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.allowed import Allowed
from doorstep.boundary.detect.declared import (
    Declared,
    Expression,
    Scopes,
    declared_from,
    read_terms,
)
from doorstep.boundary.detect.fields import Fields


def found(declared: Declared, text: str) -> list[tuple[str, str]]:
    return [(text[f.start : f.end], f.kind) for f in declared.find(text)]


@pytest.mark.parametrize(
    ("term", "text", "hits"),
    [
        ("Project Heron", "the PROJECT-HERON plan", ["PROJECT-HERON"]),
        ("tbl_customers", "SELECT * FROM tblCustomers t", ["tblCustomers"]),
        ("compute_churn", "call ComputeChurn()", ["ComputeChurn"]),
        ("Okafor", "okafor's, the Okafors", ["okafor", "Okafors"]),
        ("Zoë", "zoe and ZOË", ["zoe", "ZOË"]),
        ("Heron", "a heronry, Heroic", []),
        ("Project Heron", "one heron, one project", ["heron"]),
        ("tbl_customers", "customers of the TBL", []),
        ("car", "scarce carpets", []),
    ],
)
def test_terms_in_all_forms(term: str, text: str, hits: list[str]) -> None:
    findings = Declared([term]).find(text)
    wide = [f for f in findings if not any(_inside(f, other) for other in findings)]
    assert [text[f.start : f.end] for f in wide] == hits


def _inside(finding: Finding, other: Finding) -> bool:
    return other.start <= finding.start and finding.end <= other.end and other != finding


def test_a_term_has_its_kind_and_says_why() -> None:
    declared = Declared([Term("Maya", "person"), "Heron"])
    assert declared.find("Maya at Heron") == [
        Finding(0, 4, "person", "declared"),
        Finding(8, 13, "declared", "declared"),
    ]
    assert "Maya" not in repr(declared)


@pytest.mark.parametrize(
    ("pattern", "text", "hits"),
    [
        (r"HRN-\d{4}", "see HRN-2041 and HRN-20", ["HRN-2041"]),
        (r"(?i)\bacct [a-z]{2}\d+", "Acct QX77, acct 77", ["Acct QX77"]),
        (r"sk_\w+", "naïve \U0001f600 sk_ab \ud800 sk_c", ["sk_ab", "sk_c"]),
    ],
)
def test_patterns(pattern: str, text: str, hits: list[str]) -> None:
    declared = Declared(patterns=[Expression(pattern, "order")])
    assert found(declared, text) == [(hit, "order") for hit in hits]
    assert declared.at_gate
    assert pattern not in repr(declared.patterns)


def test_without_patterns_the_gate_need_not_ask_again() -> None:
    assert not Declared(["Maya"]).at_gate


@pytest.mark.parametrize("pattern", ["a*", "", "x?", r"\b", "^", "(?:a|)", r"\B", "$"])
def test_a_pattern_that_matches_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"Pattern 2 .* matches the empty string"):
        Declared(patterns=["ok", pattern])


@pytest.mark.parametrize("pattern", ["(Maya", "[Maya", r"(?=Maya)", r"(Maya)\1", "Maya{9999}"])
def test_a_pattern_that_is_none_is_refused_without_showing_it(
    pattern: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError, match="Pattern 1") as caught:
        Declared(patterns=[pattern])
    assert "Maya" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("field", "path", "matches"),
    [
        ("metadata.user_id", ("metadata", "user_id"), True),
        ("metadata.user_id", ("Metadata", "USER_ID"), True),
        ("metadata.user_id", ("metadata", "user_id", "first", 0), True),
        ("metadata.user_id", ("metadata", "user_id2"), False),
        ("metadata.user_id", ("metadata", "user", "id"), False),
        ("metadata.user_id", ("x", "metadata", "user_id"), False),
        ("metadata.user_id", ("metadata",), False),
        ("messages[].name", ("messages", 3, "name"), True),
        ("messages[].name", ("messages", "name"), False),
        ("messages[2].name", ("messages", 2, "name"), True),
        ("messages[2].name", ("messages", 1, "name"), False),
        ("messages[2].name", ("messages", 22, "name"), False),
        ("*.customer", ("a", "customer"), True),
        ("*.customer", (0, "customer"), True),
        ("*.customer", ("customer",), False),
        ("*.customer", ("a", "b", "customer"), False),
        ("**.customer", ("customer",), True),
        ("**.customer", ("a", 4, "b", "customer", "id"), True),
        ("**.customer", ("a", "customers"), False),
        ("tools[].**.default", ("tools", 0, "a", "b", "default"), True),
        ('"file name.x".owner', ("file name.x", "owner"), True),
        ('"a"', ("a",), True),
        ("a", (".a",), False),
        ("a.b", ("a\0.b",), False),
    ],
)
def test_fields(field: str, path: tuple[str | int, ...], matches: bool) -> None:
    assert Fields([field]).matches(path) == ("declared" if matches else None)


def test_fields_have_kinds() -> None:
    fields = Fields({"a.b": "person", "c": "order"}).joined(Fields(["**.d"]))
    paths: list[tuple[str | int, ...]] = [("a", "b"), ("c",), ("x", 1, "d"), ("x",)]
    assert [fields.matches(p) for p in paths] == ["person", "order", "declared", None]
    assert len(fields) == 3


@pytest.mark.parametrize(
    "field", ["", ".", "a.", ".a", "a..b", "a[x]", "a]", "[]", "*", "**", "a b", "a[0", 'x"y', "a*"]
)
def test_a_field_that_is_no_path_is_refused(field: str) -> None:
    with pytest.raises(ConfigError, match="not a path"):
        Fields([field])


def test_deep_paths_are_quick() -> None:
    fields = Fields(["**.a.**.b.c"])
    with pytest.raises(ConfigError):
        Fields(["**.a.**.b.**.c"])
    start = time.perf_counter()
    assert fields.matches(("a", "b") * 400) is None
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    ("allowed", "value", "allows"),
    [
        ("Ada Lovelace", "ada  lovelace", True),
        ("Ada Lovelace", "Ada Lovelace's", True),
        ("Ada Lovelace", "“Ada Lovelace”,", True),
        ("Guardian", "the Guardian", True),
        ("The Guardian", "guardian", True),
        ("Paris", "Paris Hilton", False),
        ("Ada Lovelace", "Lovelace", False),
        ("Ada Lovelace", "Ada", False),
        ("", "", False),
        ("...", "...", False),
    ],
)
def test_allowed_is_about_whole_findings(allowed: str, value: str, allows: bool) -> None:
    assert Allowed([allowed]).allows(value) is allows


def test_allowing_a_part_does_not_unmask_the_longer_finding() -> None:
    text = "Paris Hilton in Paris"
    findings = [Finding(0, 12, "person"), Finding(0, 5, "place"), Finding(16, 21, "place")]
    assert Allowed(["paris"]).kept(text, findings) == [Finding(0, 12, "person")]


@pytest.mark.parametrize(
    ("text", "found", "kept"),
    [
        ("see Ada Lovelace", ["Ada", "Lovelace", "Ada Lovelace"], []),
        ("see ADA\n  LOVELACE", ["ADA", "LOVELACE"], []),
        ("Ada or Lovelace", ["Ada", "Lovelace"], ["Ada", "Lovelace"]),
        ("Ada Lovelace Byron", ["Ada Lovelace Byron"], ["Ada Lovelace Byron"]),
        ("Ada Lovelace Byron", ["Ada", "Lovelace Byron"], ["Lovelace Byron"]),
        ("Nevada Lovelaces", ["Nevada", "Lovelaces"], ["Nevada", "Lovelaces"]),
        ("Аda Lovelace", ["Аda"], ["Аda"]),  # the first letter is Cyrillic
    ],
)
def test_a_finding_inside_an_allowed_value_goes(
    text: str, found: list[str], kept: list[str]
) -> None:
    findings = [Finding(text.index(v), text.index(v) + len(v), "name") for v in found]
    left = Allowed(["Ada Lovelace"]).kept(text, findings)
    assert [text[f.start : f.end] for f in left] == kept


def test_what_is_declared_cannot_be_allowed() -> None:
    declared = Declared(["Heron"], patterns=["X-[0-9]+"], allow=["heron", "X-12", "Ada", "Heron 2"])
    assert [declared.allows(v) for v in ("Heron", "HERON's", "X-12", "Heron 2", "Ada")] == [
        False, False, False, False, True,
    ]  # fmt: skip
    assert found(declared, "heron, Ada") == [("heron", "declared")]
    assert declared.allow == ("Ada",)
    assert not Declared(patterns=["^Ada$"], allow=["the Ada"]).allows("Ada")


def test_scopes_add_to_what_holds_for_all() -> None:
    scopes = Scopes(Declared(["Heron"], allow=["Ada"]), {"ops": Declared(["Ada", "Kite"])})
    assert found(scopes.of("ops"), "Heron, Kite, Ada") == [
        (v, "declared") for v in ("Heron", "Kite", "Ada")
    ]
    assert not scopes.of("ops").allows("Ada")
    assert found(scopes.of("elsewhere"), "Heron, Kite") == [("Heron", "declared")]
    assert scopes.of("").allows("Ada")


def test_a_file_of_terms(tmp_path: Path) -> None:
    path = tmp_path / "private.txt"
    path.write_text("\ufeff# people\nperson: Maya Okafor\n\n  Heron # 7\ndeclared: url: x\nA: b\n")
    terms = read_terms(path)
    assert [(t.kind, t.value) for t in terms] == [
        ("person", "Maya Okafor"),
        ("declared", "Heron # 7"),
        ("declared", "url: x"),
        ("declared", "A: b"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"ok\n---\n", "Line 2"), (b"allow: Maya\n", "Line 1"), (b"\xff\xfe", "UTF-8")],
)
def test_a_bad_file_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "private.txt"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=message) as caught:
        read_terms(path)
    assert "Maya" not in str(caught.value)
    with pytest.raises(ConfigError):
        read_terms(tmp_path / "none.txt")


def test_tables(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("person: Tobias\n")
    declared = declared_from(
        {
            "terms": {"person": ["Maya"], "project": ["Heron"]},
            "files": ["more.txt"],
            "patterns": {"order": ["HRN-[0-9]+"]},
            "fields": ["metadata.user_id"],
            "allow": ["Ada Lovelace"],
        },
        folder=tmp_path,
    )
    assert found(declared, "Maya, Tobias: Heron HRN-7") == [
        ("Maya", "person"), ("Tobias", "person"), ("Heron", "project"), ("HRN-7", "order"),
    ]  # fmt: skip
    assert declared.fields.matches(("metadata", "user_id")) == "declared"
    assert declared.allows("ada lovelace")


@pytest.mark.parametrize(
    "tables",
    [
        {"term": ["Maya"]},
        {"terms": "Maya"},
        {"terms": [1]},
        {"terms": {"person": "Maya"}},
        {"patterns": ["(Maya"]},
        {"fields": {"person": ["Maya."]}},
        {"files": ["Maya.txt", 3]},
    ],
)
def test_tables_that_cannot_be_used(tables: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        declared_from(tables)
    assert "Maya" not in str(caught.value)


def test_a_term_without_a_letter_is_refused() -> None:
    with pytest.raises(BadInput):
        Declared(["--"])


def test_ten_thousand_terms_cost_nothing_that_is_felt() -> None:
    dice = random.Random(7)
    words = [
        "".join(dice.choices(string.ascii_lowercase, k=dice.randint(4, 9))) for _ in "x" * 20_000
    ]
    declared = Declared([f"{a} {b}" for a, b in zip(words[::2], words[1::2], strict=True)])
    text = " ".join(dice.choices(words, k=500) + ["nothing", "here"] * 40)[:4096]
    assert declared.find(" ".join(words[:2]))
    best = min(_timed(lambda: declared.find(text)) for _ in range(20))
    plain = min(_timed(lambda: declared.find("nothing to see here. " * 195)) for _ in range(20))
    assert plain < 0.003, "0.2 ms on a quiet machine"
    assert best < 0.03, "500 hits"


def _timed(work: object) -> float:
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start
