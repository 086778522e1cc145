"""The closed vocabulary: the only words that a goal may hold when it crosses.

Planning words alone, so that no name, thing or secret can be spelled with them. None of them is a
first name or a word of a household ("mark", "may", "bill", "page" and "person" are missing for
that reason), and none holds a digit.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

SlotKind = Literal[
    "name", "place", "event", "date", "period", "amount", "category", "text", "column", "file"
]
SLOT_KINDS: tuple[SlotKind, ...] = get_args(SlotKind)
MAX_SLOTS = 8
SLOTS = tuple(f"slot_{letter}" for letter in "abcdefgh")

WORDS = frozenset(
    """
a about above according across after again against ago all also amount amounts an and another any
apart are as at average be because been before began begin below beside best between both but by
can categories category change changed changes check choose column columns combine common compare
compared comparing compute contain containing contains cost costs count counted counting current
daily date dated dates day days decide decrease describe detail details did difference different
distinct do document documents does done during each earlier earliest either end ended ends entries
entry equal even event events every exact except exclude excluding expense expenses explain extract
fact facts few fewer field fields file files filter filtered find finish first follow following for
format from gather get give given greater greatest group grouped groups had happen happened happens
has have here high higher highest hour hourly hours how identify if in include including income
increase information into is it item items its join kind kinds know known large larger largest last
late later latest least less like limit line lines list listed longest look lookup low lower lowest
many match matches matching maximum mean meaning meant median mention mentioned mentions minimum
minus minute minutes money month monthly months more most much multiply name named names near
nearest need neither newest next no none nor not note notes now number numbers occur occurred of
often old older oldest on once one only or order ordered other out outcome over overall paid part
parts pay payment payments per percent percentage period periods place places plan previous price
prices purchase purchases quantity quarter question range rank rate ratio read reason recent record
recorded records relate related remaining remove rest result results return row rows same say says
search second section select sentence separate share show shown similar since single size slot
slots small smaller smallest some sort sorted source spend spending spent start started starts
state stated step steps still subtract such sum summarise summarize summary table tables task tell
text than that the their them then there these they thing things third this those time times to
today together top topic topics total totals trend two type types under unit units unknown until up
use used using value values was week weekly weeks were what when where whether which while who
whole whose why with within without word words year yearly years yes yesterday yet
    """.split()
)

TOKEN = re.compile(r"\{slot_[a-h]\}|[^\W\d_]+(?:['’][^\W\d_]+)*|[\d_]+|[^\w\s]")
_WORD = "|".join(sorted(WORDS, key=lambda word: (-len(word), word)))
_ITEM = rf"(?:(?:{_WORD})|\{{slot_[a-h]\}})"
MOST_WORDS = 60
# A goal in one line: words and slots, a space between two, a comma or semicolon before a space.
GOAL_SHAPE = rf"{_ITEM}(?:[,;]? {_ITEM}){{0,{MOST_WORDS - 1}}}"
