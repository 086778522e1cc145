"""What an answer says about itself: that it refuses, or that it is not sure."""

from __future__ import annotations

import re

from doorstep.patterns.checks.base import Look, Sign

REFUSAL, HEDGING = "refusal", "hedging"

BEGINNING = 300  # characters within which a refusal begins

_REGRET = (
    r"(?:(?:i['’]?m |i am )?(?:really |very |so )?sorry[,.!]?(?: but)?|unfortunately,?"
    r"|as an ai[^.,]{0,30},?)"
)
_UNABLE = (
    r"(?:i|we) (?:can(?:no|['’])t|can ?not|am (?:not able|unable) to|['’]m (?:not able|unable) to"
    r"|are (?:not able|unable) to|won['’]t|will not|do(?:n['’]t| not) have access"
    r"|(?:must|have to) decline|decline)"
)
_ABOUT = (
    r"(?: (?:be able to|to))?[ ]?(?:help|assist|answer|provide|comply|do that|fulfil+|discuss|give"
    r"|offer|access|browse|see|open|view|read|share|support|continue|process|engage|look up)?\b"
)
_REFUSES = re.compile(
    rf"\A\W*(?:{_REGRET}\s*)?{_UNABLE}{_ABOUT}"
    r"|\bas an ai (?:language )?model\b[^.]{0,60}\b(?:can(?:no|['’])t|cannot|unable|not able)\b"
    rf"|\A\W*{_REGRET}[^.]{{0,40}}\b{_UNABLE}"
    r"|\A\W*(?:es tut mir leid|tut mir leid|entschuldigung)[^.]{0,40}\bkann\b[^.]{0,60}\bnicht\b"
    r"|\A\W*(?:je suis désolée?|désolée?)[^.]{0,40}\bne (?:peux|puis) pas\b"
    r"|\A\W*lo siento[^.]{0,30}\bno puedo\b",
    re.IGNORECASE,
)
# "I can't see why not", "I won't lie": said before an answer, not instead of one.
_NO_REFUSAL = re.compile(
    r"\A\W*(?:i|we) (?:can['’]t|cannot|won['’]t|will not) (?:see (?:why|any)|lie|recommend|wait"
    r"|stress|emphasi[sz]e|think|imagine|believe)\b",
    re.IGNORECASE,
)

_LOST = re.compile(
    r"\b(?:i(?:['’]m| am) not (?:entirely |quite |completely |really |100% )?(?:sure|certain)"
    r"|i do(?:n['’]t| not) know|(?:is|are|was)(?:n['’]t| not) (?:enough|sufficient) information"
    r"|insufficient information|not possible to (?:determine|say|answer|know|calculate)"
    r"|impossible to (?:determine|say|know|tell)|can(?:not|['’]t| not) be (?:determined|known)"
    r"|(?:hard|difficult) to (?:say|tell|determine|know)"
    r"|does(?:n['’]t| not) (?:provide|give|specify|contain) (?:enough|sufficient|the information)"
    r"|without (?:more|further|additional) (?:information|context|details)"
    r"|this (?:does not|doesn['’]t) (?:make sense|seem right|add up)"
    r"|i (?:may|might) (?:be wrong|have made)|there (?:is|seems to be) (?:a|an) (?:mistake|error)"
    r"|you(?:['’]d| would)? (?:may|might|should)? ?(?:want|need) to (?:check|verify|consult))",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:probably|perhaps|maybe|possibly|presumably|i (?:think|believe|guess|suppose|assume)"
    r"|assuming|let['’]?s assume|it (?:seems|appears)|likely|might be|could be|as far as i know"
    r"|to my knowledge|approximately|roughly)\b",
    re.IGNORECASE,
)


def refusal(look: Look) -> Sign:
    """Whether the model declined, by its words or by its server's."""
    if look.reply.finish in ("refusal", "filter"):
        return Sign(REFUSAL, 1.0, "the model's server says that it declined", {"refuses": 1.0})
    start = look.answer[:BEGINNING]
    refuses = bool(_REFUSES.search(start)) and not _NO_REFUSAL.search(start)
    reason = "the answer declines" if refuses else "the answer does not decline"
    return Sign(REFUSAL, 0.95 if refuses else 0.0, reason, {"refuses": float(refuses)})


def hedging(look: Look) -> Sign:
    """Whether the answer says that it may not be one. Words of caution alone weigh little."""
    lost, soft = len(_LOST.findall(look.answer)), len(_SOFT.findall(look.answer))
    features = {"says_unsure": float(lost), "cautious": float(soft)}
    if lost:
        return Sign(HEDGING, 0.75, "the answer says that it is not sure", features)
    if soft:
        return Sign(HEDGING, min(0.15 + 0.05 * soft, 0.4), "the answer is cautious", features)
    return Sign(HEDGING, 0.0, "the answer does not hedge", features)
