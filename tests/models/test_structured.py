"""Typed output and decisions, from answers as models really write them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator

from doorstep._errors import BadInput, ModelError, ModelRefused, OutputInvalid, RateLimited
from doorstep._values import Message, Options, Reply, TokenLogprob, Usage, Zone
from doorstep.household.problem import Problem, Solution
from doorstep.models import _choice, structured
from doorstep.models._parse import parse
from doorstep.models._shape import describe, plain_schema, skeleton
from doorstep.models.ollama import Ollama
from doorstep.models.scripted import Scripted
from doorstep.models.structured import strict_schema
from tests.models.ollama_server import OllamaServer, answer

ASKED = (Message("system", "You plan."), Message("user", "When?"))


class Slot(BaseModel):
    """Where Zebediah goes. This text is for programmers."""

    model_config = ConfigDict(extra="forbid")

    start: Annotated[str, Field(pattern=r"^\d\d:\d\d$", examples=["07:05"])]
    minutes: Annotated[int, Field(ge=1, le=90, description="length of the slot")]
    kind: Literal["now", "later"] = "later"


class Plan(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slots: Annotated[list[Slot], Field(min_length=1)]
    note: str | None = None


SLOT = Slot(start="07:05", minutes=30, kind="now")
JSON = '{"start": "07:05", "minutes": 30, "kind": "now"}'

# --- JSON out of whatever comes back -----------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        JSON,
        f"```json\n{JSON}\n```",
        f"Here you are:\n```\n{JSON}\n```\nAnything else?",
        f"Sure! {JSON} I hope {{that}} helps.",
        f"A set {{x}} and a list [1, 2], then {JSON}",
        f"<think>first {{}} then {JSON.replace('30', '31')}</think>\n{JSON}",
        '{"start": "07:05", "minutes": 30, "kind": "now",}',
        '{"start": "07:05", "minutes": 30,\n "kind": "now" , }',
        JSON + "\n" + JSON.replace("30", "31"),
        '{"start": "...", "minutes": 0, "kind": "..."}\n' + JSON,
        '\ufeff{"start": "07:05", "minutes": 30.0, "kind": "now"}',
        '{"minutes": "30", "start": "07:05", "kind": "now"}',
    ],
)
def test_found(text: str) -> None:
    assert parse(text, Slot).value == SLOT


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no complete, valid JSON"),
        ("Half past seven.", "no complete, valid JSON"),
        (JSON[:-1], "no complete, valid JSON"),
        ('{"start": "07:05", "minutes": 30, "minutes": 31}', "no complete, valid JSON"),
        ('{"start": "07:05", "minutes": NaN}', "no complete, valid JSON"),
        ("[" * 100_000, "no complete, valid JSON"),
        ("{" * 100_000, "no complete, valid JSON"),
        ('{"start": "07:05"}', "minutes: Field required"),
        ('{"start": "7:05", "minutes": 30}', "start: String should match"),
        ('{"start": "07:05", "minutes": 91}', "minutes: Input should be less than"),
        ('{"start": "07:05", "minutes": 3, "kind": "soon"}', "kind: Input should be 'now' or"),
        (f'{{"slot": {JSON}}}', "(unknown field): Extra inputs"),
        (f"[{JSON}]", "the whole answer: Input should be an object"),
        ("null", "no complete, valid JSON"),
    ],
)
def test_not_found(text: str, problem: str) -> None:
    parsed = parse(text, Slot)
    assert parsed.value is None
    assert any(problem in line for line in parsed.problems), parsed.problems


def test_a_part_of_a_whole_is_not_taken_for_it() -> None:
    class Loose(BaseModel):
        a: int = 0

    assert parse('[{"a": 1}, {"a": 2}]', Loose).value is None


def test_a_comma_within_a_text_is_left_alone() -> None:
    class Said(BaseModel):
        text: str

    assert parse('{"text": "a,] \\" ,}",}', Said).value == Said(text='a,] " ,}')


def test_an_array() -> None:
    class Days(RootModel[list[date]]):
        pass

    found = parse('Days: ["2026-11-23"]', Days).value
    assert found is not None
    assert found.root == [date(2026, 11, 23)]


class Tagged(BaseModel):
    kind: Literal["a"]


class Other(BaseModel):
    kind: Literal["b"]


class Careless(BaseModel):
    """Validators that quote what they were given."""

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    nested: list[dict[str, str]] = []
    either: Annotated[Tagged | Other, Field(discriminator="kind")] | None = None
    counts: dict[str, int] = {}

    @field_validator("name")
    @classmethod
    def known(cls, value: str) -> str:
        if value:
            raise ValueError(f"{value} is nobody we know")
        return value

    @model_validator(mode="after")
    def no_nested(self) -> Careless:
        assert not self.nested, f"did not expect {self.nested[0]}"
        return self


@pytest.mark.parametrize(
    "value",
    [
        {"name": "Zebediah"},
        {"nested": [{"x": "Zebediah"}]},
        {"nested": [{"Zebediah": "x"}]},
        {"Zebediah": 1},
        {"counts": {"Zebediah": "many"}},
        {"either": {"kind": "Zebediah"}},
        {"name": ["Zebediah"]},
    ],
)
def test_problems_never_quote(value: dict[str, Any]) -> None:
    parsed = parse(json.dumps(value), Careless)
    assert parsed.problems
    assert "Zebediah" not in repr(parsed)


def test_a_validator_that_does_not_quote_is_heard() -> None:
    class Even(BaseModel):
        n: int

        @field_validator("n")
        @classmethod
        def even(cls, n: int) -> int:
            if n % 2:
                raise ValueError("has to be even")
            return n

    assert parse('{"n": 13}', Even).problems == ("n: Value error, has to be even",)


# --- the shape as text -------------------------------------------------------------------------


def test_the_sketch() -> None:
    assert (
        describe(plain_schema(Plan))
        == """{
  "slots": [{
    "start": string such as "07:05"
    "minutes": integer from 1 to 90  // length of the slot
    "kind": "now" | "later"  // optional
  }, ...]  // 1 or more items
  "note": string | null  // optional
}"""
    )


def test_the_template_fills_in_no_choice() -> None:
    template = json.loads(skeleton(plain_schema(Plan)))
    assert template == {"slots": [{"start": "...", "minutes": 0, "kind": "..."}], "note": "..."}
    assert parse(json.dumps(template), Plan).value is None


class Node(BaseModel):
    """A recursive shape."""

    title: str
    parts: list[Node] = []
    pair: tuple[int, str] | None = None
    weights: dict[str, float] = {}


def test_recursion_ends_and_a_property_called_title_stays() -> None:
    text = describe(plain_schema(Node))
    assert '"title": string' in text
    assert "again the same structure" in text
    assert "[integer, string]" in text
    assert "{ string: number, ... }" in text
    inner = {"title": "...", "parts": [], "pair": [0, "..."], "weights": {}}
    assert json.loads(skeleton(plain_schema(Node))) == inner | {"parts": [inner]}


@pytest.mark.parametrize("shape", [Slot, Plan, Solution, Problem, Careless, Node])
def test_docstrings_and_titles_stay_here(shape: type[BaseModel]) -> None:
    schema = plain_schema(shape)
    texts = json.dumps(schema) + describe(schema) + skeleton(schema)
    assert "programmers" not in texts
    assert "Validators" not in texts
    assert '"title": "' not in json.dumps(schema)


# --- the strict schema -------------------------------------------------------------------------


class Colour(StrEnum):
    """An enumeration."""

    RED = "red"


class Wide(BaseModel):
    colour: Colour = Colour.RED
    either: Tagged | Other
    tagged: Annotated[Tagged | Other, Field(discriminator="kind")]
    one: Literal["x"]
    slot: Annotated[Slot, Field(description="the slot")]
    maybe: Slot | None = None
    pair: tuple[int, str]
    many: Annotated[list[Annotated[float, Field(gt=0)]], Field(max_length=3)]


ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
ALLOWED |= {"$ref", "$defs", "description"}


def check_strict(node: dict[str, Any]) -> None:
    assert node.keys() <= ALLOWED, node.keys() - ALLOWED
    if "$ref" in node:
        assert list(node) == ["$ref"]
    if node.get("type") == "object":
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    children: list[dict[str, Any]] = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
    children += [*node.get("$defs", {}).values(), *([node["items"]] if "items" in node else [])]
    for child in children:
        check_strict(child)


@pytest.mark.parametrize("shape", [Slot, Plan, Solution, Problem, Wide])
def test_strict_keeps_to_the_subset(shape: type[BaseModel]) -> None:
    schema = strict_schema(shape)
    check_strict(schema)
    assert strict_schema(plain_schema(shape)) == schema
    # What the SDK itself would still change: nothing.
    copied = json.loads(json.dumps(schema))
    assert _ensure_strict_json_schema(copied, path=(), root=copied) == schema


def test_what_is_optional_stays_nullable() -> None:
    schema = strict_schema(Plan)
    assert schema["properties"]["note"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schema["$defs"]["Slot"]["required"] == ["start", "minutes", "kind"]


@pytest.mark.parametrize(
    "shape",
    [
        RootModel[list[int]],
        RootModel[int],
        type("Free", (BaseModel,), {"__annotations__": {"x": dict[str, int]}}),
        type("Anything", (BaseModel,), {"__annotations__": {"x": Any}}),
        type("Listed", (BaseModel,), {"__annotations__": {"x": list[Any]}}),
    ],
)
def test_what_strict_cannot_say(shape: type[BaseModel]) -> None:
    with pytest.raises(BadInput, match="prompted"):
        strict_schema(shape)


# --- prompted and native -----------------------------------------------------------------------


def used(text: str, **more: Any) -> Reply:
    return Reply(text, "m", usage=Usage(10, 2), **more)


async def test_prompted() -> None:
    model = Scripted([f"Sure:\n```json\n{JSON}\n```"])
    result = await model.typed(ASKED, Slot)
    assert (result.value, result.way, result.tries) == (SLOT, "prompted", 1)
    (call,) = model.calls
    assert call.messages[0] == ASKED[0]
    assert call.messages[1].text.startswith("When?\n\n")
    assert '"start": string such as "07:05"' in call.messages[1].text
    assert call.options.schema is None


async def test_errors_are_fed_back() -> None:
    model = Scripted([used('{"start": "7:5"}'), used("no"), used(JSON)])
    result = await model.typed(ASKED, Slot)
    assert (result.tries, result.usage, result.reply.text) == (3, Usage(30, 6), JSON)
    second = model.calls[1].messages
    assert second[-2] == Message("assistant", '{"start": "7:5"}')
    assert "start: String should match" in second[-1].text
    assert "minutes: Field required" in second[-1].text
    third = model.calls[2].messages
    assert len(third) == len(second)
    assert "no complete, valid JSON" in third[-1].text


async def test_what_a_model_wrote_does_not_go_to_the_cloud_again() -> None:
    model = Scripted(['{"start": "Zebediah", "Zebediah": 1}', JSON], zone=Zone.CLOUD)
    await model.typed(ASKED, Slot)
    said = [message.text for message in model.calls[1].messages]
    assert "Zebediah" not in "".join(said)
    assert "start: String should match" in said[-1]
    assert "When?" in said[-1]


async def test_after_the_last_try() -> None:
    model = Scripted(['{"start": "Zebediah", "minutes": 1}'] * 2)
    with pytest.raises(OutputInvalid, match=r"Slot in 2 tries") as caught:
        await model.typed(ASKED, Slot, tries=2)
    assert len(model.calls) == 2
    assert caught.value.problems[0].startswith("start: String should match")
    assert "Zebediah" not in str(caught.value) + repr(caught.value.problems)


async def test_native() -> None:
    model = Scripted([JSON], can_schema=True)
    result = await model.typed(ASKED, Slot, Options(effort="low"), way="native")
    assert result.way == "native"
    options = model.calls[0].options
    assert options.schema == plain_schema(Slot)
    assert (options.schema_name, options.effort) == ("Slot", "low")


async def test_native_is_validated_all_the_same() -> None:
    model = Scripted(['{"start": "7", "minutes": 30}', JSON], can_schema=True)
    assert (await model.typed(ASKED, Slot, way="native")).tries == 2


@pytest.mark.parametrize("declared", [True, False])
async def test_native_where_the_model_cannot(declared: bool) -> None:
    model = Scripted([JSON])
    if not declared:
        del model.can_schema
        model._check = lambda options: None if options.schema is None else refuse()  # type: ignore[method-assign]
    result = await model.typed(ASKED, Slot, way="native")
    assert result.way == "prompted"
    assert model.calls[0].options.schema is None


async def test_a_model_that_says_it_cannot_is_not_asked_to() -> None:
    model = Scripted([JSON, JSON])
    model._check = lambda options: None  # type: ignore[method-assign]
    assert (await model.typed(ASKED, Slot, way="native")).way == "prompted"
    assert model.calls[0].options.schema is None


async def test_a_server_at_home_that_fails_at_the_schema() -> None:
    def chat(_: Sequence[Message], options: Options) -> str:
        if options.schema is not None:
            raise ModelError("failed (500)")
        return JSON

    home = Scripted([chat, chat], can_schema=True)
    assert (await home.typed(ASKED, Slot, way="native")).way == "prompted"
    cloud = Scripted([chat, chat], can_schema=True, zone=Zone.CLOUD)
    with pytest.raises(ModelError):
        await cloud.typed(ASKED, Slot, way="native")
    assert len(cloud.calls) == 1


def refuse() -> None:
    raise BadInput("no schema here")


async def test_cut_off_and_empty() -> None:
    model = Scripted([used('{"start": "07', finish="length"), used(""), used(JSON)])
    result = await model.typed(ASKED, Slot)
    assert result.tries == 3
    assert structured.CUT_OFF in model.calls[1].messages[-1].text
    assert structured.EMPTY in model.calls[2].messages[-1].text


@pytest.mark.parametrize("finish", ["refusal", "filter"])
@pytest.mark.parametrize("way", ["prompted", "native", "two-pass"])
async def test_refused(finish: Any, way: Any) -> None:
    model = Scripted([used("I would rather not, Zebediah", finish=finish)])
    with pytest.raises(ModelRefused) as caught:
        await model.typed(ASKED, Slot, way=way)
    assert "Zebediah" not in str(caught.value)
    assert len(model.calls) == 1


async def test_errors_of_the_model_pass() -> None:
    with pytest.raises(RateLimited):
        await Scripted([RateLimited("later")]).typed(ASKED, Slot)


@pytest.mark.parametrize(
    ("messages", "settings"), [(ASKED, {"tries": 0}), (ASKED, {"way": "loud"}), ((), {})]
)
async def test_bad_requests(messages: tuple[Message, ...], settings: dict[str, Any]) -> None:
    model = Scripted([JSON])
    with pytest.raises(BadInput):
        await model.typed(messages, Slot, **settings)
    assert model.calls == []


async def test_the_note_after_an_assistant_turn_is_a_turn_of_its_own() -> None:
    model = Scripted([JSON])
    await model.typed((*ASKED, Message("assistant", "At seven.")), Slot)
    assert [m.role for m in model.calls[0].messages] == ["system", "user", "assistant", "user"]


# --- two passes --------------------------------------------------------------------------------


async def test_two_passes() -> None:
    model = Scripted([used("It is 07:05 for 30 minutes, now."), used(JSON)], can_schema=True)
    result = await model.typed(ASKED, Slot, Options(effort="high", seed=3), way="two-pass")
    assert (result.value, result.way, result.tries) == (SLOT, "two-pass", 1)
    assert result.usage == Usage(20, 4)
    reason, pack = model.calls
    assert (reason.options.schema, reason.options.effort) == (None, "high")
    assert (pack.options.schema, pack.options.effort) == (plain_schema(Slot), None)
    assert pack.options.seed == 3
    assert "When?" not in "".join(m.text for m in pack.messages)
    assert "It is 07:05 for 30 minutes, now." in pack.messages[-1].text


async def test_pack_again_then_reason_again() -> None:
    model = Scripted(["draft one", "no", "nor this", "draft two", JSON], can_schema=True)
    result = await model.typed(ASKED, Slot, way="two-pass")
    assert result.tries == 3
    texts = [call.messages[-1].text for call in model.calls]
    assert "draft one" in model.calls[2].messages[1].text
    assert "no complete, valid JSON" in texts[2]
    assert "no complete, valid JSON" in texts[3]
    assert "draft two" in texts[4]


async def test_a_first_pass_that_was_cut_off_is_not_packed() -> None:
    model = Scripted([used("so lo", finish="length"), used(""), used("short"), used(JSON)])
    result = await model.typed(ASKED, Slot, way="two-pass")
    assert result.tries == 3
    assert structured.CUT_OFF in model.calls[1].messages[-1].text
    assert structured.EMPTY in model.calls[2].messages[-1].text


async def test_a_first_pass_that_is_all_thought() -> None:
    model = Scripted([used("", thinking="07:05, thirty minutes"), used(JSON)])
    assert (await model.typed(ASKED, Slot, way="two-pass")).tries == 1
    assert "thirty minutes" in model.calls[1].messages[-1].text


async def test_two_passes_without_a_schema() -> None:
    model = Scripted(["draft", JSON])
    assert (await model.typed(ASKED, Slot, way="two-pass")).way == "two-pass"


async def test_two_passes_over_the_wire() -> None:
    with OllamaServer() as daemon:
        daemon.says(answer("It is 07:05.", thinking="hm"), answer(f"```json\n{JSON}\n```"))
        async with await Ollama.connect(host=daemon.url) as model:
            result = await model.typed(ASKED, Slot, Options(effort="high"))
    assert (result.value, result.way, result.usage) == (SLOT, "two-pass", Usage(22, 14))
    reason, pack = daemon.chats()
    assert (reason["think"], reason.get("format")) == ("high", None)
    assert (pack.get("think"), pack["format"]) == (None, plain_schema(Slot))


# --- prompts -----------------------------------------------------------------------------------

# Ordinary words that are also first names, and words of a household: a gate that knows the people
# and rooms of one holds back a prompt that uses them.
NAMES = """
will may mark grace hope faith joy rose bill jack art frank rob sue pat drew dean chase hunter
mason miles max min guy don ray page reed dale glen skip rich chuck nick gene penny ruby iris lily
violet angel dawn april june august summer autumn sunny victor bob bud clay cliff cole dash ford
grant heath jay lance lane mike norm olive parker peg pierce porter ridge rod rusty sage sky stone
tanner wade ward warren wood major melody harmony patience charity mercy honor justice bell brook
crystal daisy destiny eden eve fern gem ginger hazel holly ivy jade jewel kitty laurel liberty
love opal pearl poppy robin sandy star trinity carol case carter chance chip curt earl duke king
prince royal baker cook marshall foster hardy noble young long short tom tim sam jo al ed home
house household room bed bedroom kitchen bath garage garden door family kid kids child mom dad
person people key lock light
"""


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param(value, id=name)
        for module in (structured, _choice)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    ],
)
def test_prompts_hold_no_names(prompt: str) -> None:
    words = set(re.findall(r"[a-z]+", prompt.lower()))
    assert not words & set(re.findall(r"[a-z]+", NAMES))


def test_there_are_prompts_to_look_at() -> None:
    assert all(isinstance(prompt, str) for prompt in (structured.ASK, _choice.CHOOSE))


# --- decisions ---------------------------------------------------------------------------------

ANSWERS = ("run now", "run later", "do not run")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("B", "run later"),
        ("b", "run later"),
        (" **B** ", "run later"),
        ("B.", "run later"),
        ("(B)", "run later"),
        ("B) run later", "run later"),
        ("B: Run later.", "run later"),
        ("Run later", "run later"),
        ('"run later"', "run later"),
        ("Answer: B", "run later"),
        ("The answer is B.", "run later"),
        ("The correct option is (C)", "do not run"),
        ("The answer is run now", "run now"),
        ("A", "run now"),
        ("B\n\nBecause it is cheaper then.", "run later"),
        ("It is cheaper later.\n\n**Answer: B**", "run later"),
        ("Power costs less at night. The answer is B. So wait.", "run later"),
    ],
)
async def test_chosen(text: str, chosen: str) -> None:
    model = Scripted([text])
    decision = await model.decide("When?", ANSWERS, "It is late.")
    assert (decision.answer, decision.probability) == (chosen, None)
    prompt = model.calls[0].messages[-1].text
    assert "It is late.\n\nQuestion: When?" in prompt
    assert "A) run now\nB) run later\nC) do not run" in prompt


@pytest.mark.parametrize(
    "text",
    [
        "",
        "D",
        "A or B",
        "A\nB",
        "A) run now\nB) run later\nC) do not run",
        "A dishwasher runs at night.",
        "Well, the answer is A dishwasher that waits.",
        "I would not run now",
        "The answer is A because B is wrong, or the answer: B.\nHm. The answer is A.\nWell",
        "later",
        "Zebediah",
    ],
)
async def test_not_chosen(text: str) -> None:
    model = Scripted([text, "C"])
    assert (await model.decide("When?", ANSWERS)).answer == "do not run"
    assert "one letter" in model.calls[1].messages[-1].text
    again = Scripted([text, text])
    with pytest.raises(OutputInvalid) as caught:
        await again.decide("When?", ANSWERS)
    assert "Zebediah" not in str(caught.value)


def with_logprobs(text: str, *tokens: TokenLogprob) -> Reply:
    return Reply(text, "m", usage=Usage(5, 1), logprobs=tokens)


def token(text: str, *rivals: tuple[str, float]) -> TokenLogprob:
    return TokenLogprob(text, math.log(dict(rivals)[text]), as_logs(rivals))


def as_logs(rivals: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple((name, math.log(p)) for name, p in rivals)


@pytest.mark.parametrize(
    ("tokens", "probability"),
    [
        ([token("B", ("B", 0.6), ("A", 0.2))], 0.75),
        ([token("B", ("B", 0.5), (" B", 0.1), ("A", 0.1), ("(A", 0.1), ("The", 0.1))], 0.75),
        ([token("**", ("**", 0.9), ("A", 0.1)), token("B", ("B", 0.3), ("C", 0.1))], 0.75),
        ([token("B", ("B", 1.0))], 1.0),
        ([TokenLogprob("B", math.log(0.6), as_logs([("A", 0.2)]))], 0.75),
        ([token("B", ("B", 0.6), ("b", 0.2), ("D", 0.2))], 1.0),
        ([], None),
        ([token("later", ("later", 1.0))], None),
    ],
)
async def test_how_probable(tokens: list[TokenLogprob], probability: float | None) -> None:
    model = Scripted([with_logprobs("**B**", *tokens)], can_logprobs=True)
    decision = await model.decide("When?", ANSWERS)
    assert decision.answer == "run later"
    assert decision.probability == (probability and pytest.approx(probability))
    assert decision.usage == Usage(5, 1)
    assert model.calls[0].options.logprobs == 9


async def test_log_probabilities_that_are_refused_after_all() -> None:
    model = Scripted(["B"])
    model.can_logprobs = True
    model._check = lambda options: refuse() if options.logprobs else None  # type: ignore[method-assign]
    decision = await model.decide("When?", ANSWERS)
    assert (decision.answer, decision.probability) == ("run later", None)


async def test_a_model_that_thinks_although_told_not_to() -> None:
    model = Scripted([used("", thinking="Let me", finish="length"), used("B", thinking="...")])
    model.can_skip_thinking = True  # type: ignore[attr-defined]
    assert (await model.decide("When?", ANSWERS)).answer == "run later"
    assert [call.options.max_tokens for call in model.calls] == [24, None]
    assert [call.options.effort for call in model.calls] == ["none", "none"]


async def test_the_second_time_it_is_held_to_the_letters() -> None:
    model = Scripted(["Well, that depends.", '{"answer": "B"}'], can_schema=True)
    assert (await model.decide("When?", ANSWERS)).answer == "run later"
    first, second = (call.options.schema for call in model.calls)
    assert first is None
    assert second is not None
    check_strict(strict_schema(second))
    assert second["properties"] == {"answer": {"type": "string", "enum": ["A", "B", "C"]}}


async def test_a_refusal_to_decide() -> None:
    with pytest.raises(ModelRefused):
        await Scripted([used("", finish="refusal")]).decide("When?", ANSWERS)


@pytest.mark.parametrize(
    "answers", [(), ("a",), ("a", "A "), ("a", ""), tuple(str(n) for n in range(27))]
)
async def test_sets_that_are_none(answers: tuple[str, ...]) -> None:
    with pytest.raises(BadInput):
        await Scripted(["A"]).decide("?", answers)


async def test_deciding_over_the_wire() -> None:
    rivals = [{"token": "A", "logprob": -2.0}, {"token": "B", "logprob": -0.2}]
    entry = {"token": "B", "logprob": -0.2, "top_logprobs": rivals}
    with OllamaServer() as daemon:
        daemon.says(answer("B", logprobs=[entry]))
        async with await Ollama.connect(host=daemon.url) as model:
            decision = await model.decide("When?", ANSWERS)
    assert decision.answer == "run later"
    assert decision.probability == pytest.approx(1 / (1 + math.exp(-1.8)))
    (sent,) = daemon.chats()
    assert sent["think"] is False
    assert sent["top_logprobs"] == 9
    assert sent["options"]["num_predict"] == 24


@pytest.mark.timeout(5)
def test_an_open_string_is_not_tried_again_from_each_of_its_quotes() -> None:
    """100 KB of escaped quotes took 14 seconds on the event loop."""
    assert parse('{"' + '\\"' * 50_000, Slot).value is None
