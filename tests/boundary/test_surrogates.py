# ruff: noqa: E501
"""Surrogates: of the same form, never shared, never somebody of this request, and given back."""

from __future__ import annotations

import datetime
import ipaddress
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.boundary.check import Checker
from doorstep.boundary.clearance import Clearance, Term
from doorstep.boundary.detect import checksums
from doorstep.boundary.entry import Entry
from doorstep.boundary.gate import Outgoing
from doorstep.boundary.lookout import Lookouts
from doorstep.boundary.policy import Policy
from doorstep.boundary.restore import Restorer, Running
from doorstep.boundary.surrogates import Surrogates
from doorstep.boundary.surrogates.back import others
from doorstep.boundary.terms import Matcher
from doorstep.boundary.vault import Vault
from tests.boundary.conftest import KEY

Check = Callable[[str], object]


def vault(scope: str = "") -> Vault:
    return Vault(KEY, scope=scope, style="surrogate")


def form(value: str) -> str:
    """What the value looks like: 9 for digits, A and a for letters."""
    value = re.sub(r"[A-Z]", "A", re.sub(r"[a-z]", "a", value))
    return re.sub(r"\d", "9", value)


def words(pattern: str) -> Check:
    return lambda text: re.fullmatch(pattern, text)


FORMS: list[tuple[str, str, Check]] = [
    ("person", "Jane Doe", words(r"[A-Z][a-z]+ [A-Z][a-z]+")),
    ("person", "DOE, Jane", words(r"[A-Z]{2,}, [A-Z][a-z]+")),
    ("person", "Dr. Anne-Marie van der Berg", words(r"Dr\. [A-Z]\w+-[A-Z]\w+ van der [A-Z]\w+")),
    ("person", "J. Doe", words(r"[A-Z]\. [A-Z][a-z]+")),
    ("person", "Seán O'Neill", words(r"[A-Z][a-z]+ [A-Z][a-z]+")),
    ("organisation", "Halvard & Sons Ltd", words(r"[A-Z][a-z]+ & Sons Ltd")),
    ("organisation", "Quix GmbH", words(r"[A-Z][a-z]+ GmbH")),
    ("organisation", "QXM", words(r"[A-Z]{3}")),
    ("place", "San Quixo", words(r"[A-Z][a-z]+")),
    ("address", "12 Quix Street, Mereville, IL 62704", words(r"\d\d [A-Z][a-z]+ Street, [A-Z][a-z]+, [A-Z]{2} \d{5}")),
    ("address", "Quixstraße 5, 80331 München", words(r"[A-Z][a-z]+straße \d, \d{5} [A-Z][a-z]+")),
    ("phone", "+1 (646) 867-5309", words(r"\+1 \(\d{3}\) 555-01\d\d")),
    ("phone", "646-867-5309", words(r"\d{3}-555-01\d\d")),
    ("phone", "+44 20 8123 4567", words(r"\+44 (20 7946 0|16 1496 0|77 0090 0|12 1496 0|13 1496 0|16 3296 0)\d{3}")),
    ("phone", "+49 30 9018200", words(r"\+49 \d\d \d{7}")),
    ("phone", "0049 30 90182000", words(r"0049 \d\d \d{8}")),
    ("phone", "+33 1 42 68 53 00", words(r"\+33 \d( \d\d){4}")),
    ("phone", "+45 33 92 33 00", words(r"\+45 3\d( \d\d){3}")),
    ("email", "jane.doe@quixmere.com", words(r"[a-z]+\.[a-z]+@([a-z]+\.example|[a-z]+\.example\.(com|org|net))")),
    ("email", "JANE_DOE77@QUIXMERE.COM", words(r"[A-Z]+_[A-Z]+\d\d@[A-Z.]+")),
    ("email", "info@quixmere.de", words(r"info@[a-z.]+")),
    ("url", "https://www.quixmere.com/u/4711", words(r"https://www\.[a-z.]*example[a-z.]*/[a-z]/\d{4}")),
    ("iban", "DE89 3704 0044 0532 0130 00", lambda t: checksums.iban(t) and t[:2] == "DE" and form(t)[2:] == form("DE89 3704 0044 0532 0130 00")[2:]),
    ("iban", "GB29NWBK60161331926819", lambda t: checksums.iban(t) and form(t) == form("GB29NWBK60161331926819")),
    ("card", "4556 7375 8689 9855", lambda t: checksums.luhn(t) and t.startswith("4242 42")),
    ("card", "371449635398431", lambda t: checksums.luhn(t) and t.startswith("378282") and len(t) == 15),
    ("account", "12-3456-789", words(r"[1-9]\d-\d{4}-\d{3}")),
    ("national_id", "756.9217.0769.85", lambda t: checksums.ean13(t)),
    ("national_id", "811218-9876", words(r"\d\d[01]\d\d\d-\d{4}")),
    ("national_id", "536-90-4399", words(r"\d{3}-\d\d-\d{4}")),
    ("ip", "10.1.22.133", lambda t: any(ipaddress.ip_address(t) in ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))),
    ("ip", "10.1.22.133:8443", words(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}:8443")),
    ("ip", "fe80::1ff:fe23:4567:890a", lambda t: ipaddress.ip_address(t) in ipaddress.ip_network("2001:db8::/32")),
    ("mac", "a4:83:e7:12:34:56", words(r"02(:[0-9a-f]{2}){5}")),
    ("mac", "A4-83-E7-12-34-56", words(r"02(-[0-9A-F]{2}){5}")),
    ("plate", "M-QX 4711", words(r"[A-Z]-[A-Z]{2} [1-9]\d{3}")),
    ("vin", "1HGBH41JXMN109186", checksums.vin),
    ("identifier", "QX-4711-zz", words(r"[A-Z]{2}-[1-9]\d{3}-[a-z]{2}")),
    ("identifier", "7d444840-9dc0-11d1-b245-5ffdce74fad2", words(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
    ("handle", "@quixmere77", words(r"@[a-z]+_[a-z]+\d\d")),
    ("coordinates", "48.20849, 16.37208", words(r"\d\d\.\d{5}, \d\d\.\d{5}")),
    ("age", "34 years old", words(r"\d\d years old")),
    ("age", "a 34-year-old", words(r"a \d\d-year-old")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "right"), FORMS)
def test_the_form_is_kept_and_the_value_comes_back(kind: str, value: str, right: Check) -> None:
    for scope in ("a", "b", "c"):
        made = vault(scope)
        text = made.placeholder(kind, value, taken=f"I know {value} well.")
        assert right(text), text
        assert text != value and not set(re.findall(r"[A-Z]\w{3,}", value.title())) & set(
            re.findall(r"[A-Z]\w{3,}", text.title())
        ) - {"Street", "Sons", "Gmbh", "Years", "Year", "Info", "Https"}
        restorer = Restorer.of(made)
        said = f"Dear **{text}**, ({text}) and {text}."
        assert restorer.text(said) == said.replace(text, value)
        running = Running(restorer)
        assert "".join([*map(running.feed, said), running.end()]) == said.replace(text, value)


@pytest.mark.parametrize("private", ["Quixzoe", "Quixzoë", "QUIXZOE", "47113779"])
@pytest.mark.parametrize("between", ["_", "＿", " ", ", ", "\n", "-", "/", "", " with ", "~"])
@pytest.mark.parametrize(("kind", "value"), [form[:2] for form in FORMS])
def test_what_a_value_swallowed_does_not_stay(
    kind: str, value: str, between: str, private: str
) -> None:
    """Spans that overlap or that a tail completes are one value: "2024-03-05＿Zoë" moved its date
    and left the name as it stood."""
    for whole in (f"{value}{between}{private}", f"{private}{between}{value}"):
        text = vault().placeholder(kind, whole, taken=whole)
        assert private.casefold() not in text.casefold()


@pytest.mark.parametrize(
    "value",
    [
        "Tuesday, 5 March 2024",
        "5 March 2024, 08:15",
        "2024-03-05T08:15:30.25Z",
        "mardi 5 mars 2024",
        "Tue 5 Mar 2024 8:15 pm",
    ],
)
def test_weekday_and_time_of_day_of_a_date_stay(value: str) -> None:
    made = vault()
    text = made.placeholder("date", value)
    head, tail = re.match(r"\A([a-zA-Z]*)[^:]*?((?:[T ]\d\d?:\d.*)?)\Z", value).groups()
    assert text != value and text.startswith(head) and text.endswith(tail)
    assert Restorer.of(made).text(f"On {text}.") == f"On {value}."


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("secret", "sk-4711aaaabbbbcccc"),
        ("path", "/home/quixmere"),
        ("age", "34"),
        ("quantity", "12 kWh"),
        ("name", "Quixmere"),
        ("identifier", "A1"),
        ("date", "March"),
        ("date", "31.02.2024"),
        ("person", "王小明"),
        ("ip", "999.1.1.1"),
        ("email", "not an address"),
        ("iban", "DE89"),
        ("other", "anything"),
    ],
)
def test_what_has_no_realistic_form_gets_a_placeholder(kind: str, value: str) -> None:
    assert vault().placeholder(kind, value).startswith(kind.upper() + "_")


