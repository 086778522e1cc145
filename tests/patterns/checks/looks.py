"""Looks for the tests of checks."""

from __future__ import annotations

from doorstep import Message, Reply
from doorstep._values import Finish
from doorstep.patterns.checks import Look


def look(answer: str, question: str = "What is it?", finish: Finish = "stop") -> Look:
    return Look((Message("user", question),), Reply(answer, "m", finish=finish))
