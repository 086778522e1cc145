"""Where an answer states a calculation: the texts on both sides of its equals signs.

"3 boxes * $4 = $12", chains such as "12 / 5 = 2.4 = 2", and the `<<15+25=40>>` in which GSM8K
writes them (Cobbe et al., arXiv 2110.14168). Only what is surely arithmetic counts: a statement
with a variable in it, or that goes on in a way that cannot be read, is left out.
"""

from __future__ import annotations

import re

MAX_TEXT = 20_000  # characters of an answer that are looked at, the last ones

NUMBER = r"(?>(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(?!:[0-9])"
AMOUNT = rf"[-−]?(?:[$€£][ ]?)?[-−]?{NUMBER}(?:[ ]?[%€¢])?"
# Words after a number: its unit, and whatever else is said of it ("cups of water per day").
_OPERATOR_WORDS = r"(?:plus|minus|times|divided|equals|is[ ]equal)\b"
_WORD = (
    rf"(?!{_OPERATOR_WORDS}|[xX](?![A-Za-z]))"
    r"[A-Za-z]+(?:['’-][A-Za-z]+)*(?:/[A-Za-z]+)?"
)
_WORDS = rf"(?:/[A-Za-z]+)?(?:[ ]?{_WORD}(?![A-Za-z])){{0,4}}"
# Atomic: what was taken is never given back, so that a long text takes no time.
_OPERAND = rf"(?>(?:\([ ]*){{0,8}}{AMOUNT}{_WORDS}(?:(?:[ ]*\)){{1,8}}{_WORDS})?)"
_OPERATOR = (
    r"[ ]*(?:\*\*|//|[-−–+*/×÷·∙⋅^]|[xX](?![A-Za-z])|(?:plus|minus|times|divided[ ]by)\b)[ ]*"
)
_EQUALS = r"[ ]*(?:=|≈|(?:equals|is[ ]equal[ ]to)\b)[ ]*"
_STATEMENT = re.compile(
    rf"{_OPERAND}(?:{_OPERATOR}{_OPERAND}){{1,30}}"
    rf"(?:{_EQUALS}{_OPERAND}(?:{_OPERATOR}{_OPERAND}){{0,30}})+"
)
_NOTED = re.compile(r"<<([-+*/%().,=0-9 ]{3,200})>>")
_BETWEEN = re.compile(_EQUALS)
_OPERATOR_AT_END = re.compile(r"[-−–+*/×÷·^<>]\s*\Z")
_VALUE_AT_END = re.compile(r"(?:\b[A-Za-z]|[0-9)])\Z")
_GOES_ON = re.compile(r"[A-Za-z_(\[]|[ ]*[+*/×÷^=]|[ ]*[-−–][ ]*[a-z]\b")
_VARIABLE = re.compile(
    r"(?<=[0-9)])[A-Za-wy-z](?![A-Za-z'’])|(?<![A-Za-z'’])(?![aAI])[A-Za-wy-z](?![A-Za-z'’])"
)
_SCALE = re.compile(r"\b(?:dozens?|hundred|thousand|million|billion)\b", re.IGNORECASE)
_LATEX = (
    (re.compile(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}"), r"((\1)/(\2))"),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|boxed)\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\times|\\cdot"), "×"),
    (re.compile(r"\\div"), "÷"),
    (re.compile(r"\\approx"), "≈"),
    (re.compile(r"\\([$%*])"), r"\1"),
    (re.compile(r"\\[,;!() \[\]]|\{,\}"), " "),
)
_SHARE_OF = re.compile(r"(%|[0-9]/[0-9]+)[ ]of[ ](?=[$€£]?[0-9])")
_REMARK = re.compile(r"(?<=[0-9%])[ ]\([A-Za-z][^()=\n]{0,60}\)")
_BOLD = re.compile(r"(?<![0-9)])\*\*(?=\S)([^\n]+?)(?<=\S)\*\*(?![0-9(])")


def statements(answer: str) -> list[list[str]]:
    """The sides of each statement, in the order of the answer; at least two sides each."""
    text = answer[-MAX_TEXT:].replace("\\*", "*")
    found, removed = list[tuple[int, list[str]]](), 0
    for match in _NOTED.finditer(text):
        found.append((match.start() - removed, match[1].split("=")))
        removed += len(match[0])
    # The notes are taken out, so that "= <<2*3=6>>6" reads "= 6"; both are statements.
    plain = _plain(_NOTED.sub("", text))
    for match in _STATEMENT.finditer(plain):
        if _stands_alone(plain, match):
            found.append((match.start(), _BETWEEN.split(match[0])))
    return [sides for _, sides in sorted(found, key=lambda one: one[0])]


def _plain(text: str) -> str:
    """Without LaTeX, bold face and remarks: "34 (from the zebras) + 6" is "34 + 6"."""
    if "\\" in text:
        for pattern, plain in _LATEX:
            text = pattern.sub(plain, text)
    text = _BOLD.sub(r"\1", text) if "**" in text else text
    return _REMARK.sub("", _SHARE_OF.sub(r"\1 * ", text))


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Whether the statement is all there is, not part of one that cannot be read."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    begun = line.strip(" \t#>")
    if begun in ("-", "*", "–", "+"):  # the mark of a list
        begun = ""
    signed = match[0][0] in "-−" and _VALUE_AT_END.search(begun)  # no sign, then: "x -3 * 4 = 0"
    glued = line[-1:].isalnum() or line[-1:] in ("_", ".")
    cut = signed or glued or _OPERATOR_AT_END.search(begun)
    if cut or _VARIABLE.search(match[0]) or _SCALE.search(match[0]):
        return False
    return _GOES_ON.match(text, match.end()) is None
