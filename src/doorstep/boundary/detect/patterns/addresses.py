"""Postal addresses: street and number with what surrounds them; boxes; postcodes with towns."""

from __future__ import annotations

import re

from doorstep.boundary.detect.pattern import Pattern

KIND = "address"

_UP = "[A-ZÀ-ÖØ-Þ]"
_LOW = "[a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįİıĵķĺļľłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżž]"
_WORD = f"{_UP}(?:{_LOW}|{_UP}|['.-])*"
# Between the lines of an address: a comma, or a line end and what quoted lines begin with.
_LINE = r"(?:, ?|(?:,? ?\r?\n[ \t>?|*]{0,8}){1,2}(?:, ?)?|,? {1,2})"
_BREAK = r"(?:, ?|(?:,? ?\r?\n[ \t>?|*]{0,8}){1,2}(?:, ?)?)"


def _spellings(words: str) -> str:
    """Each word with a capital and in capitals, the longest first."""
    both = {form for word in words.split() for form in (word.capitalize(), word.upper())}
    return "(?:" + "|".join(sorted(both, key=lambda word: (-len(word), word))) + ")"


_STREET_EN = (
    "(?:street|avenue|road|lane|boulevard|"
    + _spellings(
        "street str st avenue ave av road rd boulevard blvd lane ln drive dr court ct way wy place "
        "pl square sq terrace ter circle cir parkway pkwy highway hwy crescent cres close gardens "
        "garden gdns grove mews alley loop trail trl plaza pike turnpike expressway freeway walk "
        "parade esplanade causeway broadway row quay"
    )
    + ")"
)
# Further suffixes of USPS Publication 28; also ordinary words, so a long house number is asked for.
_STREET_RARE = _spellings(
    "hill hills view views heights park run ridge path point points cove coves bend crossing manor "
    "meadow meadows green common bypass glen forge forges extension extensions summit crossroad "
    "crossroads spur spurs knoll knolls harbor harbors isle isles junction junctions fall falls "
    "estate estates field fields ford fords forest forks fort gateway haven hollow inlet island "
    "islands key keys lake lakes land landing light lights lock locks lodge mall mill mills "
    "mission motorway mount mountain mountains neck orchard oval overpass pass passage pine pines "
    "plain plains port ports prairie radial ramp ranch rapid rapids rest river route shoal shoals "
    "shore shores skyway spring springs station stravenue stream throughway trace track trafficway "
    "tunnel underpass union unions valley valleys viaduct village villages ville vista vis well "
    "wells wall divide drives curve creek course corner corners club cliff cliffs center centers "
    "cape canyon camp burg brook brooks bridge branch bottom bluff bluffs beach bayou arcade annex"
)
_UNIT = (
    r"(?i:(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|lot|box|#)\.? ?#? ?)"
    r"[A-Za-z]?-?\d{1,5}[A-Za-z]?"
)
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|"
    r"RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])"
)
_US_TAIL = rf"(?:(?:{_LINE}(?:{_WORD} ?){{1,3}})?{_LINE}{_STATE}\b\.? ?(?:\d{{5}}(?:-\d{{4}})?)?)?"
_UK_CODE = r"(?:[A-PR-UWYZ][A-HK-Y]?\d[0-9A-HJKPSTUW]?) ?\d[ABD-HJLNP-UW-Z]{2}"
# What may follow a street: units, postcodes, towns, countries, behind a comma or a line end.
_TAIL = (
    rf"(?:(?:{_LINE}{_UNIT})|{_BREAK}(?:{_UK_CODE}|(?:[A-Z]{{1,2}}-)?\d{{4,6}}(?:-\d{{3,4}})?"
    rf"(?: ?[A-Z]{{2}})?(?:,? {_WORD}(?:[ -]{_WORD}){{0,2}})?"
    rf"|{_WORD}(?:[ -]{_WORD}){{0,2}}(?:,? (?:{_UK_CODE}|\d{{4,6}}))?\b)){{0,5}}"
)