def test_parts_of_a_name_agree_in_any_order() -> None:
    for order in (["Jane Doe", "Jane", "Doe", "jane.doe@x.com"], ["Jane", "Doe", "Jane Doe"]):
        made = vault()
        found = {
            value: made.placeholder("email" if "@" in value else "person", value, of=None)
            for value in order
        }
        assert found["Jane Doe"] == f"{found['Jane']} {found['Doe']}"
        if "jane.doe@x.com" in found:
            assert found["jane.doe@x.com"].startswith(f"{found['Jane']}.{found['Doe']}@".lower())


def test_parts_are_restored_with_their_case() -> None:
    made = vault()
    text = made.placeholder("person", "Jane McDoe")
    first, last = text.split()
    restorer = Restorer.of(made)
    said = f"{first} and the {last}s: {last}'s, {first.upper()} {last.upper()}, {last.lower()}!"
    assert restorer.text(said) == "Jane and the McDoes: McDoe's, JANE MCDOE, mcdoe!"
    assert restorer.text(f"{first}\n{last}") == "Jane McDoe"
    for near in (first + "a", "x" + last, first[:-1], last + "son", first + last):
        assert restorer.text(near) == near


def test_one_word_for_two_people_is_restored_in_full_names_only() -> None:
    made = vault()
    one, two = made.placeholder("person", "Jane Doe"), made.placeholder("person", "Jane Roe")
    assert one.split()[0] == two.split()[0] and one != two
    restorer = Restorer.of(made)
    assert restorer.text(f"{one}, {two}, {one.split()[0]}") == "Jane Doe, Jane Roe, Jane"


