"""Prompts that chat front ends write by themselves: titles, tags, follow-up questions, searches.

They hold the text of the conversation, so they are as private as it is. They are told by how they
are made, never by what they are about: a single message that is a task with its output format and
ends with the conversation between markers (Open WebUI), or one that asks for a short title and then
quotes both speakers (LibreChat). A question of a person that happens to speak of titles is none,
nor is the frame that Open WebUI puts around a person's question and what it found for it. A
template of an operator's own may not be recognised: it then obeys the policy of its model's name.

Sources: Open WebUI, `backend/open_webui/config.py` (DEFAULT_*_PROMPT_TEMPLATE); LibreChat,
`@librechat/agents`, `src/utils/title.ts`, and the assistants' `title.js`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from doorstep._values import Message

_TASK = re.compile(r"\s*###\s*Task:\s*\n", re.I)
_OUTPUT = re.compile(r"^\s*###\s*Output\b", re.I | re.M)
_HISTORY = ("<chat_history>", "</chat_history>")
_TYPED = ("<type>", "<text>", "</text>")
_JOB = re.compile(
    r"\b(titles?|tags?|follow-?\s?ups?|search quer(?:y|ies)|image generation|autocompletion)\b",
    re.I,
)
_TITLE = re.compile(
    r"\b(?:concise|short)\b[^\n]{0,80}\btitle\b|\btitle\b[^\n]{0,80}\bwords or less\b", re.I
)
_USER = re.compile(r"^\W{0,4}(?:user|human)\s*:", re.I | re.M)
_OTHER = re.compile(r"^\W{0,4}(?:ai|assistant|response)\s*:", re.I | re.M)
_JOB_WITHIN = 400  # characters after the heading
_TITLE_WITHIN = 400  # characters in which a template has said what it wants


def is_auxiliary(messages: Sequence[Message]) -> bool:
    """Whether a front end, not a person, asks."""
    asked = [message for message in messages if message.role == "user"]
    if len(asked) != 1 or any(message.role == "assistant" for message in messages):
        return False
    text = asked[0].text
    return _open_webui(text) or _librechat(messages, text)


def _open_webui(text: str) -> bool:
    """A task with a known job, an output format, and the conversation marked off at the end."""
    head = _TASK.match(text)
    if head is None or not _JOB.search(text, head.end(), head.end() + _JOB_WITHIN):
        return False
    opened, closed = _HISTORY
    history = opened in text and text.rstrip().endswith(closed)
    typed = all(mark in text for mark in _TYPED)
    return (history or typed) and _OUTPUT.search(text) is not None


def _librechat(messages: Sequence[Message], text: str) -> bool:
    """A short title is asked for first, and both speakers of the conversation are quoted."""
    task = "\n".join(m.text[:_TITLE_WITHIN] for m in messages if m.role == "system")
    user = _USER.search(text)
    if _HISTORY[0] in text:  # another front end's mark, in the wrong place or quoted
        return False
    if user is None or _OTHER.search(text, user.end()) is None:
        return False
    return _TITLE.search(f"{task}\n{text[: min(user.start(), _TITLE_WITHIN)]}") is not None
