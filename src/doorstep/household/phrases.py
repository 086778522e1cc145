# ruff: noqa: E501
"""Turns of phrase that the reader of notes looks for, each a regular expression or a word list."""

from __future__ import annotations

import re

THEN = re.compile(
    r"\b(?:by|before|until|till|after|from|since|past|at)\s+(then|(?:that|this)(?: time| hour| point)?)(?=\s*(?:[.,;:!?)]|$|(?:on|onwards?|and|because|or|at the latest|please|so|no|nothing|neither|it|the|is|must|may|only|too|as well|again|already|we|she|he|they|if|when)\b))",
    re.IGNORECASE,
)
REVOKED = re.compile(
    r"^(?:nonsense\b|forget (?:it|that)\b|ignore (?:it|that)\b|not any ?more\b|no longer\b|(?:that|this) was (?:the |an? |last |before |under )?(?:old|last|yesterday|former|previous|years|then)|(?:that|it) (?:is|was) (?:only )?(?:yesterday|the old|an old|last))|^(?:but |and |well, |now |though |however,? )*(?:that|this|it|the|which)\b(?: (?:old |earlier )?(?:rule|limit|restriction|one|arrangement|ban|deadline|curfew|agreement))?"
    r"[^.]{0,30}\b(?:no longer|not (?:apply |hold |count |matter )?any ?more|doesn't apply|does not apply|cancelled|canceled|called off|is gone|was lifted|been lifted|been dropped|was dropped|expired|is over|ended|scrapped|is history|off the table)\b",
    re.IGNORECASE,
)
EXCEPT = re.compile(
    r"\b(?:except(?: for)?|apart from|other than|but|save|besides|bar)\s+(?:for )?(?:the|our|my)?\s*$",
    re.IGNORECASE,
)
BROKEN = re.compile(
    r"\b(?:broken|out of order|out of service|defective|faulty|unplugged|in for repair|being repaired|at the (?:garage|workshop|mechanic'?s?|repair shop|dealer)|awaiting repair|on loan"
    r"|lent (?:it |him |her )?(?:out|to)|not working|does not work|doesn't work|has already (?:run|finished|been run|been done|done|had)|already (?:ran|finished|done|run) (?:today|this|its|for|at|earlier)|is already (?:done|finished|through|charged|full|fully charged)"
    r"|done for (?:today|the day)|finished for (?:today|the day)|(?:not|n't) (?:be )?(?:available|usable|used|needed|in use|here|home) (?:today|tonight|until (?:mon|tue|wed|thu|fri|sat|sun|next)|this week|at all)|won't be (?:used|needed|run) (?:today|tonight)"
    r"|does(?:n't| not) need to run|stays? off (?:today|tonight|this week|all week|all day)|is away (?:today|tonight|until (?:mon|tue|wed|thu|fri|sat|sun|next)|for the|this week|all)|away for (?:the|a) |is dead|packed away|disconnected|waiting for a (?:part|new|spare|technician|plumber)|out of action|on the blink|kaputt?|burnt out|burned out|in pieces|in bits|lent away|lend(?:ed)? (?:away|to)|seized up|stays off today|conked out|gave up the ghost)\b",
    re.IGNORECASE,
)  # fmt: skip
REVOKED_AFTER = re.compile(
    r"(?:[,;–—-]|\b(?:but|and|though|although|however))\s*[^.;]{0,60}?\b(?:that|this|it|which|the rule|they|those)\b\s*(?:rule|limit|one)?\s*(?:has |have |is |are |was |were )?(?:now |been |since )?(?:no longer (?:applies|apply|holds|hold|counts|matters|valid|in force|true|the case|needed|so)"
    r"|(?:doesn't|does not|don't|do not) (?:apply|hold|count|matter)|cancelled|canceled|called off|lifted|dropped|scrapped|expired|off the table|history|gone|changed|over now|void)",
    re.IGNORECASE,
)
SAME = re.compile(
    r"^\W*(?:and |but )?(?:(?:the )?same (?:goes|applies|holds|is true|rule|deadline|limit|for|with|time)|likewise|ditto|so (?:does|must|should|has|is) |as (?:does|must|is) |that goes for|that also goes|this also|the rule also|that includes|this applies|that applies|also true)\b",
    re.IGNORECASE,
)
DITTO = re.compile(
    r"^(?:the |our |my )?\w+(?: \w+)?[:,]? (?:the )?(?:same|ditto|likewise|too|as well)\W*$",
    re.IGNORECASE,
)
OUTDATED = re.compile(
    r"^\W*(?:cancelled|canceled|void|obsolete|former(?:ly)?|expired|repealed|revoked|old (?:note|rule|plan|lease|house rule))\b",
    re.IGNORECASE,
)
MEANWHILE = re.compile(
    r"\b(?:(?:in|during|over|for|within|at|throughout) (?:that|this|these|those|which|the same) (?:time|period|window|hours|slot|stretch|while|times)|meanwhile|in the meantime|then(?=\s*(?:[.,;!?]|$))|all that time|for that long)",
    re.IGNORECASE,
)
LASTING = re.compile(r"\b(?:until|till|to|ends?|lasts?|over|finishes|through)\b", re.IGNORECASE)
ALSO = re.compile(
    r"\b(?:and|as)\s+so\s+(?:does|do|must|should|is|are|has|have|will)\b|\b(?:and )?the same (?:goes|applies) for\b|,\s*as (?:does|must|is|has|should)\b",
    re.IGNORECASE,
)
MEANING = re.compile(
    r"\b(?:mean(?:s|ing)?|that is|namely|i\.e\.|which is|includ(?:es|ing)|to wit|such as|viz|being|like|(?:goes|counts?) for|(?:applies|applied|apply) to|does count|counts? as|so)|[:(]",
    re.IGNORECASE,
)
MENDED = re.compile(
    r"\b(?:was|were|had been|must|to be|needs?|has to|should|can|before|until|when|used to be|no longer|not|isn't|repaired and|fixed|mended|works again|working again|back in order|last (?:week|month|year|winter|summer)|yesterday|if|nearly|almost)\b[^.]{0,40}$",
    re.IGNORECASE,
)
ELLIPSIS = re.compile(
    r"^[\W_]*(?:and |but |also |so |then |please |just |strictly |absolutely |however,? |again,? )*(?:must|mustn't|has to|have to|needs?|should|shall|can't|cannot|can|may|not|never|no later|no earlier|not later|done|ready|finished|through|quiet|silent|off|only|by|before|after|from|until|till"
    r"|please|don't|do not|latest|earliest|to be|start|run|stop|finish|switch|turn|keep|deadline|noise|charge|charged|complete|full|empty|available|ok|okay|fine|wants|is to|between|at the latest|on no account|under no circumstances|because|since|as|once|when|the (?:limit|deadline|rule|earliest|latest|reason|noise|cycle|load|programme|program|motor|hum|vibration|battery)|there|latest|wait|hold|starting|running|finishing|doing|in any case|either way|that (?:means|is why)|otherwise|all of that|for)\b",
    re.IGNORECASE,
)
PLAIN = {
    "prior to": "before",
    "up to": "until",
    "as from": "from",
    "as of": "from",
    "nlt": "by",
    "not later as": "no later than",
    "'cause": "because",
}
PRIOR = re.compile(
    r"(?<!\w)(?:prior to|up to|as from|as of|nlt|not later as|'cause)(?!\w)", re.IGNORECASE
)
THENCE = re.compile(
    r"\b(?:thereafter|afterwards|beforehand|after this|by which (?:time|point)|before which)\b",
    re.IGNORECASE,
)
BIDS = re.compile(
    r"^\W*(?:please |so |then )*(?:wait|hold|leave|keep|let|finish|empty|start|run|charge|have|get|switch|turn|put)\b",
    re.IGNORECASE,
)
AWAITING = ("before", "until", "till", "once", "when", "after", "as-soon", "by-the-time")
GOES_ON = re.compile(r"^(?:he|she|they|that|this|it|which)(?:'s|'ll)?\s", re.IGNORECASE)
# A clause that opens with one of these has lost its subject ("Her carer, Ada, arrives at nine").
OTHERS = frozenset(
    "arrives comes goes leaves wakes sleeps gets calls lands returns drives takes picks plays works visits rings drops came went left got took said eats teaches collects brings stays".split()
)
JOINERS = frozenset(
    "and or nor , & / the my our both neither either as well plus his her their a + then no not an likewise also".split()
)
LOOSE = (
    "until",
    "till",
    "before",
    "after",
    "once",
    "when",
    "by-the-time",
    "as-soon",
    "while",
    "if",
    "as-long",
    "whenever",
    "unless",
    "which",
)
# "…, and today that's at 21:25" tells when what went before happens.
HAPPENS = re.compile(
    r"^(?:and |but |though )*(?:today |tonight |this time )?(?:that's|that (?:is|will|won't|happens))\b"
)
DURING = re.compile(
    r"\b(?:during (?:it|that|this|these|those|her|his|their|the)|for (?:that|the full|the whole|all that) \w+|(?:in|over|throughout|for) (?:that|those|these|precisely those) \w+|for as long as|so long as it lasts|all that time|meanwhile|while it lasts|the whole of that time)\b",
    re.IGNORECASE,
)
APPLIES = re.compile(
    r"\b(?:(?:goes|counts?|holds) for|appl(?:y|ies) to|concerns?|includ(?:es|ing)|means?|meant|namely|i\.e\.|for us|especially|in particular|above all|offender|must (?:respect|obey)|has to (?:respect|observe|obey)|observes?|off|noise|noisy)\b",
    re.IGNORECASE,
)
HUSH = re.compile(
    r"\b(?:quiet|quietness|silence|silent|noise|peace|hush|no sound|not a sound|machines?|appliances?)\b",
    re.IGNORECASE,
)
DUTY = re.compile(
    rf"{HUSH.pattern}|\b(?:must|has to|have to|had better|should|please|pls|wants?|needs?|may|can't|cannot|done|dry|clean|full|washed|charged|off|wait|nothing|no|never|earliest|latest|deadline)\b",
    re.IGNORECASE,
)