def test_nobody_of_the_request_is_a_surrogate() -> None:
    usual = vault().placeholder("person", "Jane Doe")
    for taken in (usual, usual.split()[0], f"mail {usual.split()[1].lower()} now", usual.upper()):
        made = vault()
        other = made.placeholder("person", "Jane Doe", taken=f"{taken} met Jane Doe")
        assert not {w.casefold() for w in other.split()} & {w.casefold() for w in taken.split()}
    phone = vault().placeholder("phone", "+1 646 867 5309")
    bare = "".join(c for c in phone if c.isdigit())
    assert vault().placeholder("phone", "+1 646 867 5309", taken=f"call {bare}") != phone


KINDS = st.sampled_from(["person", "phone", "account", "identifier", "card", "ip", "email", "mac"])
VALUES: dict[str, st.SearchStrategy[str]] = {
    "person": st.from_regex(r"[A-Z][a-z]{2,6} [A-Z][a-z]{2,6}", fullmatch=True),
    "phone": st.from_regex(r"\+(1|44|49|33)[1-9][0-9]{8,9}", fullmatch=True),
    "account": st.from_regex(r"[1-9][0-9]{5,9}", fullmatch=True),
    "identifier": st.from_regex(r"[A-Z]{2}-[0-9]{3,5}", fullmatch=True),
    "card": st.from_regex(r"4[0-9]{15}", fullmatch=True),
    "ip": st.from_regex(r"10(\.[1-9][0-9]?){3}", fullmatch=True),
    "email": st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@[a-z]{4,8}\.com", fullmatch=True),
    "mac": st.from_regex(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", fullmatch=True),
}
pairs = KINDS.flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))


@settings(max_examples=150, deadline=None)
@given(st.lists(pairs, max_size=12, unique_by=lambda p: p[1].casefold()))
def test_two_values_never_share_one_and_all_come_back(values: list[tuple[str, str]]) -> None:
    made = vault()
    taken = " ; ".join(value for _, value in values)
    texts = [made.placeholder(kind, value, taken=taken) for kind, value in values]
    assert len({text.casefold() for text in texts}) == len(values)
    said = " ; ".join(texts)
    restorer = Restorer.of(made)
    assert restorer.text(said) == taken
    running = Running(restorer)
    assert "".join([*map(running.feed, said), running.end()]) == taken


