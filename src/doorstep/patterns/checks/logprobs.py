"""How probable the model itself held its tokens.

A weak sign for prose (there are many ways to say a thing), a better one for the tokens of a short
final answer (Kadavath et al., arXiv 2207.05221, section 2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp

from doorstep._values import TokenLogprob
from doorstep.patterns.checks.base import Look, Sign

NAME = "log-probabilities"

TAIL = 60  # tokens at the end of an answer among which its final number stands
SHORT = 12  # tokens: an answer up to this is its own final answer

_DIGIT = re.compile(r"[0-9]")


def logprobs(look: Look) -> Sign:
    """Doubt as the model's own doubt of its final answer's tokens; None where the server gives no
    log-probabilities, or the answer is long and ends in no number."""
    tokens = [token for token in look.reply.logprobs if token.token.strip()]
    if not tokens:
        return Sign(NAME, None, "the server gives no log-probabilities")
    values = [token.logprob for token in tokens]
    features = {"logprob_mean": sum(values) / len(values), "logprob_least": min(values)}
    final = _final(tokens)
    if not final:
        return Sign(NAME, None, "the answer has no short final part", features)
    features["logprob_final"] = sum(final)
    held = exp(min(sum(final), 0.0))
    reason = f"the model held its final answer to be {held:.0%} probable"
    return Sign(NAME, round(1 - held, 4), reason, features)


def _final(tokens: Sequence[TokenLogprob]) -> list[float]:
    """The log-probabilities of the last number's tokens, or of a whole short answer."""
    if len(tokens) <= SHORT and not any(_DIGIT.search(token.token) for token in tokens):
        return [token.logprob for token in tokens]
    run: list[float] = []
    for token in reversed(tokens[-TAIL:]):
        is_number = bool(_DIGIT.search(token.token)) or (run and token.token in (",", "."))
        if is_number:
            run.append(token.logprob)
        elif run:
            break
    return run