_GERMANIC = (
    r"(?:[sS]tra(?:ß|ss)e|[sS]tr\.|[wW]eg|[pP]latz|[aA]llee|[gG]asse|[rR]ing|[dD]amm|[uU]fer|"
    r"[cC]haussee|[sS]teig|[hH]of|[gG]ade|[vV]ej|[aA]llé|[pP]lads|[sS]træde|[gG]ata|[gG]atan|"
    r"[vV]ägen|[vV]eien|[vV]ei|[gG]ate|[sS]traat|[lL]aan|[pP]lein|[dD]ijk|[kK]atu|[tT]ie|"
    r"[uU]tca|[gG]ränd|[bB]akken|[cC]entret|[tT]orv|[mM]arkt|[kK]ade|[sS]ingel|[gG]racht|[sS]tígur|"
    r"[tT]orget|[tT]errasse|[tT]orv|útja|utca|u\\.|tér|ulice|põik|straße|promenade)"
)
_ROMANCE = (
    r"(?:[rR]ue|RUE|[aA]venue|[bB]oulevard|[bB]d\.?|[pP]lace|[cC]hemin|[iI]mpasse|[aA]llée|[qQ]uai|"
    r"[rR]oute|[cC]ours|[pP]assage|[sS]quare|[cC]alle|C/|[aA]venida|[aA]vda\.?|[pP]laza|[pP]aseo|"
    r"[cC]arretera|[cC]amino|[rR]onda|[tT]ravesía|[vV]ia|[vV]iale|[pP]iazza|[cC]orso|[vV]icolo|"
    r"[lL]argo|[rR]ua|[tT]ravessa|[pP]raça|[eE]strada|[uU]l\.|[uU]lica|[aA]l\.|[pP]l\.|[sS]trada)"
)
_PARTICLES = (
    r"(?: ?(?:d[eu]|des|del|della|dei|delle|do|da|dos|das|la|le|les|el|los|las|l'|d'|di|of))*"
)

_GERMAN_MONTHS = (
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember Jahr"
).split()

