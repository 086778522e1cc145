"""Refusing and hedging, and what only sounds like it."""

from __future__ import annotations

import pytest

from doorstep.patterns.checks.words import hedging, refusal
from tests.patterns.checks.looks import look

REFUSES = (
    "I'm sorry, but I can't help with that.",
    "I’m sorry, I cannot assist with this request.",
    "Sorry, I am unable to open the file.",
    "I cannot answer that question.",
    "I can't provide medical advice.",
    "Unfortunately, I do not have access to your calendar.",
    "As an AI language model, I cannot browse the internet.",
    "I won't do that.",
    "We are not able to share that.",
    "I must decline.",
    "  \n**I am not able to** view images.",
    "Hello! As an AI model, I do things, but I'm unable to see your screen.",
    "Es tut mir leid, aber ich kann dabei nicht helfen.",
    "Je suis désolé, mais je ne peux pas répondre.",
    "Lo siento, pero no puedo ayudar.",
)
ANSWERS = (
    "I'm sorry to hear that. Take the dishwasher off the mains first.",
    "You cannot claim both in one year.",
    "I can't recommend this book enough: read it.",
    "I cannot see why not. Yes, it is fine.",
    "The letter says: 'I cannot help you.'",
    "42",
    "Write: I am unable to attend the meeting.",
    "Unfortunately, the shop closes at six.",
    "We can help with that.",
    "AI models cannot do everything, but this works.",
    "I won't lie, it is hard. Start with chapter one.",
    "Sorry for the delay. The total is 14.",
)


@pytest.mark.parametrize("text", REFUSES)
def test_these_refuse(text: str) -> None:
    assert refusal(look(text)).doubt == 0.95


@pytest.mark.parametrize("text", ANSWERS)
def test_these_do_not(text: str) -> None:
    assert refusal(look(text)).doubt == 0


@pytest.mark.parametrize("finish", ["refusal", "filter"])
def test_the_servers_word_counts(finish: str) -> None:
    assert refusal(look("A text.", finish=finish)).doubt == 1  # type: ignore[arg-type]


UNSURE = (
    "I'm not sure, but it may be 12.",
    "I do not know the answer.",
    "There is not enough information, as the price is missing.",
    "It is impossible to determine the height.",
    "This cannot be determined from the notes.",
    "It is hard to say without more details.",
    "The text does not provide enough data.",
    "I might be wrong here: 17.",
)
CAUTIOUS = ("It is probably 12.", "I think the train leaves at six.", "Roughly 300 people.")
SURE = (
    "It is 12.",
    "Are you sure? Yes: 12.",
    "They know the way.",
    "The information is enough: 12.",
    "The uncertainty of the measurement is 2 mm.",
)


@pytest.mark.parametrize("text", UNSURE)
def test_these_are_unsure(text: str) -> None:
    sign = hedging(look(text))
    assert sign.doubt == 0.75 and sign.features["says_unsure"] >= 1


@pytest.mark.parametrize("text", CAUTIOUS)
def test_these_are_cautious(text: str) -> None:
    doubt = hedging(look(text)).doubt
    assert doubt is not None and 0 < doubt < 0.5


@pytest.mark.parametrize("text", SURE)
def test_these_are_sure(text: str) -> None:
    assert hedging(look(text)).doubt == 0
