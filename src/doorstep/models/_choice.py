"""Decisions: a question with a closed set of answers -> one of them, and how probable it is.

The answers are lettered, so that a single token decides and its probability can be read. The
prompts keep to the same rule as those of typed output: plain technical words, nobody's name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from doorstep._errors import BadInput, ModelRefused, OutputInvalid, ReplyBroken
from doorstep._values import Decision, Message, Options, Reply, TokenLogprob, Usage
from doorstep.models.base import Model

CHOOSE_SYSTEM = """You answer a multiple-choice question. \
Answer with the single letter of the correct option and nothing else."""

CHOOSE = """{context}Question: {question}

Options:
{options}

Answer with one letter: {letters}."""

CHOOSE_AGAIN = """That is not one of the options. Answer with one letter and nothing else: \
{letters}."""

MAX_RIVALS = 20  # more rivals per token no server reports
MAX_TOKENS = 24  # room for "The answer is B." where the model does not think first


async def decide(
    model: Model, question: str, answers: Sequence[str], context: str = ""
) -> Decision:
    """One of `answers` (2 to 26, all different), and its probability among them.

    The answers are lettered, so that one token decides; the probability is that token's share
    among the letters, None where the model reports no log-probabilities. An answer outside the
    set is asked for once more, held to the letters where the model can be, then raises
    OutputInvalid.
    """
    choice = _Choice(tuple(answers))
    messages = choice.prompt(question, context)
    options, usage = choice.options(model), Usage()
    for _ in range(2):
        reply = await _choose(model, messages, options)
        usage += reply.usage
        stop_if_refused(model, reply)
        letter = choice.read(reply.text)
        if letter is not None:
            return Decision(choice.answers[letter], choice.share(letter, reply.logprobs), usage)
        options = choice.held(model, options)
        note = CHOOSE_AGAIN.format(letters=choice.letters)
        messages = choice.prompt(question, context, note)
    raise OutputInvalid(
        f"{model.name} chose none of the {len(answers)} options, twice.",
        problems=("The answer is not one of the options.",),
        hint="Use a larger model, or ask with fewer options.",
    )


async def _choose(model: Model, messages: tuple[Message, ...], options: Options) -> Reply:
    """With as much of `options` as the model can do."""
    for simpler in ({"logprobs": 0}, {"schema": None}):
        try:
            return await model.respond(messages, options)
        except BadInput:
            options = replace(options, **simpler)
    return await model.respond(messages, options)


class _Choice:
    """A closed set of answers, lettered."""

    def __init__(self, answers: tuple[str, ...]) -> None:
        folded = {_bare(answer).casefold() for answer in answers}
        if not 2 <= len(answers) <= 26 or len(folded) != len(answers) or "" in folded:
            raise BadInput("A decision needs 2 to 26 answers, all different and none empty.")
        self.answers = {chr(ord("A") + i): answer for i, answer in enumerate(answers)}
        self.letters = ", ".join(self.answers)

    def prompt(self, question: str, context: str, note: str = "") -> tuple[Message, ...]:
        listed = "\n".join(f"{letter}) {answer}" for letter, answer in self.answers.items())
        text = CHOOSE.format(
            context=f"{context.strip()}\n\n" if context.strip() else "",
            question=question.strip(),
            options=listed,
            letters=self.letters,
        )
        text = f"{text}\n\n{note}" if note else text
        return (Message("system", CHOOSE_SYSTEM), Message("user", text))

    def options(self, model: Model) -> Options:
        """Without thinking where the model can skip it: the letter's probability is then the
        model's own, and a few tokens are enough.
        """
        skips = getattr(model, "can_skip_thinking", False)
        rivals = min(MAX_RIVALS, 2 * len(self.answers) + 3)
        return Options(
            effort="none" if skips else None,
            temperature=0.0 if skips else None,
            max_tokens=MAX_TOKENS if skips else None,
            logprobs=rivals if getattr(model, "can_logprobs", False) else 0,
        )

    def held(self, model: Model, options: Options) -> Options:
        """For the second time: held to the letters where the model can be, and without a limit,
        since not every model that is told not to think obeys.
        """
        letter = {"type": "string", "enum": list(self.answers)}
        schema: dict[str, object] = {
            "type": "object",
            "properties": {"answer": letter},
            "required": ["answer"],
            "additionalProperties": False,
        }
        can = getattr(model, "can_schema", False)
        return replace(options, max_tokens=None, schema=schema if can else None)

    def read(self, text: str) -> str | None:
        """The letter that `text` chooses; None where it chooses none, or more than one."""
        lines = [line for line in text.splitlines() if _bare(line)]
        for parts in ([text], lines[:1] + lines[-1:]):
            chosen = {self._exact(part) for part in parts} - {None}
            if chosen:
                return chosen.pop() if len(chosen) == 1 else None
        named = {letter for letter in _LETTERED.findall(text) if letter in self.answers}
        return named.pop() if len(named) == 1 else None

    def _exact(self, part: str) -> str | None:
        """The letter where `part` is nothing but it, its answer, or both, after "the answer is"."""
        said = _bare(_LEAD.sub("", _bare(part))).casefold()
        for letter in self.answers:
            if said == letter.casefold():
                return letter
        for letter, answer in self.answers.items():
            wanted = _bare(answer).casefold()
            lettered = re.match(rf"{letter.casefold()}\W+(.*)\Z", said, re.DOTALL)
            if said == wanted or (lettered and _bare(lettered[1]) == wanted):
                return letter
        return None

    def share(self, letter: str, logprobs: Sequence[TokenLogprob]) -> float | None:
        """The letter's part of the probability that all letters have where it was generated."""
        for token in logprobs:
            if _bare(token.token) != letter:
                continue
            weights = dict.fromkeys(self.answers, 0.0)
            seen = {token.token: token.logprob} | dict(token.rivals)
            for text, logprob in seen.items():
                if _bare(text) in weights:
                    weights[_bare(text)] += math.exp(min(0.0, logprob))
            total = sum(weights.values())
            return weights[letter] / total if total > 0 else None
        return None


# Within longer text a letter counts only after such a lead and before a stop: A and I are words.
_LEAD = re.compile(r"^(?:the )?(?:correct )?(?:answer|option|choice)(?: is)?\b\W*", re.IGNORECASE)
_LETTERED = re.compile(
    r"\b(?i:answer|option|choice)(?: is)?[\s:*(\"']+([A-Z])(?=[)*\"']*(?:[.,:;}\n]|\s*\Z))"
)


def _bare(text: str) -> str:
    return text.strip("*_`\"'()[]{}.,:;!> \t\r\n")


def stop_if_refused(model: Model, reply: Reply) -> None:
    if reply.finish == "refusal":
        raise ModelRefused(f"{model.name} declined to answer.")
    if reply.finish == "filter":
        raise ModelRefused(f"The server of {model.name} withheld the answer (content filter).")
    if reply.finish == "cancelled":
        raise ReplyBroken(f"The answer of {model.name} was cancelled.")
