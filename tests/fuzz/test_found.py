"""What fuzzing found, each once, as small as it gets."""

from __future__ import annotations

import base64
import json
import sqlite3
from pathlib import Path

import pytest

from bench.fuzz import seal
from doorstep._errors import BoundaryError, LedgerError
from doorstep.boundary import Clearance, Ledger, Term
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.mask import ReplyMask
from doorstep.boundary.reply import whole
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.spans import Span, merge
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Vault

KEY = b"a key for tests, not for people."


def _gate(value: str, *texts: str, target: str = "/v1/responses") -> None:
    clearance = Clearance(private=(Term(value, "person"),))
    body = json.dumps({"model": "m", "x_list": texts}, ensure_ascii=False, separators=(",", ":"))
    request = Outgoing("POST", "https://cloud.example", target, (), body.encode())
    Gate(clearance, [Matcher(clearance.private)]).check(request)


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u0001"])
@pytest.mark.parametrize("coded", [lambda b: base64.b64encode(b).decode(), bytes.hex])
def test_signs_that_nobody_sees_inside_base64_and_hex(sign: str, coded: object) -> None:
    text = sign.join("McZyt")
    with pytest.raises(BoundaryError):
        _gate("McZyt", f"see {coded(text.encode())}")  # type: ignore[operator]


def test_tag_characters_inside_base64() -> None:
    text = "".join(chr(0xE0000 + ord(sign)) for sign in "McZyt")
    with pytest.raises(BoundaryError):
        _gate("McZyt", base64.b64encode(text.encode()).decode())


@pytest.mark.parametrize("coded", ["%32%32%32%38%31%36%33%38", "%26%2350;2281638", "%5Cx322281638"])
def test_a_number_after_an_equals_sign_is_not_taken_for_quoted_printable(coded: str) -> None:
    with pytest.raises(BoundaryError):
        _gate("22281638", target=f"/v1/x?q={coded}")


def test_a_greek_name_in_capitals() -> None:
    with pytest.raises(BoundaryError):
        _gate("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ")
    with pytest.raises(BoundaryError):
        _gate("Ὀδυσσεύς", "ὈΔΥΣ", "ΣΕΎΣ")


@pytest.mark.parametrize(
    "texts",
    [
        ("first", "Wei%c", "3%9f", "last"),
        ("53:6d:6f:", "72:67:61:73"),
        ("53 6d 6f ", "72 67 61 73"),
        ("V2V", "pw58="),
        ("see U21", "vcmdhcw== there"),
        ("first", "UXVpbW", "VyZQ==", "last"),
        ('"\\u0053\\u006d\\u', '006frgas"'),
    ],
)
def test_an_encoded_value_that_is_split_over_two_neighbours(texts: tuple[str, ...]) -> None:
    clearance = Clearance(private=tuple(Term(v) for v in ("Weiß", "Smorgas", "Quimere")))
    body = json.dumps({"model": "m", "x_list": texts}, ensure_ascii=False, separators=(",", ":"))
    request = Outgoing("POST", "https://cloud.example", "/v1/x", (), body.encode())
    with pytest.raises(BoundaryError):
        Gate(clearance, [Matcher(clearance.private)]).check(request)


def test_what_follows_a_placeholder_does_not_complete_another() -> None:
    """ "maya 24 hours" must not read like PERSON_…_24 where that is how MAYA was written."""
    vault = Vault(KEY)
    stem, other = vault.placeholder("person", "Maya"), vault.placeholder("person", "MAYA")
    own = other.rpartition("_")[2]
    for text in (f"{stem} {own} hours", f"{stem}-{own}", f"{stem}\n{own.lower()}", f"{stem} {own}"):
        expected = text.replace(stem, "Maya")
        assert Restorer.of(vault).text(text) == expected
        assert whole(text.encode(), Restorer.of(vault)).decode() == expected


def test_a_request_whose_words_complete_a_placeholder_comes_back() -> None:
    terms = (Term("Zoë", "account"),)
    other = Vault(seal.KEY).placeholder("account", "Ζοë", of="Zoë")
    body = json.dumps({"input": f"Ζοë, Zoë {other.rpartition('_')[2].lower()} x"}).encode()
    assert seal.holds(seal.Case(body, terms, True, False)) == "passed"


def test_json_in_a_string_keeps_its_escapes() -> None:
    vault = Vault(KEY)
    made = vault.placeholder("person", "Müller")
    sent = json.dumps({"arguments": json.dumps({"who": made, "a": "ö"})}).encode()
    back = json.loads(whole(sent, Restorer.of(vault)))["arguments"]
    assert back == json.dumps({"who": "Müller", "a": "ö"})


@pytest.mark.parametrize("size", [1, 3, 7, 40])
def test_a_hidden_name_that_begins_in_a_piece_that_has_gone(size: int) -> None:
    restorer = Restorer((), mask=ReplyMask([Matcher([Term("Özpholt Bryxgrüb", "person")])]))
    text = "ask Özpholt Bryxgrüb at noon"
    running = Running(restorer)
    said = "".join(running.feed(text[i : i + size]) for i in range(0, len(text), size))
    assert said + running.end() == "ask [person] at noon"


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [{"role": "user", "content": "x", "n": 4916338217}]},
        {"messages": [{"role": "user", "content": json.dumps({"n": 4916338217})}]},
        {"tools": [{"type": "function", "seed": 4916338217}]},
        {"metadata": {"seed": 4916338217}},
        {"input": [{"minLength": 4916338217}]},
    ],
)
def test_a_setting_is_one_only_where_the_protocol_has_it(body: object) -> None:
    terms = (Term("4916338217", "account"),)
    case = seal.Case(json.dumps(body).encode(), terms, True, False)
    assert seal.holds(case) == "passed"
    assert "4916338217" not in str(seal.sealed(case))


