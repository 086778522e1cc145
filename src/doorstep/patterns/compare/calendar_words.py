"""Words of the calendar: months and weekdays in six languages, feasts with a fixed date."""

from __future__ import annotations

_MONTHS = """
january jan januar janvier enero gennaio januari
february feb februar février fevrier febrero febbraio februari
march mar märz maerz mars marzo marts maart
april apr avril abril aprile
may mai mayo maggio maj mei
june jun juni juin junio giugno
july jul juli juillet julio luglio
august aug août aout agosto augustus
september sep sept septembre septiembre settembre
october oct oktober octobre octubre ottobre okt
november nov novembre noviembre
december dec dezember décembre decembre diciembre dicembre dez
"""
_WEEKDAYS = """
monday mon montag lundi lunes mandag
tuesday tue tues dienstag mardi martes tirsdag
wednesday wed weds mittwoch mercredi miércoles onsdag
thursday thu thur thurs donnerstag jeudi jueves torsdag
friday fri freitag vendredi viernes fredag
saturday sat samstag samedi sábado lørdag
sunday sun sonntag dimanche domingo søndag
"""


def _numbered(rows: str, first: int) -> dict[str, int]:
    lines = enumerate(rows.strip().splitlines(), first)
    return {word: number for number, line in lines for word in line.split()}


MONTHS = _numbered(_MONTHS, 1)
WEEKDAYS = _numbered(_WEEKDAYS, 0)  # Monday is 0, as in datetime
_NTH = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh
twenty-eighth twenty-ninth thirtieth thirty-first"""
ORDINALS = {word: number for number, word in enumerate(_NTH.split(), 1)}
# Minutes from UTC. Names that stand for two zones (IST) are left out; ET and PT are taken for the
# zone's standard time, as most people do who write them.
ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "JST": 540, "KST": 540, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
    "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
    "PDT": -420, "AKST": -540, "HST": -600, "ET": -300, "PT": -480, "Z": 0,
}  # fmt: skip
FEASTS = {
    "new year's day": (1, 1),
    "valentine's day": (2, 14),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
}