DATES = [
    ("2024-03-05", "%Y-%m-%d"),
    ("05.03.2024", "%d.%m.%Y"),
    ("03/25/2024", "%m/%d/%Y"),
    ("25/03/2024", "%d/%m/%Y"),
    ("5 March 2024", "%d %B %Y"),
    ("March 5, 2024", "%B %d, %Y"),
    ("05 Mar 2024", "%d %b %Y"),
]


@pytest.mark.parametrize(("value", "spelt"), DATES)
def test_dates_move_together_by_whole_weeks(value: str, spelt: str) -> None:
    made = vault()
    was = datetime.datetime.strptime(value, spelt).date()  # noqa: DTZ007
    now = datetime.datetime.strptime(made.placeholder("date", value), spelt).date()  # noqa: DTZ007
    born = datetime.date.fromisoformat(made.placeholder("birth_date", "1984-02-29"))
    assert now.weekday() == was.weekday()
    assert 26 * 7 <= abs((now - was).days) < 260 * 7
    assert now - was == born - datetime.date(1984, 2, 29)


def test_months_in_other_languages_and_ordinals() -> None:
    made = vault()
    assert re.fullmatch(r"\d+\. [A-ZÄÖÜa-zäöü]+ \d{4}", made.placeholder("date", "5. März 2024"))
    text = made.placeholder("date", "March 1st, 2024")
    assert re.fullmatch(r"[A-Z][a-z]+ \d+(st|nd|rd|th), \d{4}", text)
    for value in ("5. März 2024", "March 1st, 2024"):
        assert Restorer.of(made).text(made.placeholder("date", value)) == value


@pytest.mark.parametrize("value", ["2024-03-05", "5 March 2024", "March 5, 2024", "05.03.2024"])
def test_a_date_is_restored_however_it_is_said(value: str) -> None:
    made = vault()
    spelt = next(s for v, s in DATES if v == value)
    moved = datetime.datetime.strptime(made.placeholder("date", value), spelt)  # noqa: DTZ007
    restorer = Restorer.of(made)
    for form, wanted in (
        ("%Y-%m-%d", "2024-03-05"),
        ("%B {}, %Y", "March 5, 2024"),
        ("{} %B %Y", "5 March 2024"),
        ("%b {}", "Mar 5"),
        ("%d.%m.%Y", "05.03.2024"),
    ):
        said = moved.strftime(form).format(moved.day)
        assert restorer.text(f"On {said}!") == f"On {wanted}!"
    assert restorer.text(moved.strftime("%Y")) == moved.strftime("%Y")


def test_a_day_that_could_be_two_is_left_alone() -> None:
    made = vault()
    texts = [made.placeholder("date", value) for value in ("2023-03-06", "2024-03-04")]
    days = [datetime.date.fromisoformat(text) for text in texts]
    restorer = Restorer.of(made)
    assert restorer.text(" ".join(texts)) == "2023-03-06 2024-03-04"
    if (days[0].month, days[0].day) == (days[1].month, days[1].day):
        said = f"{days[0]:%B} {days[0].day}"
        assert restorer.text(said) == said


def test_a_part_of_two_people_is_nobody_s() -> None:
    def entry(text: str, value: str) -> Entry:
        return Entry(text, value, "person", surrogate=True)

    one = entry("Erin Falk", "Jane Doe")
    assert set(others([one, entry("Erin Strand", "Jane Roe")])) == {"ERIN", "FALK", "STRAND"}
    assert set(others([one, entry("Erin Strand", "Ann Roe")])) == {"FALK", "STRAND"}


def test_what_reads_like_another_s_surrogate_is_not_kept() -> None:
    made = Surrogates(KEY, "")
    one = Entry("+49 30 23125 123", "+49 30 9018200", "phone", surrogate=True)
    two = Entry("+493023125123", "+49 30 7777777", "phone", surrogate=True)
    assert made.keep(one, "") and not made.keep(two, "")
    assert not Surrogates(KEY, "").keep(one, "call 493023125123")


