"""Every family of forms: what is found, with which kind, and what is left alone."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from doorstep._errors import ConfigError
from doorstep.boundary.detect.formats import ALL_KINDS, OPTIONAL_KINDS, Formats
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import all_patterns
from doorstep.boundary.detect.plain import plain

FORMATS = Formats()
EVERYTHING = Formats(kinds=ALL_KINDS)


def found(text: str, formats: Formats = FORMATS) -> set[tuple[str, str]]:
    return {(f.kind, text[f.start : f.end]) for f in formats.find(text)}


# Kind, text; what is to be found stands between « and ».
FOUND = (
    # contact
    ("email", "write to «maya.s+x@home.example.org», please"),
    ("email", "«jürgen@müller-söhne.de» ist neu"),
    ("email", "<«o'brien@mail.example»>"),
    ("email", "reach me: «maya at home dot org»"),
    ("email", "reach me: «maya [at] home [dot] org»"),
    ("email", "«maya(at)home.example» bitte"),
    ("phone", "call «+49 170 1234567»!"),
    ("phone", "call «+44 (0)20 7946 0958»."),
    ("phone", "«+1-604-696-5272x565»"),
    ("phone", "from «0049 30 901820» today"),
    ("phone", "call «(020) 7946 0958»."),
    ("phone", "Büro: «030 901820»"),
    ("phone", "«06 12 34 56 78» après 18 h"),
    ("phone", "«555-867-5309»"),
    ("phone", "«(555) 867-5309»"),
    ("phone", "desk «618.226.1460»"),
    ("phone", "tlf. «72 12 88 27»"),
    ("phone", "Mobile: «99 577450»"),
    ("phone", "my phone is «5550199»"),
    ("phone", "电话«13812345678»请回"),
    ("phone", "call «+49\u00a0170\u00a01234567» now"),
    ("phone", "call «+４９ 170 １２３４５６７» now"),
    ("handle", "ask «@maya_s» about it"),
    ("handle", "«@maya:matrix.example.org» is online"),
    ("handle", "my username is «tzack88»"),
    ("handle", "Instagram: «maya.codes»"),
    ("handle", "posted by «u/some_gardener»"),
    ("handle", "ping «Wumpus#1234»"),
    # network
    ("url", "see «https://home.example/x?y=1» now"),
    ("url", "(see «https://en.example.org/wiki/Foo_(bar)»)"),
    ("url", "«http://10.17.22.102:8082/ui/»"),
    ("url", "see «www.home.example» now"),
    ("url", "buy it at «shippingcal.com», says"),
    ("url", "on «bisw87.misc.example.co.uk/login»"),
    ("url", "«wss://yard.example/queue/join»"),
    ("ip", "from «192.168.1.17» to"),
    ("ip", "proxy «67.213.212.58:20010»"),
    ("ip", "net «10.2.0.0/16»"),
    ("ip", "host «2001:db8:85a3::8a2e:370:7334» up"),
    ("ip", "«fe80::1ff:fe23:4567:890a%eth2»"),
    ("mac", "the card «3c:22:fb:9a:01:e4» is"),
    ("mac", "the card «3C-22-FB-9A-01-E4» is"),
    ("mac", "the card «3c22.fb9a.01e4» is"),
    ("mac", "MAC «10:20:30:40:50:60»"),
    ("identifier", "IMEI «490154203237518»"),
    ("identifier", "SSID: «Casa Maya 5G»"),
    # paths
    ("path", "in «/home/maya/notes.txt» line"),
    ("path", "«/Users/maya/Library/x.plist»"),
    ("path", r"«C:\Users\maya\Desktop\test.txt»"),
    ("path", r"«c:\users\abu bakr s\desktop\test2.txt» fails"),
    ("path", "«C:\\\\Users\\\\maya\\\\x.py» escaped"),
    ("path", 'open("«/home/maya/rs232/new file.py»")'),
    ("path", r"PS «C:\Users\lidor\Trade Bot»> npm"),
    ("path", r"\\nas01\maya".join(("«", "» is full"))),
    # money
    ("iban", "IBAN «DE89 3704 0044 0532 0130 00» and mail"),
    ("iban", "pay «DE89 3704 0044 0532 0130 00» today"),
    ("iban", "pay «GB29NWBK60161331926819» TODAY"),
    ("iban", "«FR14 2004 1010 0505 0001 3M02 606»"),
    ("card", "card «4111 1111 1111 1111», 12/27"),
    ("card", "«378282246310005»"),
    ("card", "«5105-1051-0510-5100»"),
    ("card", "cvv «737»"),
    ("card", "expires «09/28»"),
    ("account", "BIC «COBADEFFXXX»"),
    ("account", "routing number «021000021»"),
    ("account", "send to «1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa»"),
    ("account", "send to «0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2»"),
    ("account", "account number «12345678»"),
    ("account", "Kontonummer: «532013000»"),
    # national ids
    ("national_id", "SSN «078-05-1120»"),
    ("national_id", "«AB 12 34 56 C»"),
    ("national_id", "NHS «943 476 5919»"),
    ("national_id", "«2 55 08 14 168 025 38»"),
    ("national_id", "«12345678Z»"),
    ("national_id", "«X1234567L»"),
    ("national_id", "«RSSMRA85T10A562S»"),
    ("national_id", "BSN «111222333»"),
    ("national_id", "«85.07.30-033.28»"),
    ("national_id", "«44051401359»"),
    ("national_id", "«811228-9874»"),
    ("national_id", "«131052-308T»"),
    ("national_id", "«211062-5629»"),
    ("national_id", "«756.9217.0769.85»"),
    ("national_id", "«390.533.447-05»"),
    ("national_id", "«2341 2341 2346»"),
    ("national_id", "«11010519491231002X»"),
    ("national_id", "«971013-1019902»입니다"),
    ("national_id", "«S1234567D»"),
    ("national_id", "Steuer-ID «86095742719»"),
    ("national_id", "passport no. «C01X00T47»"),
    ("national_id", "driver's license: «D123-4567-8901»"),
    # places
    ("address", "lives at «5100 Glyn St, Denver, CO 80202»"),
    ("address", "«123 Chicago Way, Chicago IL 60061»"),
    ("address", "«100 diversy wy, chicago, il 60061» please"),
    ("address", "at «221B Baker Street, London NW1 6XE»."),
    ("address", "«22 Pollen Crescent»"),
    ("address", "«Apt. 391»"),
    ("address", "«P.O. Box 242»"),
    ("address", "wohnt «Strickstraße 61, 10115 Berlin»"),
    ("address", "«Am Alten Markt 5»"),
    ("address", "bor «Langeskov-Centret 83»"),
    ("address", "«Nørre Allé 12, 2200 København»"),
    ("address", "«12 bis, rue de la Paix, 75002 Paris»"),
    ("address", "«Calle de Alcalá 50, 28014 Madrid»"),
    ("address", "«Via Roma 12, 00184 Roma»"),
    ("address", "«ul. Robotnicza 42»"),
    ("address", "«서울 강남구 강남대로 324»"),
    ("address", "in «SW1A 1AA» now"),
    ("address", "PLZ «10115»"),
    ("address", "«M5H 2Y4»"),
    ("address", "in «D-4840 Vöcklabruck»"),
    ("coordinates", "at «51.50740, -0.12780» today"),
    ("coordinates", "«40°26'46\"N 79°58'56\"W»"),
    ("coordinates", "GPS «51.50, -0.12»"),
    ("coordinates", '"lat": «55.6761»,'),
    ("plate", "number plate «AB12 CDE»"),
    ("plate", "«AA-123-BB»"),
    ("plate", "Kennzeichen «B-MW 1234»"),
    ("vin", "«1M8GDM9AXKP042788»"),
    ("vin", "VIN «WVWZZZ1JZXW000001»"),
    # dates
    ("birth_date", "born on «4 May 1987» in"),
    ("birth_date", "DOB: «12/21/1997»"),
    ("birth_date", "geboren am «03.04.1962»"),
    ("birth_date", "née le «14 juillet 1980»"),
    ("birth_date", "nacido el «5 de marzo de 1975»"),
    ("birth_date", '"dob":"«2001-12-21»"'),
    # numbers
    ("order", "order no. «A-4711/22»"),
    ("order", "invoice #«20240317»"),
    ("order", "Rechnung Nr. «2024-0815»"),
    ("case", "application no. «36244/06»"),
    ("case", "the court, in «65900/01», held"),
    ("case", "«47117/99»"),
    ("case", "in «C-131/12» the"),
    ("case", "«1:21-cv-01234»"),
    ("identifier", "customer number: «88213»"),
    ("identifier", "patient id «P-10293»"),
    # generic
    ("identifier", "transfer to «C1670993182» failed"),
    ("identifier", "the row «cc6a2651-f67d-4e9a-980c-63d72a62f2d3»"),
    ("identifier", "commit «9fceb02»"),
    ("identifier", "serial «FL7-U3-120S3C»"),
    ("identifier", "reset «kj046613»"),
    ("identifier", "dial «820022826117»"),
    ("identifier", "part «ABC-12345678»"),
    ("identifier", "login «maya123» works"),
    ("identifier", "ticket «12345678A» and"),
    ("address", "«36 rue de pologne»"),
    ("address", "at «255 hersnapvej 18» now"),
    ("phone", "ring «867-5309» after six"),
)


@pytest.mark.parametrize(("kind", "marked"), FOUND, ids=lambda part: part)
def test_found(kind: str, marked: str) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    masked = {
        place for f in FORMATS.find(text) for place in range(f.start, f.end) if f.kind == kind
    }
    wanted = {place for place in range(start, end) if text[place].isalnum()}
    assert wanted <= masked
    beside = [place for f in FORMATS.find(text) for place in range(f.start, f.end)]
    assert not [place for place in beside if text[place].isalnum() and not start <= place < end]


LEFT_ALONE = (
    "17:00-20:00 $0.45; 00:00-06:00 0.12; 14 kWh; 2026-11-23 06:30; 1.25",
    "in 1994, the 1980s, 1939-1945, 2001/02 and by 2050",
    "at 10:30, 23:59:59 and 6.30pm, for 120 minutes",
    "1,250 people, 1.250.000 euros, 12 345 678 votes, $4,000,000, 350 mg, 1000kW, 5000 m",
    "x = 4562 + 118 * 20 = 6922, 2^1024, 6.02e23, 10^-21, 1.6x10-19, 3.14159265",
    "C6H12O6, H2SO4, C12H22O11, Co60, 131I, radium-214, Fe2(SO4)3",
    "ATGCGTACGTTAGCATCGATCG and 5'-TACG-3'",
    "version 2.35.2, v1.20.3, 3.11.7rc1, 1.2.3.4.5, version 10.0.19041.1",
    "ratios 1:8:28:56:70:56:28:8:1 and 1:19:36:84:126:126:84:36 and 10:20:30:40:50:60",
    "p = 0.0012, 0.0345; vectors (0.1234, 0.5678) and -0.20, 1.645",
    "a 200-page book, a 2,000-acre farm, the 100th day, 1st, 22nd",
    "sha256, utf-8, x86_64, ISO-27001, RFC2616, GPT-4, RTX-4090, Windows 2000, COVID-19, MP3",
    "127.0.0.1, 0.0.0.0 and 255.255.255.0, ::1",
    "std::vector<int> a::b(c::d)",
    "@property\n@app.route\n@Override\n@media screen\n@param x\nimport '@angular/core'",
    "e.g. this, i.e. that, etc. and so on. It.is fine.Then we go",
    "the rate of 3/4, 12/25, 24/7 and 50/50; pages 100-120; Article 123",
    "7 days, 24 hours, 365 days, 1000 times",
    "#fff, #ff0033, #1a2b3c",
    "0x1F4A and 0b101101",
    "Mr. Smith lives in London with his 2 cats and 3 dogs.",
    "the square root of 1764 is 42; 11 * 11 = 121; 1 000 000",
    "A 34-year-old woman weighs 70 kg; BP 130/80 mmHg; 38.3°C; 98.6°F",
    "12 eggs, 500 g flour, 250 ml milk, 180°C for 25 min",
    "the order of 1998 and the case of 2004; in the case of 120 students",
    "The account is empty. The order was given. The case is closed.",
    "10 Great Expectations; 3 Men; 5 Kings; 7 Wonders",
    "node.js, asp.net, socket.io, README.md, main.py, index.html",
    "1. Introduction 2. Methods 3. Results",
    "He was born in May and may come in August.",
    "Flat 2 is let; the suite of rooms; a flat rate",
    "gpt-4o-2024-08-06, claude-sonnet-4-5-20250929, text-embedding-3-large",
    "2026-11-23T00:00:00+01:00, PT15M, 2026-11-23T06:30:00Z, 2026-W47-1",
    "pages 512-1024, 300-1500 words, Law no. 4928, Article 12, ISO 9001:2015",
    "Boeing 747, Boeing-747, F-16, A380, B-52, R2D2, room 12",
    "8-bit, 16-bit, 1080p, 4K, 720p, 60fps, 5GHz",
)


@pytest.mark.parametrize("text", LEFT_ALONE, ids=lambda text: text[:40])
def test_left_alone(text: str) -> None:
    allowed = {"Flat 2"}  # a dwelling, as far as a form can tell
    assert found(text) - {("address", value) for value in allowed} == set()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "judgment of 22 May 2002.", "22 May 2002"),
        ("date", "on May 12, 1994 it", "May 12, 1994"),
        ("date", "on 5/5/1937", "5/5/1937"),
        ("date", "in September 1990", "September 1990"),
        ("date", "on 11-13 May 1994", "11-13 May 1994"),
        ("date", "on 3 June it", "3 June"),
        ("date", "when: 2006-04-07 09:00:27", "2006-04-07 09:00:27"),
        ("date", "founded in 1971.", "1971"),
        ("age", "a 34-year-old woman", "34"),
        ("age", "he is 53 years old", "53"),
        ("age", "aged 71", "71"),
        ("age", "my brother just turned 32", "32"),
        ("age", "written when he was 78.", "78"),
    ],
)
def test_optional_kinds_only_where_asked_for(kind: str, text: str, value: str) -> None:
    assert (kind, value) in found(text, EVERYTHING)
    assert kind not in {kind for kind, _ in found(text)}


def test_only_the_kinds_asked_for() -> None:
    text = "mail maya@home.example or call +49 170 1234567"
    assert {kind for kind, _ in found(text, Formats(kinds={"phone"}))} == {"phone"}


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ConfigError, match="no kind of format called 'fone'"):
        Formats(kinds={"fone"})
    with pytest.raises(ConfigError, match="no pattern of format called 'mails'"):
        Formats(without={"mails"})


def test_a_pattern_can_be_left_out() -> None:
    text = "born in 1987, on 4 May 1987"
    assert ("date", "1987") in found(text, Formats(kinds={"date"}))
    assert ("date", "1987") not in found(text, Formats(kinds={"date"}, without={"year"}))


def test_findings_say_by_which_pattern_and_in_order() -> None:
    text = "192.168.1.17 then maya@home.example"
    findings = FORMATS.find(text)
    assert findings[0].by == "ipv4"
    assert [finding.start for finding in findings] == sorted(f.start for f in findings)


def test_every_pattern_has_a_name_of_its_own_and_a_line_about_it() -> None:
    forms = Formats.names()
    assert len({form.name for form in forms}) == len(forms) >= 250
    assert all(form.about and "\n" not in form.about for form in forms)
    assert {form.kind for form in forms if not form.by_default} == OPTIONAL_KINDS


def test_kinds_are_those_of_the_package() -> None:
    known = (
        "person organisation place address email url phone iban card account national_id ip mac "
        "coordinates plate vin date birth_date age handle path secret identifier order case "
        "demographic quantity name other declared"
    )
    assert {pattern.kind for pattern in all_patterns()} <= set(known.split())


def test_the_gate_runs_it_again() -> None:
    assert Formats.at_gate is True


def test_a_letter_with_a_mark_beside_a_value_is_part_of_the_word() -> None:
    pattern = Pattern("x", "x", "x", r"[0-9]{4}")
    assert pattern.accept("é1234", 1, 5) is None
    assert pattern.accept("番1234号", 1, 5) == (1, 5)


@pytest.mark.parametrize(
    "text", ["", "\ud800", "a\ud83d maya@home.example", "\0\0", "é" * 50, "\u2028", "🙂" * 20]
)
def test_plain_keeps_the_length_and_can_be_encoded(text: str) -> None:
    assert len(plain(text)) == len(text)
    plain(text).encode()
    FORMATS.find(text)


def test_offsets_are_characters() -> None:
    text = "🙂é—naïve: maya@home.example 🙂 +49 170 1234567"
    assert ("email", "maya@home.example") in found(text)
    assert ("phone", "+49 170 1234567") in found(text)


def test_building_again_takes_less_than_a_tenth_of_a_second() -> None:
    """What the patterns need is derived once a process."""
    start = time.process_time()
    Formats()
    assert time.process_time() - start < 0.1


def test_importing_loads_no_engine() -> None:
    code = (
        "import sys, doorstep.boundary.detect.formats as f\n"
        "print([m for m in ('re2', 'hyperscan', 'phonenumbers', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prose_is_read_at_five_million_characters_a_second() -> None:
    sentence = "The dishwasher should be done by the evening, since the guests come at night. "
    for length in (4_000, 100_000):
        text = (sentence * (length // len(sentence) + 1))[:length]
        FORMATS.find(text)
        start = time.process_time()
        for _ in range(max(1, 1_000_000 // length)):
            FORMATS.find(text)
        seconds = time.process_time() - start
        assert max(1, 1_000_000 // length) * length / seconds > 5e6


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "1" * 200_000,
        "1 " * 100_000,
        "a.b@" * 50_000,
        "http://" * 30_000,
        "password=" * 20_000,
        "-----BEGIN RSA PRIVATE KEY-----" * 5_000,
        "A1-" * 60_000,
        "(((((((((" * 20_000,
        "12 Baker " * 20_000,
        "0 0 0 0 " * 25_000,
        "C:\\Users\\" * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    FORMATS.find(text)
    assert time.process_time() - start < 20e-6 * len(text)


@pytest.mark.parametrize("piece", ["-----BEGIN RSA PRIVATE KEY-----", "a.b@", "A1-", "http://"])
def test_time_grows_with_the_length_and_no_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        start = time.process_time()
        FORMATS.find(text)
        return time.process_time() - start

    seconds(50_000)
    # Twice, as others on the machine cost processor time, too.
    assert min(seconds(400_000) for _ in range(2)) < 20 * seconds(50_000) + 0.2
