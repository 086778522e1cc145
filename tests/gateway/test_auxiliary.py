"""Prompts that chat front ends write, in their forms of 2026, and what merely looks like them."""

from __future__ import annotations

import time

import pytest

from doorstep import Message
from doorstep.gateway.auxiliary import is_auxiliary

HISTORY = "<chat_history>\nUSER: When do I fly?\nASSISTANT: At seven.\n</chat_history>"


def task(job: str, shape: str, *, gap: str = "\n", end: str = HISTORY) -> str:
    """The frame of Open WebUI's templates."""
    return (
        f"### Task:\n{job}{gap}### Guidelines:\n- Be brief.{gap}"
        f"### Output:\nJSON format: {shape}{gap}### Chat History:\n{end}"
    )


TITLE = task(
    "Generate a concise, 3-5 word title with an emoji summarizing the chat history.",
    '{ "title": "your title" }',
)
TAGS = task(
    "Generate 1-3 broad tags categorizing the main themes of the chat history.",
    '{ "tags": ["tag1"] }',
    gap="\n\n",
)
FOLLOW_UPS = task(
    "Suggest 3-5 relevant follow-up questions that the user might naturally ask next.",
    '{ "follow_ups": ["Question 1?"] }',
)
SEARCHES = task(
    "Analyze the chat history to determine the necessity of generating search queries.",
    '{ "queries": [] }',
    gap="\n\n",
)
IMAGE = task(
    "Generate a detailed prompt for an image generation task based on the conversation.",
    '{ "prompt": "..." }',
)
TYPED = (
    "### Task:\nYou are an autocompletion system. Continue the text in `<text>`.\n### Output:\n"
    "JSON\n<type>General</type>\n<text>When do I</text>"
)
LIBRE = "User: When do I fly?\nAI: At seven."
COMPLETION = (
    "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. "
    f"Only return the title itself.\n\nConversation:\n{LIBRE}"
)
STRUCTURED = (
    "Analyze this conversation and provide:\n1. The detected language of the conversation\n"
    "2. A concise title in the detected language (5 words or less, no punctuation)\n\n" + LIBRE
)
ASSISTANTS = (
    "Please generate a concise title (max 40 characters) for a conversation that starts with:\n"
    "User: When do I fly?\nAssistant: At seven.\n\nTitle:"
)


def user(text: str) -> list[Message]:
    return [Message("user", text)]


@pytest.mark.parametrize(
    "text",
    [
        TITLE,
        TAGS,
        FOLLOW_UPS,
        SEARCHES,
        IMAGE,
        TYPED,
        COMPLETION,
        STRUCTURED,
        ASSISTANTS,
        f"\n{TITLE}\n",
        TITLE.replace("\n", "\r\n"),
    ],
)
def test_a_front_ends_prompt_is_recognised(text: str) -> None:
    assert is_auxiliary(user(text))
    assert is_auxiliary([Message("system", "You are kind."), *user(text)])


def test_a_title_that_the_system_asks_for() -> None:
    system = Message("system", "Write a short title for the conversation.")
    assert is_auxiliary([system, *user(LIBRE)])
    assert not is_auxiliary([Message("system", "You are kind."), *user(LIBRE)])


RAG = (
    "### Task:\nRespond to the user query using the provided context.\n\n### Guidelines:\n- Cite.\n"
    "### Output:\nA direct answer.\n\n<context>\nMaya flies at seven.\n</context>\n\nWhen?"
)
NEAR = {
    "a question about titles": "Give me a concise title for my book about tags.",
    "a task of a person": "### Task:\nFind a title for my talk.\n### Output:\nOne line.",
    "another job with the markers": task("Count the words of the chat history.", "n"),
    "a task without a form for its output": f"### Task:\nIs this a good title?\n{HISTORY}",
    "found text around a question": RAG,
    "a question after the history": f"{TITLE}\nAnd what is the capital of Peru?",
    "a template quoted by a person": f"What does this prompt do?\n\n{TITLE}",
    "a log without a wish for a title": f"Who is right here?\n{LIBRE}",
    "a wish with one speaker only": "Provide a short title for:\nUser: When do I fly?",
    "a title wished for after the log": f"{LIBRE}\nWhat would be a concise title for it?",
    "nothing": "",
}


@pytest.mark.parametrize("text", NEAR.values(), ids=NEAR.keys())
def test_a_persons_words_are_no_front_ends(text: str) -> None:
    assert not is_auxiliary(user(text))


def test_a_conversation_is_none() -> None:
    assert not is_auxiliary([])
    assert not is_auxiliary([*user("Hi"), Message("assistant", "Hello"), *user(TITLE)])
    assert not is_auxiliary([*user(TITLE), Message("assistant", "Done")])


@pytest.mark.parametrize("part", ["User: x\n", "### Task:\n", "<chat_history>", "short ", "\n!!!"])
def test_long_texts_take_no_long_time(part: str) -> None:
    text = "### Task:\nA title.\n" + part * (1_000_000 // len(part))
    begun = time.process_time()
    is_auxiliary(user(text))
    assert time.process_time() - begun < 1.0