def test_a_number_is_restored_however_it_is_grouped() -> None:
    made = vault()
    text = made.placeholder("phone", "+49 30 9018200")
    bare = "".join(c for c in text if c.isdigit())[2:]
    restorer = Restorer.of(made)
    assert restorer.text(f"+49{bare}.") == "+49 30 9018200."
    assert restorer.text(f"+49 ({bare[:2]}) {bare[2:5]}-{bare[5:]}") == "+49 30 9018200"
    assert restorer.text(f"0{bare[:2]}/{bare[2:]}") == "030 9018200"
    assert restorer.text(f"0{bare[:-1]}") == f"0{bare[:-1]}"
    card = made.placeholder("card", "4556737586899855")
    spaced = " ".join(card[i : i + 4] for i in range(0, 16, 4))
    assert Restorer.of(made).text(spaced) == "4556737586899855"


def test_surrogates_are_the_same_in_another_process() -> None:
    code = (
        "from doorstep.boundary.vault import Vault\n"
        f"v = Vault({KEY!r}, style='surrogate')\n"
        "print(v.placeholder('person', 'Jane Doe'), v.placeholder('phone', '+49 30 9018200'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    made = vault()
    phone = made.placeholder("phone", "+49 30 9018200")
    assert done.stdout.strip() == f"{made.placeholder('person', 'Jane Doe')} {phone}"
    assert vault("other").placeholder("person", "Jane Doe") != made.placeholder(
        "person", "Jane Doe"
    )


def test_two_spellings_of_a_code_are_told_apart() -> None:
    made = vault()
    values = ["+49 30 9018200", "+49309018200", "030/9018200"]
    texts = [made.placeholder("phone", value) for value in values]
    assert Restorer.of(made).text(" and ".join(texts)) == " and ".join(values)


def test_what_is_declared_but_not_in_the_request_is_not_drawn() -> None:
    for value in ("Jane Doe", "Mona Roe", "Ada Lang"):
        drawn = Vault(KEY, style="surrogate").placeholder("person", value)
        first, last = drawn.split()
        for private in (first, last):
            vault = Vault(KEY, style="surrogate")
            vault.avoid(lambda text, private=private: text.casefold() == private.casefold())  # type: ignore[misc]
            other = vault.placeholder("person", value)
            assert private not in other.split() and "_" not in other
    for kind, value in (("phone", "+49 30 901820"), ("account", "4916338217")):
        drawn = Vault(KEY, style="surrogate").placeholder(kind, value)
        vault = Vault(KEY, style="surrogate")
        vault.avoid(lambda text, drawn=drawn: text == drawn)  # type: ignore[misc]
        assert vault.placeholder(kind, value) not in (drawn, value)


def test_a_request_does_not_draw_what_its_clearance_declares() -> None:
    drawn = Vault(KEY, style="surrogate").placeholder("person", "Jane Doe", of="Jane Doe")
    terms = [Term("Jane Doe", "person"), Term(drawn.split()[0], "person")]
    request = Outgoing("POST", "https://cloud.example", "/v1/x", (), b'{"a":"Jane Doe"}')
    checker = Checker(Policy(), KEY, Lookouts(()), vault=lambda _: Vault(KEY, style="surrogate"))
    checked = checker.check(request, Clearance(private=terms, mask=True), Matcher(terms))
    assert drawn.split()[0] not in checked.request.body.decode()
    assert Restorer.of(checked.vault).text(checked.request.body.decode()) == '{"a":"Jane Doe"}'


@pytest.mark.parametrize("value", ["V\x13Ïka<\x0b…»æ", "Ma\u200bya Doe", "Jane_Doe", "Ann 😀 Lee"])
def test_a_name_with_odd_signs_has_no_surrogate(value: str) -> None:
    made = Vault(KEY, style="surrogate")
    text = made.placeholder("person", value)
    assert text.startswith("PERSON_") and Restorer.of(made).text(text) == value


def test_a_surrogate_s_plural_is_not_in_the_request() -> None:
    drawn = Vault(KEY, style="surrogate").placeholder("person", "Jane Doe").split()[1]
    made = Vault(KEY, style="surrogate")
    text = made.placeholder("person", "Jane Doe", taken=f"Jane Doe met the {drawn}s")
    assert drawn not in text and Restorer.of(made).text(f"the {drawn}s") == f"the {drawn}s"


@pytest.mark.parametrize(
    "value", ['4916338217_the "blue', "C:\\maya\\4916338217", "Maya\x07Okafor"]
)
def test_what_json_escapes_gets_a_placeholder(value: str) -> None:
    """A streamed reply may cut the escape; a placeholder has none."""
    text = Vault(b"k" * 32, style="surrogate").placeholder("account", value)
    assert text.startswith("ACCOUNT_")
