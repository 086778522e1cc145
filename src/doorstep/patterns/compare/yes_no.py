"""Yes or no, however it is put: "nope", "you can't", "that is not incorrect"."""

from __future__ import annotations

import re

from doorstep.patterns.compare.answer import last_question, marked, sentences
from doorstep.patterns.compare.clean import clean
from doorstep.patterns.compare.context import Context
from doorstep.patterns.compare.value import What

_YES = (
    r"yes|yep|yeah|yup|aye|true|correct|right|sure|absolutely|definitely|certainly|indeed"
    r"|of course|affirmative|by all means|exactly|agreed|precisely"
)
_NO = (
    r"no|nope|nah|false|incorrect|wrong|never|negative|not (?:really|yet|at all|so|quite|exactly"
    r"|that i|as far|anymore|any ?more|today|tomorrow|tonight"
    r"|currently|recommended|advisable|possible)"
)
_LEAD = re.compile(rf"\W*(?:well,\s|oh,\s)?(?:(?P<yes>{_YES})|(?P<no>{_NO}))\b", re.IGNORECASE)
_TRAIL = re.compile(r"(?:[:,;-]|\bso|\bis)\s*(?P<word>yes|no)\W*\Z", re.IGNORECASE)
_NEGATIONS = re.compile(
    r"\b(?:not|never|cannot|no longer|nor|neither|nobody|none|nothing|nowhere|hardly|without|no)\b"
    r"|n't\b",
    re.IGNORECASE,
)
# They turn an answer round, and a question too: "Is it wrong?" "It is wrong" is a yes.
_CONTRARY = re.compile(
    r"\b(?:false|incorrect|wrong|untrue|impossible|unlikely|unable|unsafe|illegal|forbidden"
    r"|prohibited|banned|against|avoid|refrain|inaccurate|inadvisable|unwise|invalid|myth"
    r"|misconception|fails?|failed|lacks?|refused?|steer clear"
    r"|prevent(?:s|ed)?|stop(?:s|ped)?|forbids?|prohibits?|too (?:late|early))\b",
    re.IGNORECASE,
)
_ASSENT = re.compile(
    r"\b(?:correct|true|right|possible|impossible|incorrect|false|wrong|untrue|so|definitely"
    r"|myth|misconception|absolutely|certainly|say (?:no|yes)|at all|indeed|safe|never"
    r"|afraid (?:not|so)|guess so|hope so)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\W*(?:indeed,?\s)?(?:i|you|he|she|it|they|we|that|this|there)(?:'\w+)?\s+(?:\w+'t|\w+)(?:\s\w+){0,3}\W*\Z",
    re.IGNORECASE,
)
_IDIOMS = re.compile(
    r"\bno (?:doubt|problem|wonder|worries)\b|\bnot only\b"
    r"|\bno (?:more|fewer|less|later|earlier|longer|sooner|greater) than\b",
    re.IGNORECASE,
)
_SO = re.compile(
    r"(?:,|;|\band)\s(?:so|therefore|thus|hence|which means|meaning)(?: that)?\s(?P<then>.+)",
    re.IGNORECASE,
)
_UNCLEAR = re.compile(
    r"\b(?:maybe|perhaps|possibly|depends|unsure|unclear|not (?:sure|certain|necessarily|always)"
    r"|yes and no|(?:don't|do not|can't|cannot) (?:know|tell|say|determine)|either way)\b",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"\W*(?:is|isn't|are|aren't|was|were|am|do|does|don't|doesn't|did|can|can't|could|may|might"
    r"|must|should|shouldn't|shall|will|won't|would|has|have|had)\b",
    re.IGNORECASE,
)
_BE = re.compile(
    r"\W*(?:is|isn't|are|aren't|was|were|am|has|hasn't|have|haven't|had)\b(?! there\b)",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\s(?:today|tonight|tomorrow|yesterday|now|right now|already|yet|currently|still|again"
    r"|this \w+|next \w+|last \w+)\Z"
)
_TAIL = re.compile(r"\s(?:on|in|at|for|to|from|by|with|of|after|before|during|within|until)\s.*")
_PAIRS = """open:closed open:shut on:off full:empty safe:dangerous safe:risky alive:dead
present:absent hot:cold same:different working:broken clean:dirty free:busy free:booked
late:punctual wet:dry legal:banned allowed:forbidden allowed:prohibited cheaper:dearer
higher:lower bigger:smaller larger:smaller longer:shorter faster:slower warmer:colder
warmer:cooler older:younger more:less more:fewer before:after above:below even:odd
available:sold available:unavailable good:bad healthy:unhealthy enough:insufficient
pass:fail finished:running done:running finished:ongoing over:ongoing
passed:failed win:lose won:lost begin:end increase:decrease rise:fall"""
_OPPOSITES: dict[str, frozenset[str]] = {}
for _pair in _PAIRS.split():
    for _word, _other in (_pair.split(":"), _pair.split(":")[::-1]):
        _OPPOSITES[_word] = _OPPOSITES.get(_word, frozenset()) | {_other}
_SMALL_WORDS = frozenset(
    "any anybody anyone anything some somebody someone nobody the this that with from have will"
    " would should could what which".split()
)


def read(text: str, context: Context) -> bool | None:
    """What `text` answers; None where it leaves it open or answers something else."""
    text = " ".join(clean(text).split(" ")).strip()
    text = {"y": "yes", "n": "no"}.get(text.rstrip(".").lower(), text)
    said = marked(text)
    if said is not None and _LEAD.match(said) and not _UNCLEAR.search(said):
        return _plain(said)
    if not text or _UNCLEAR.search(text):
        return None
    trail = _TRAIL.search(text)
    if trail is not None:
        return trail["word"].lower() == "yes"
    lead = _LEAD.match(text)
    if lead is not None and not _IDIOMS.match(text[lead.start() :].lstrip()):
        return _plain(text)
    return _by_polarity(sentences(text)[-1], context.question)


def whole(text: str, context: Context) -> bool | None:
    """The answer where `text` is short and says nothing else."""
    short = len(text.split()) <= 9
    evident = (
        text.strip(" .").lower() in ("y", "n")
        or _TRAIL.search(text)
        or _LEAD.match(text)
        or _ASSENT.search(text)
    )
    return read(text, context) if short and evident else None


def compared(a: bool, b: bool, context: Context) -> What:
    return () if a is b else ("answer",)


def _plain(text: str) -> bool:
    """A leading yes, unless it is turned round at once: "absolutely not"."""
    lead = _LEAD.match(text)
    assert lead is not None
    turned = re.match(r"\s*not\b", text[lead.end() :], re.IGNORECASE)
    return bool(lead["yes"]) and not turned


def _by_polarity(sentence: str, question: str) -> bool | None:
    """By counting negations, those of the question too: "isn't it impossible?" "It is not"."""
    sentence = _IDIOMS.sub(" ", sentence)
    if (so := _SO.search(sentence)) and _by_polarity(so["then"], question) is not None:
        return _by_polarity(so["then"], question)
    asks = bool(QUESTION.match(last_question(question)))
    opposite = asks and _opposes(sentence, question)
    if asks and not opposite and not _is_about(sentence, last_question(question)):
        return None
    if not asks and not (_ASSENT.search(sentence) or _SHORT.match(sentence)):
        return None
    turns = len(_NEGATIONS.findall(sentence)) + len(_CONTRARY.findall(sentence)) + opposite
    if asks and not _is_elliptic(sentence):
        turns += len(_CONTRARY.findall(last_question(question)))
    return turns % 2 == 0


def _is_elliptic(sentence: str) -> bool:
    """ "It does", "I would not": all that was asked is left out."""
    return bool(_SHORT.match(sentence)) and not _stems(sentence) - _STATES


def _is_about(sentence: str, question: str) -> bool:
    """Whether it takes up what was asked; "Is the door locked?" is not answered by "it is red"."""
    if _ASSENT.search(sentence):
        return True
    said, asked = _stems(sentence), _stems(question)
    if _SHORT.match(sentence) and not said - asked - _STATES:
        return True
    if not _BE.match(question):
        return bool(said & asked)
    words = [word for word in re.findall(r"[a-z]{3,}", _core(question)) if _stems(word)]
    return bool(words) and bool(_stems(words[-1]) & said)


def _core(question: str) -> str:
    """Without what only says when, where or to what: "Is the shop open on Sunday?"."""
    question = _WHEN.sub("", question.lower().rstrip("? "))
    shorter = _TAIL.sub("", question)
    return shorter if _stems(shorter) else question


def _opposes(sentence: str, question: str) -> bool:
    """Whether it says the opposite of a word that was asked: open for closed, unlocked."""
    said = set(re.findall(r"[a-z]+", sentence.lower()))
    asked = set(re.findall(r"[a-z]+", last_question(question).lower()))
    if any(f"un{word}" in said or f"un{other}" in asked for word in asked for other in said):
        return not said & asked & set(_OPPOSITES)
    return any(_OPPOSITES.get(word, frozenset()) & said for word in asked - said)


def _overlap(sentence: str, question: str) -> bool:
    said, asked = _stems(sentence), _stems(question)
    return bool(said & asked) or bool(_ASSENT.search(sentence))


# Words that add nothing to "it is" and "I would not".
_ELLIPSIS = """still already currently right now yet again today indeed really very quite isn aren
wasn weren don does doesn didn can couldn shouldn wouldn won hasn haven must mustn could might
advise avoid against recommend suggest think guess suppose believe expect likely unlikely probably
definitely certainly absolutely afraid hope never going able fine okay safe possible impossible has
did just had been need not cannot you they she them one all there good idea better
necessary required"""


def _stems(text: str) -> set[str]:
    words = re.findall(r"[a-z]{3,}", text.lower())
    return {word[:5].rstrip("s") for word in words if word not in _SMALL_WORDS}


_STATES = _stems(_ELLIPSIS)