def test_settings_stay_numbers() -> None:
    body = {
        "seed": 4916338217,
        "options": {"seed": 4916338217},
        "tools": [{"parameters": {"properties": {"a": {"type": "string", "minLength": 49163}}}}],
    }
    case = seal.Case(json.dumps(body).encode(), (Term("4916338217"), Term("49163")), True, False)
    assert json.loads(seal.sealed(case) or b"") == body


def test_two_values_that_touch_are_one_placeholder() -> None:
    spans = merge([Span(0, 4, "person"), Span(4, 10, "account")])
    assert [(s.start, s.end, s.kind) for s in spans] == [(0, 10, "account")]


def test_words_under_data_are_no_file() -> None:
    body = {"data": "Meet Quixmere at 10 in Room 4B"}
    case = seal.Case(json.dumps(body).encode(), (Term("Quixmere"),), True, False)
    assert seal.holds(case) == "passed"


def test_the_plural_of_a_word_in_the_request_is_no_surrogate() -> None:
    for n in range(40):
        value = f"Jane Doe{'abcdefghij'[n % 10] * (n // 10 + 1)}"
        last = Vault(KEY, style="surrogate").placeholder("person", value).split()[-1]
        taken = f"{value} and the {last}s"
        vault = Vault(KEY, style="surrogate")
        sent = taken.replace(value, vault.placeholder("person", value, taken=taken))
        assert Restorer.of(vault).text(sent) == taken


def test_a_name_with_odd_signs_gets_a_placeholder() -> None:
    value = "V\x13Ïka<\x0b»æ"
    vault = Vault(KEY, style="surrogate")
    made = vault.placeholder("person", value)
    assert made.startswith("PERSON_")
    assert Restorer.of(vault).text(f"for {made};") == f"for {value};"


def test_a_percent_encoded_card_after_an_equals_sign() -> None:
    with pytest.raises(BoundaryError):
        _gate("4111 1111 1111 1111", "q=4111%201111%201111%201111")


def test_a_sign_that_nobody_sees_in_a_percent_encoded_query() -> None:
    iban = "DE89370400440532013000"
    with pytest.raises(BoundaryError):
        _gate(iban, target="/v1/x?note=DE%E2%80%8B89370400440532013000")


def test_hex_that_is_cut_within_a_pair_and_a_sentence() -> None:
    with pytest.raises(BoundaryError):
        _gate("Weiß", "see: 68 65 20 5", "7 65 69 c3 9f 20 at noon")


def test_two_codes_on_two_lines_are_not_read_as_one() -> None:
    digits = "327509390159656"
    coded = digits.encode().hex(" ").encode().hex()
    with pytest.raises(BoundaryError):
        _gate(digits, f"0x{coded[:40]}", coded[40:])


def test_a_ledger_whose_schema_is_damaged_says_so(tmp_path: Path) -> None:
    """SQLite's own message quotes bytes that are no text."""
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.record(Outgoing("POST", "https://x.example", "/", (), b"{}"))
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("PRAGMA writable_schema=1")
        db.execute("UPDATE sqlite_master SET name=CAST(x'a0a1' AS TEXT) WHERE name='rows'")
    with pytest.raises(LedgerError):
        Ledger(tmp_path / "ledger.db", create=False).verify()


@pytest.mark.parametrize("kind", ["account", "order", "phone", "handle", "address", "email", "url"])
def test_letters_that_are_no_ascii_do_not_stay_in_a_surrogate(kind: str) -> None:
    made = Vault(KEY, style="surrogate").placeholder(kind, "ⒼⒸⒻ-819155059")
    assert not set("ⒼⒸⒻ") & set(made)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rows SET at=CAST(at AS BLOB)",
        "UPDATE rows SET prev=CAST(prev AS BLOB)",
        "UPDATE rows SET data=CAST(data AS BLOB)",
        "UPDATE rows SET hash=CAST(hash AS BLOB)",
        "UPDATE head SET rows=x'61'",
        "UPDATE head SET hash=x'61'",
    ],
)
def test_a_ledger_in_which_text_became_bytes_does_not_verify(
    tmp_path: Path, statement: str
) -> None:
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.record(Outgoing("POST", "https://x.example", "/", (), b"{}"))
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute(statement)
    with Ledger(tmp_path / "ledger.db", create=False) as ledger:
        assert not ledger.verify().ok


def test_a_changed_index_shows(tmp_path: Path) -> None:
    """Rows as they were, but the index leads past a result: the crossing would look open."""
    path = tmp_path / "ledger.db"
    with Ledger(path) as ledger:
        number = ledger.record(Outgoing("POST", "https://x.example", "/", (), b"{}")).id
        ledger.result(number, "answered")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    at = data.index(b"\x09\x19\x01result") + 3  # an entry of the index: (1, "result", row 2)
    path.write_bytes(data[:at] + b"s" + data[at + 1 :])
    with Ledger(path, create=False) as ledger:
        assert not ledger.verify().ok
