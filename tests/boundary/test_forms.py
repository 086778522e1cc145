"""Every normal form of a private value is found, and near misses are not."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote

import pytest

from doorstep._errors import BadInput, Blocked
from doorstep.boundary import Clearance, Term
from doorstep.boundary.gate import Gate, Outgoing
from doorstep.boundary.restore import Restorer
from doorstep.boundary.terms import Matcher
from doorstep.boundary.tree import dump

TERMS = tuple(
    Term(value)
    for value in (
        "Maya",
        "dishwasher",
        "Al",
        "Müller",
        "EV charger",
        "car",
        "Isa",
        "Łukasz",
        "Åsa",
        "Straße",
        "children",
        "Zoë",
        "小明",
        "Søren",
        "O'Brien",
        "battery",
        "kids",
        "living room",
        "06-1234 5678",
        "2230",
        "J.D.",
        "Александр",
        "Tim",
        "Theo",
    )
)

FORMS = [
    # case, plural, possessive
    "maya",
    "MAYA",
    "mAyA",
    "Mayas",
    "Maya's",
    "Maya’s",
    "MAYA'S",
    "dishwashers",
    "cars",
    "car's",
    "batteries",
    "kid",
    "kids'",
    "Al",
    "al.",
    "(AL)",
    "Al's",
    "Zoe's",
    # marks and letters of other languages
    "Muller",
    "Mueller",
    "MÜLLERS",
    "Mu\u0308ller",
    "Lukasz",
    "łukasz",
    "Asa",
    "Aasa",
    "Strasse",
    "STRASSE",
    "STRAẞE",
    "Zoe",
    "ZOË",
    "Soren",
    "Soeren",
    "Máya",
    "Mäya",
    "М\u0430y\u0430",
    # compatibility forms, look-alikes, invisible characters
    "ｍａｙａ",
    "𝓜𝓪𝔂𝓪",
    "Ⓜⓐⓨⓐ",
    "Мауа",
    "Μaya",
    "ᴍᴀʏᴀ",
    "Ma\u200bya",
    "M\u00ada\u2060ya",
    "Ma\ufeffya",
    "M\u034faya",
    "\U000e004d\U000e0061\U000e0079\U000e0061",
    "Ma\u3164ya",
    "Ma\x00ya",
    "M\u0336a\u0336y\u0336a\u0336",
    "Ma\ue000ya",
    # spacing and splits
    "M a y a",
    "M-a-y-a",
    "May-a",
    "Ma_ya",
    "M.a.y.a",
    "Ma ya",
    "Ma\u00a0ya",
    "Ma\nya",
    "ma/ya",
    "dish washer",
    "dish-washer",
    "dish_washer",
    "dishWasher",
    "DishWasher",
    "DISH WASHERS",
    "d i s h w a s h e r",
    "mayaLoad",
    "load_maya",
    "maya2",
    "theMayaPlan",
    "chargers",
    "EVCharger",
    "ev_charger",
    "living",
    "livingroom",
    "O Brien",
    "OBrien",
    "obrien",
    "O’Brien",
    "predishwasherly",
    "grandchildren",
    "0612345678",
    "06 12 34 56 78",
    "2230",
    "J. D.",
    "JD",
    "АЛЕКСАНДР",
    "александр",
    "我和小明去",
    "I-s-a",
    "May—a",
]

MISSES = [
    "value",
    "scarce",
    "carpet",
    "oscar",
    "card",
    "all",
    "also",
    "is a load",
    "may a load",
    "Mayor",
    "mayan't",
    "supercharger",
    "22:30",
    "kidney",
    "Alabama",
    "island",
    "roomy",
    "batter",
    "times",
    "the OS",
    "the load is at 10",
    "m y",
    "load_A",
    "EV",
    "visas",
    "calm",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_found(form: str) -> None:
    assert Matcher(TERMS).find(f"about {form} now"), ascii(form)
    assert Matcher(TERMS).find(form), ascii(form)


@pytest.mark.parametrize("text", MISSES)
def test_a_near_miss_is_none(text: str) -> None:
    hits = Matcher(TERMS).find(f"about {text} now")
    assert not hits, [text[h.start - 6 : h.end - 6] for h in hits]


def test_a_span_covers_the_form_and_nothing_else() -> None:
    text = "for Máya's dish_washers, then Mu\u0308ller!"
    spans = [text[h.start : h.end] for h in Matcher(TERMS).find(text)]
    assert spans == ["Máya", "dish_washers", "Mu\u0308ller"]


def test_a_value_without_letters_is_refused() -> None:
    with pytest.raises(BadInput):
        Term("...", "person")


def gate(body: bytes, clearance: Clearance, target: str = "/v1/responses", **headers: str) -> None:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Outgoing("POST", "https://api.example", target, named, body)
    Gate(clearance, (Matcher(clearance.private),)).check(request)


MAYA = Clearance(private=(Term("Maya", "person"), Term("Müller", "person")))

ENCODED = [
    "\\\\\\\\\\\\\\\\u004daya",
    "%252525254daya",
    "&amp;amp;amp;amp;#77;aya",
    "M\\u0061ya",
    "\\u004d\\u0061\\u0079\\u0061",
    "\\x4daya",
    "M\\141ya",
    "\\u{4d}aya",
    quote("Müller"),
    "%4daya",
    "%254daya",
    "M%61ya",
    "M=61ya",
    "&#77;aya",
    "M&#x61;ya",
    "M&uuml;ller",
    "&amp;#77;aya",
    base64.b64encode(b"Maya").decode(),
    base64.b64encode(b"ask Maya about it").decode(),
    base64.urlsafe_b64encode("für Müller?>".encode()).decode(),
    "key" + base64.b64encode(b"see Maya first").decode(),
    base64.b64encode("Maya".encode("utf-16-le")).decode(),
    base64.b64encode(base64.b64encode(b"it is Maya")).decode(),
    b"Maya".hex(),
    b"Maya".hex(" "),
    b"Maya".hex(":").upper(),
    "0x4d,0x61,0x79,0x61",
    "\\x4d\\x61\\x79\\x61",
    base64.b32encode(b"Maya").decode(),
    base64.b32encode(b"ask Maya about it").decode().lower().rstrip("="),
    "x" + base64.b32encode(b"ask Maya about it").decode(),
    json.dumps({"name": "Müller"}),
    json.dumps(json.dumps(["Müller"])),
    '{"a": "{\\"b\\": \\"M\\\\u0061ya\\"}"}',
]


@pytest.mark.parametrize("text", ENCODED)
@pytest.mark.parametrize("place", ["text", "key", "nested"])
def test_the_gate_sees_through_encodings(text: str, place: str) -> None:
    body = {"text": {"input": text}, "key": {text: 1}, "nested": {"a": [{"b": ["x", text]}]}}[place]
    with pytest.raises(Blocked) as caught:
        gate(dump(body), MAYA)
    assert caught.value.kinds == ("person",)
    assert "maya" not in str(caught.value).lower() and "ller" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"input":"M\\u0061ya"}',  # an escape that JSON allows and that nobody needs
        b'{"input":"x","input":"Maya"}',  # which of the two counts?
        b'{"input":["Ma","ya"]}',
        b'{"Ma":"ya"}',
        b'{"Ma":1,"ya":2}',
        b'{"a":"Ma","b":"ya"}',
        b'[{"t":"M"},{"t":"a"},{"t":"y"},{"t":"a"}]',
        b"Maya",
        b"name=Maya&x=1",
        b'{"input":"Maya"',
    ],
)
def test_the_gate_looks_at_every_byte(body: bytes) -> None:
    with pytest.raises(Blocked):
        gate(body, MAYA)


AL = Clearance(private=(Term("Al", "person"), Term("Zo", "person")))


@pytest.mark.parametrize(
    "text",
    [
        "QWw=",
        "it is QWw=, really",
        "Wm8=",
        "5a6f",
        "0x416c",
        "A%6c",
        "&#65;l",
        "\\x41l",
        "QWwgYW5kIEFubg==",
    ],
)
def test_names_of_two_letters_in_exact_encodings(text: str) -> None:
    with pytest.raises(Blocked):
        gate(dump({"input": text}), AL)


@pytest.mark.parametrize(
    "text",
    [
        *("a = b", "x==y", "foo=bar", "key=", "at 2030 or 4142", "base64", "deadbeef", "ok= no"),
        *("MAYDAY", "mfrgg", "INTERNATIONALISATION", "beef 1234", "HELLO=WORLD", "password=x"),
    ],
)
def test_what_only_looks_encoded_passes(text: str) -> None:
    gate(dump({"input": text}), Clearance(private=(*AL.private, *MAYA.private, Term("Ann"))))


@pytest.mark.parametrize(
    "parts",
    [
        ["TWF5", "YQ=="],
        ["xTW", "F5Y", "Q=="],
        ["4d6", "1796", "1"],
        ["M%6", "1ya"],
        ["M&#9", "7;ya"],
        ["NVQXS", "YI="],
        ["YXNrIE1he", "WEgYWJvdXQgaXQ="],
    ],
)
def test_an_encoding_that_is_split_over_adjacent_leaves(parts: list[str]) -> None:
    for body in (
        {"input": parts},
        {"input": [{"type": "input_text", "text": part} for part in parts]},
        {"messages": [{"role": "user", "content": part} for part in parts]},
        {"x": {f"k{i}": part for i, part in enumerate(parts)}},
    ):
        with pytest.raises(Blocked):
            gate(dump(body), MAYA)


def test_the_gate_itself_refuses_what_it_cannot_look_at() -> None:
    url = "data:image/png;base64," + base64.b64encode(bytes(range(250))).decode()
    with pytest.raises(Blocked, match="nobody can look"):
        gate(dump({"input": [{"type": "input_image", "image_url": url}]}), Clearance())
    with pytest.raises(Blocked, match="nobody can look"):
        gate(dump({"output": json.dumps({"shot": {"x": url}})}), Clearance())


def test_a_value_that_is_split_over_messages() -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": t}]} for t in ("see Ma", "ya")]
    with pytest.raises(Blocked):
        gate(dump({"model": "m", "messages": parts}), MAYA)


def test_a_body_that_is_no_text_does_not_pass() -> None:
    with pytest.raises(Exception, match="decode"):
        gate(b"\xff\xfe\x00M", MAYA)


@pytest.mark.parametrize(
    "target", ["/v1/Maya", "/v1/m%61ya/x", "/v1/responses?q=Maya", "/v1/responses?q=TWF5YQ=="]
)
def test_the_gate_looks_at_the_url(target: str) -> None:
    with pytest.raises(Blocked):
        gate(b"{}", MAYA, target)


def test_the_gate_looks_at_headers() -> None:
    with pytest.raises(Blocked):
        gate(b"{}", MAYA, accept="text/maya")
    with pytest.raises(Blocked):
        gate(b"{}", MAYA, authorization="Bearer sk-Maya-123")
    gate(
        b"{}", MAYA, accept="application/json", authorization="Bearer sk-123", user_agent="doorstep"
    )


def test_words_of_the_protocol_are_no_leak_but_values_are() -> None:
    shop = Clearance(private=(Term("store", "room"), Term("responses"), Term("application")))
    gate(b'{"store":false,"input":"x"}', shop, content_type="application/json")
    with pytest.raises(Blocked):
        gate(b'{"store":false,"input":"the store"}', shop)


def test_excused_are_constants_shapes_and_constant_trees() -> None:
    import re

    schema = {"type": "object", "title": "Maya", "properties": {"car": {"const": 1}}}
    clearance = Clearance(
        private=(Term("Maya"), Term("load"), Term("car")),
        public=("Ask Maya.",),
        shapes=(re.compile(r"load_[A-Z] takes \d+ min"),),
        public_json=(schema,),
    )
    gate(dump({"input": ["Ask Maya.", "load_A takes 90 min"], "format": schema}), clearance)
    for wrong in (
        {"input": ["Ask Maya. "]},
        {"input": ["load_A takes 90 min, Maya"]},
        {"input": ["load_A takes 90 min\n"]},
        {"format": {**schema, "x": "car"}},
        {"format": {"title": "Maya"}},
        {"car": 1},
    ):
        with pytest.raises(Blocked):
            gate(dump(wrong), clearance)


def test_nothing_is_excused_in_bytes_that_are_not_canonical() -> None:
    clearance = Clearance(private=(Term("Maya"),), public=("Ask Maya.",))
    gate(b'{"input":"Ask Maya."}', clearance)
    for body in (b'{"input": "Ask Maya."}', b'{"input":"Ask Maya.","input":"Ask Maya."}'):
        with pytest.raises(Blocked):
            gate(body, clearance)


def test_a_value_is_not_hidden_by_an_excused_leaf_next_to_it() -> None:
    clearance = Clearance(private=(Term("Maya"),), public=("Ma", "ya"))
    gate(b'{"a":"Ma","b":"ya"}', clearance)  # two constants say nothing
    with pytest.raises(Blocked):
        gate(b'{"a":"Ma","b":"ya","c":"x Ma","d":"ya."}', clearance)


def test_the_key_may_not_stand_in_the_body_or_the_url() -> None:
    with pytest.raises(Blocked):
        gate(b'{"input":"use sk-123456789"}', MAYA, authorization="Bearer sk-123456789")
    with pytest.raises(Blocked):
        gate(b"{}", MAYA, "/v1/x?key=sk-123456789", api_key="sk-123456789")


def test_the_gate_takes_milliseconds() -> None:
    """4 KB, 1,000 terms: 3 ms on one quiet core; here room for a busy one."""
    letters = str.maketrans("0123456789", "ghijklmnop")
    terms = tuple(Term(f"name{i * 7919:x}".translate(letters), "person") for i in range(1000))
    text = ("The load runs at 18:30 for the price of 0.45 until then. " * 80)[:4096]
    body = dump({"model": "m", "messages": [{"role": "user", "content": text}]})
    checked = Gate(Clearance(private=terms), (Matcher(terms),))
    request = Outgoing("POST", "https://api.example", "/v1/chat/completions", (), body)
    times = []
    for _ in range(10):
        start = time.perf_counter()
        checked.check(request)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.009


def test_thousands_of_terms_are_no_burden() -> None:
    terms = tuple(
        Term(f"name{i:x}".translate(str.maketrans("0123456789", "ghijklmnop"))) for i in range(5000)
    )
    matcher = Matcher(terms)
    text = "The load runs at 18:30 for the price of 0.45 until then. " * 70
    start = time.perf_counter()
    assert not matcher.find(text)
    assert time.perf_counter() - start < 0.25


def test_the_words_of_an_address_on_the_web_are_not_private_by_themselves() -> None:
    address = "https://post.example/u/123456"
    found = Matcher([Term(address, "url"), Term("anna.meyer@mail.example", "email")])
    assert not found.find("Post it: https://shop.example, or send a mail to the example.")
    assert [h.term.kind for h in found.find(f"{address.upper()} and Anna")] == ["url", "email"]


@pytest.mark.parametrize(
    ("value", "first", "second"),
    [
        ("Bigtchuk", "Bigtchu", "ks"),  # a plural, cut within its last letters
        ("Quixmere", "Quixmer", "es"),
        ("Łukkwist", '"\\u014', '1 u k k w i s t"'),  # an escape, cut, and the rest spread out
        ("RH-177525688", "the%c6%a6%ca%9c%2d1775", "25688Load"),  # the capital of a small capital
        ("JJ-106268806", '"x, y; \\u1d0a\\u1d0', 'a-106268806 the lamp at 22:30 and"'),
    ],
)
def test_a_form_that_is_cut_over_two_leaves(value: str, first: str, second: str) -> None:
    private = Clearance(private=(Term(value),))
    for body in ({"input": [first, second]}, {"metadata": {first: second}}):
        with pytest.raises(Blocked):
            gate(dump({"model": "m", **body}), private)


@pytest.mark.parametrize("sign", [" ", "\\", "*", "\n", "&amp;", "_["])
def test_a_reply_of_nothing_but_gaps_takes_no_time(sign: str) -> None:
    """Half a million blanks behind the kind of a placeholder once took more than ten minutes."""
    restorer = Restorer([("PERSON_7F3AQ2XK", "Maya")])
    text = "PERSON" + sign * 500_000 + " PERSON_7F3AQ2XK"
    assert restorer.text(text) == text.replace("PERSON_7F3AQ2XK", "Maya")