PATTERNS = (
    Pattern(
        "address english",
        KIND,
        "House number, street name and street word; with unit, town, state and code if there",
        rf"\b(?:\d{{1,6}} )?\d{{1,6}}[A-Za-z]?(?:-\d{{1,5}})?,? (?:(?:[NSEW]|N[EW]|S[EW])\.? )?"
        rf"(?:(?:{_WORD}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,4}}{_STREET_EN}\b\.?"
        rf"(?: (?:[NSEW]|N[EW]|S[EW]|North|South|East|West)\b\.?)?(?:{_LINE}{_UNIT})?"
        rf"{_US_TAIL}{_TAIL}",
        hint=rf" {_STREET_EN}\b",
        edges=False,
    ),
    Pattern(
        "address english rare",
        KIND,
        "The same with rarer street words, where the house number has three digits or more",
        rf"\b\d{{3,6}}[A-Za-z]?,? (?:(?:[NSEW]|N[EW]|S[EW])\.? )?(?:{_WORD} ){{1,3}}"
        rf"{_STREET_RARE}\b(?:{_LINE}{_UNIT})?{_US_TAIL}{_TAIL}",
        hint=rf" {_STREET_RARE}\b",
        edges=False,
        check=lambda value: not re.match(r"(?:1[5-9]|20)\d\d ", value),
    ),
    Pattern(
        "address corner",
        KIND,
        "Corners of two streets",
        rf"(?i:\b(?:the )?corner of )((?:{_WORD}[ -]){{1,3}}(?:\d{{1,4}} )?(?:and|&) "
        rf"(?:{_WORD}[ -]?){{1,3}})",
        hint="(?i:corner of )",
        edges=False,
    ),
    Pattern(
        "address military",
        KIND,
        "Military post: APO, FPO, DPO with their code; PSC, Unit and Box",
        r"(?i:(?:\b(?:psc|unit|cmr) \d{3,5},? box \d{3,5}|\b(?:uss|uscgc|usns|usnv) [a-z]+)"
        r"[ ,]{0,2}\r?\n?[ \t>]{0,4}(?:apo|fpo|dpo),? a[aep] \d{5})\b",
        hint=r"(?i:(?:apo|fpo|dpo),? a[aep] \d{5})",
    ),
    Pattern(
        "address english lower case",
        KIND,
        "The same in small letters, where a state and a code follow",
        rf"(?i:\b\d{{1,6}} (?:[nsew]\.? )?(?:[a-z]+ ){{1,4}}{_STREET_EN}\b\.?,? "
        rf"(?:[a-z]+,? ){{1,3}}"
        rf"{_STATE},? \d{{5}}(?:-\d{{4}})?)\b",
        hint=r" \d{5}\b",
    ),
    Pattern(
        "address unit",
        KIND,
        "Apartments, suites and flats with their number",
        r"\b(?:Apt|APT|apt|Apartment|apartment|Suite|SUITE|suite|Ste|Flat)\.? ?#? ?"
        r"[A-Za-z]?-?\d{1,5}[A-Za-z]?\b",
    ),
    Pattern(
        "post box",
        KIND,
        "Post boxes in ten languages",
        r"(?i:\b(?:p\.? ?o\.?[ -]?box|post ?box|postfach|postboks|postbus|casella postale|"
        r"boîte postale|apartado(?: de correos)?|caixa postal|pmb|postilokero)"
        r"[ :#.]{0,3}(?:n[º°o]\.? ?)?)\d[\d -]{0,8}\d?\b",
    ),
    Pattern(
        "address germanic",
        KIND,
        "Street and number as in Germany, Denmark, Sweden, Norway, the Netherlands, Finland",
        rf"\b(?:\d{{1,6}} )?{_UP}(?:{_LOW}|[.'-]|-{_UP}|(?: {_UP}{_LOW}*)|"
        rf"(?:-{_UP}{_LOW}*))*(?:[ -])?{_GERMANIC}\.? "
        rf"\d{{1,4}}(?: ?[a-zA-Z]\b)?(?:-\d{{1,4}})?(?:,? \d\.? ?(?:tv|th|mf|sal)\b\.?)?{_TAIL}",
        hint=rf"{_GERMANIC}\.? \d",
        edges=False,
    ),
    Pattern(
        "address germanic lower case",
        KIND,
        "The same in small letters, with the endings that no other words have",
        r"\b(?:\d{1,6} )?[a-zß-ÿ]{3,}(?:straße|strasse|gasse|allee|vej|gade|gatan|vägen|"
        r"veien|straat|laan|katu) \d{1,4}(?: ?[a-z]\b)?",
        hint=r"(?:straße|strasse|gasse|allee|vej|gade|gatan|vägen|veien|straat|laan|katu) \d",
    ),
    Pattern(
        "address german phrase",
        KIND,
        "Streets without a street word: Am Alten Markt 5, Unter den Linden 77",
        rf"\b(?:Am|An der|An den|Auf dem|Auf der|Im|In der|In den|Zum|Zur|Unter den|Unter der|"
        rf"Hinter der|Vor dem|Bei der) {_UP}{_LOW}+(?:[ -]{_UP}{_LOW}+)? \d{{1,3}}[a-z]?\b{_TAIL}",
        hint=r"(?:Am|An de[rn]|Auf de[mr]|Im|In de[rn]|Zum|Zur|Unter de[rn]|Hinter der|Vor dem|"
        r"Bei der) [A-ZÀ-Þ]",
        narrow=lambda text, start, end: (
            None
            if text[end : end + 2] in (". ", "% ") and text[end + 2 : end + 3].isupper() is False
            else (start, end)
        ),
        unless=r"\d{1,2}\. ?",
        check=lambda value: not any(month in value for month in _GERMAN_MONTHS),
    ),
    Pattern(
        "address romance number first",
        KIND,
        "Number and street as in France: 12 bis, rue de la Paix, 75002 Paris",
        rf"\b\d{{1,4}}(?: ?(?:bis|ter|quater)\b)?,? {_ROMANCE}{_PARTICLES} ?{_WORD}"
        rf"(?:[ -](?:{_WORD}|de|du|des|la|le)){{0,4}}{_TAIL}",
        hint=rf"\d[a-z ,]{{1,10}}{_ROMANCE}[ a-z']*{_UP}",
        edges=False,
    ),
    Pattern(
        "address french lower case",
        KIND,
        "The same in small letters: 36 rue de pologne",
        rf"\b\d{{1,4}}(?: ?(?:bis|ter)\b)?,? (?:rue|avenue|boulevard|chemin|impasse|allée|quai)"
        rf"(?: (?:de la|de l'|du|des|de|d'))? ?[a-zß-ÿ]{{3,}}(?:-[a-zß-ÿ]+)*{_TAIL}",
        hint=r"\d[a-z ,]{1,8}(?:rue|avenue|boulevard|chemin|impasse|allée|quai) ",
        edges=False,
    ),
    Pattern(
        "address romance street first",
        KIND,
        "Street and number as in Spain, Italy, Portugal, Brazil, Poland",
        rf"\b{_ROMANCE}{_PARTICLES} ?{_WORD}(?:[ -](?:{_WORD}|de|del|la|los|las|di|"
        rf"della|e|y)){{0,4}}"
        rf",?(?: n[º°o]\.?| núm\.?)? ?\d{{1,4}}[a-zA-Z]?\b(?:/\d{{1,4}})?(?:,? "
        rf"?\d{{1,2}}[ºª°] ?[A-Za-z]?)?"
        rf"{_TAIL}",
        hint=rf"\b{_ROMANCE}[ A-ZÀ-ÖØ-Þdelo]",
        edges=False,
        check=lambda value: (
            not value.lower().startswith(("via ", "place ", "square ", "cours "))
            or any(char.isdigit() for char in value.split(",")[0])
        ),
    ),
    Pattern(
        "address korean",
        KIND,
        "Korean road addresses",
        r"(?:[가-힣]{2,}(?:시|도|군|구)? )?[가-힣]+(?:시|군|구) (?:[가-힣]+(?:읍|면|동) )?"
        r"[가-힣0-9]+(?:로|길) ?\d{1,4}(?:-\d{1,4})?",
        hint="(?:로|길) ?[0-9]",
    ),
    Pattern(
        "address chinese",
        KIND,
        "Chinese addresses: town, road and number",
        r"[一-龥]{1,12}(?:路|街|大道|巷|弄) ?\d{1,5} ?(?:号|號|弄)(?:[一-龥0-9]{0,8}(?:室|楼|栋|"
        r"幢))?",
        hint="(?:路|街|大道|巷|弄) ?[0-9]",
    ),
    Pattern(
        "address japanese",
        KIND,
        "Japanese postcodes and block numbers",
        r"〒 ?\d{3}-?\d{4}|\d{1,2}丁目\d{1,3}(?:番地?\d{0,3}号?|-\d{1,3}(?:-\d{1,3})?)?",
    ),
    Pattern(
        "postcode uk",
        KIND,
        "British postcodes",
        rf"\b{_UK_CODE}\b",
    ),
    Pattern(
        "postcode canada",
        KIND,
        "Canadian postcodes",
        r"\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]\d[ABCEGHJ-NPRSTV-Z]\d\b",
    ),
    Pattern(
        "postcode us",
        KIND,
        "A state and a ZIP code, with the town before it",
        rf"(?:\b(?:{_WORD} ){{0,2}}{_WORD}, ?)?\b{_STATE},? \d{{5}}(?:-\d{{4}})?\b",
        hint=rf"{_STATE},? \d{{5}}\b",
    ),
    Pattern(
        "postcode named",
        KIND,
        "Postcodes after the word in twelve languages",
        r"(?i:\b(?:zip(?: ?code)?|post(?:al)? ?code|postleitzahl|plz|code postal|código postal|"
        r"cap|postnr|postnummer|postcode|cep|pin ?code|pincode)\b[\"']?(?: is|"
        r" ist)?[ :=#]{1,3}[\"']?)"
        r"([A-Za-z]{0,2}-?\d[A-Za-z0-9]{1,5}(?:[ -][A-Za-z0-9]{2,4})?)\b",
    ),
    Pattern(
        "postcode dutch",
        KIND,
        "Dutch postcodes with their town",
        rf"\b[1-9]\d{{3}} ?[A-Z]{{2}},? {_UP}{_LOW}+",
        edges=False,
        check=lambda value: (
            not re.match(r"(?:1[5-9]|20)\d\d |\d+ ?(?:UN|EU|US|UK|TV|AM|PM|AD|BC|CE)", value)
        ),
    ),
    Pattern(
        "postcode and town",
        KIND,
        "Five digits, or four with a country letter, and a town, on a line of an address",
        rf"(?:\n[ \t]*|, ?)((?:[A-Z]{{1,2}}-)?\d{{5}} {_UP}{_LOW}{{2,}}(?:[ "
        rf"-]{_UP}{_LOW}+){{0,2}})",
        edges=False,
    ),
    Pattern(
        "postcode with country",
        KIND,
        "Postcodes with the letter of the country: D-10115 Berlin, DK-2100, A-1010",
        rf"\b(?:DE|AT|CH|DK|NL|SE|NO|FI|FR|[DABFILS])-\d{{4,5}}(?: {_UP}{_LOW}+)?",
        edges=False,
    ),
    Pattern(
        "postcode dashed",
        KIND,
        "Polish, Portuguese, Brazilian, Swedish postcodes with their town",
        rf"\b(?:\d{{2}}-\d{{3}}|\d{{4}}-\d{{3}}|\d{{5}}-\d{{3}}|"
        rf"SE-\d{{3}} \d{{2}}) {_UP}{_LOW}{{2,}}",
        edges=False,
    ),
)
