# ruff: noqa: E501
"""Which devices a piece of prose means: names, head nouns, synonyms, groups, pronouns.

A mention with no device in it is *foreign*: an appliance that the file does not list, or a word
for one ("the television"); a limit on it is a limit on nothing that we schedule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from doorstep.household.values import Device

MentionKind = Literal["name", "weak", "group", "pronoun", "foreign"]

# First item: words that say the class in a device's name. Second: words that can then mean it.
# Third: weak words, heeded only where a sentence has no better one.
_CLASSES: tuple[tuple[str, str, str], ...] = (
    ("dishwasher|dish washer", "dishwasher|dishie|glasswasher|dish washer|dish-washer|dish machine|dishwashing machine|dish-washing machine|diswasher|dishwaser", "dish cycle|dishwashing|glass wash|wash-up|dishes|washing-up|washing up|plates|crockery|pots and pans|bowl|mug|cups|glasses|lunchbox|lunch box|tureen|cutlery|pans|tray|trays|jars"),
    ("washer-dryer|washer dryer", "washer-dryer|washer dryer|washer|washing machine", "laundry|wash"),
    ("washing machine|washer|clothes washer|laundry machine", "washing machine|washing-machine|washer|clothes washer|laundry machine|laundry|wash cycle|washing|wash load|the wash|whites wash|wasching machine|washin machine", "wash|washed|washes|spinning|spin|whites|sheets|darks|uniforms|linen|bedding|bed linen|towels|spin cycle|overalls|aprons|delicates|shirt|uniform|kit|jersey|trousers|tunic|socks|jeans|scrubs|hoodie|pyjamas|nappies|gym things|robes|costume|leotard|jumper|clothes|curtains"),
    ("tumble dryer|tumble drier|tumbler|dryer|drier|clothes dryer", "tumble dryer|tumble drier|tumble-dryer|tumbler|dryer|drier|clothes dryer|tumble|laundry machine", "drying|tumbling|dry|dried|laundry|clothes"),
    ("ev charger|ev|electric car|car charger|wallbox|wall box|car|charge point|charging point|electric van|van|tesla|leaf|zoe|vehicle|charging station", "ev charger|ev|electric car|car charger|wallbox|wall box|wall charger|car|truck|pickup|pick-up|ute|e-car|charge point|charging point|charging station|charger|vehicle|electric van|van|hatchback|leaf|zoe|tesla|electric vehicle", "charge|charging|charged|recharge|drive|battery"),
    ("e-bike|ebike|e bike|bike|bicycle|cargo bike|pedelec|scooter|moped", "e-bike charger|ebike charger|bike charger|e-bike|ebike|e bike|bike|bicycle|cargo bike|cargo-bike|pedelec|e-bikes|charger", "charge|charging|charged|ride|battery"),
    ("scooter|e-scooter|moped", "scooter|e-scooter|moped", "charge|charging|charged"),
    ("wheelchair", "wheelchair|chair|wheelchair charger", "charge|charging|charged"),
    ("immersion heater|immersion|hot-water tank|hot water tank|hot water|hot-water|boiler|water heater|water tank|geyser|hot water cylinder|cylinder", "immersion heater|immersion|hot-water tank|hot water tank|water heater|boiler|hot water|hot-water|water tank|geyser|cylinder|hot water cylinder|tank", "water|shower|showers|bath|heat"),
    ("heat pump|heat-pump", "heat pump|heat-pump|heat pump boost|heating boost|heating|boost", "heat|warm|warmed"),
    ("pool pump|pool", "pool pump|filter pump|pool filter|pool", "pump|filtering"),
    ("irrigation|sprinkler|sprinklers|watering", "irrigation pump|irrigation|sprinkler|sprinklers|watering|garden pump|watering pump|irrigation system", "pump|garden|water|watered|field|beds"),
    ("well pump|water pump|borehole pump|borehole", "well pump|water pump|borehole pump|borehole|well", "pump"),
    ("bread maker|bread machine|breadmaker|bread-maker", "bread maker|bread machine|breadmaker|bread-maker|baking machine", "bread|loaf|dough|bake|baking|loaves"),
    ("slow cooker|slow-cooker|crockpot|crock pot", "slow cooker|slow-cooker|crockpot|crock pot|cooker", "stew|casserole|chilli|soup|curry|broth|pulled pork|cook|cooking"),
    ("rice cooker", "rice cooker|cooker", "rice"),
    ("pressure cooker|multicooker|instant pot", "pressure cooker|multicooker|instant pot|cooker", "stew|soup|cook"),
    ("oven|bakery oven|bread oven|deck oven|pizza oven", "oven|bread oven|deck oven|bakery oven|pizza oven", "bake|baking|bread|loaf|loaves|cake|roast|rolls"),
    ("dehumidifier|de-humidifier", "dehumidifier|de-humidifier|dehumidifer|humidity machine", "damp"),
    ("humidifier", "humidifier", ""),
    ("air purifier|air cleaner", "air purifier|purifier|air cleaner", ""),
    ("dehydrator|food dehydrator|fruit dryer", "dehydrator|food dehydrator|fruit dryer", "apples|jerky|herbs"),
    ("robot vacuum|vacuum|hoover|roomba|robovac|robot hoover|vacuum robot", "robot vacuum|vacuum cleaner|vacuum|hoover|roomba|robovac|robot hoover|vacuum robot|robot|hoovering|vacuuming", ""),
    ("robot mower|mower|lawnmower|lawn mower|robotic mower|lawn robot", "robot mower|lawn mower|lawnmower|mower|robotic mower|lawn robot|mowing|mowing robot|robot", "lawn|grass"),
    ("kiln|pottery kiln|ceramic kiln", "pottery kiln|kiln|firing|ceramic kiln|bisque firing|glaze firing", "pots|pottery|glaze|bisque|ceramics"),
    ("sauna|sauna heater|steam room", "sauna heater|sauna|sauna stove|steam room", ""),
    ("hot tub|jacuzzi|whirlpool|spa", "hot tub|jacuzzi|whirlpool|spa|tub", ""),
    ("air conditioner|air con|aircon|a/c|ac|air conditioning|air-conditioner|climate unit", "air conditioner|air-conditioner|climate|air conditioning|air-conditioning|air con|aircon|a/c|ac|ac unit|cooling", "cool|cooled"),
    ("freezer|chest freezer|deep freezer", "chest freezer|deep freezer|freezer|freezer defrost|defrost|defrosting|freezer's defrost|defrost cycle", "ice"),
    ("fridge|refrigerator", "fridge|refrigerator", ""),
    ("3d printer|3-d printer", "3d printer|3-d printer|3d-printer|printer|3d print|print job|printing", "print|prints"),
    ("laser cutter|laser engraver|cnc", "laser cutter|laser engraver|laser|cnc|cnc mill|router", ""),
    ("towel warmer|towel rail|towel radiator|towel heater", "towel warmer|towel rail|towel radiator|heated towel rail|towel heater|rail", "towels"),
    ("home battery|battery|powerwall|house battery|storage battery", "home battery|house battery|powerwall|storage battery|battery storage|battery", "charge|charging|charged"),
    ("compressor|air compressor", "air compressor|compressor", ""),
    ("grain dryer|grain drier|hay dryer", "grain dryer|grain drier|hay dryer|drier|dryer", "grain|hay|barley|wheat"),
    ("milk tank|milk cooler|bulk tank|milk cooling tank|milk chiller", "milk tank|milk cooler|bulk tank|cooling tank|milk chiller|chiller|milk cooling", "milk|tank"),
    ("dough mixer|mixer|spiral mixer|stand mixer|kneader|kneading machine", "dough mixer|spiral mixer|stand mixer|mixer|kneader|kneading machine|kneading", "dough"),
    ("proofer|proofing cabinet|proving cabinet|proofing", "proofer|proofing cabinet|proving cabinet|prover", "dough"),
    ("floor heating|underfloor heating|heater|radiator|space heater|storage heater|patio heater|heating", "underfloor heating|floor heating|storage heater|space heater|radiator|heater|heating", "heat"),
    ("electric blanket|heated blanket", "electric blanket|heated blanket|blanket", ""),
    ("incubator|egg incubator", "incubator|egg incubator", "eggs"),
    ("autoclave|steriliser|sterilizer|bottle steriliser", "autoclave|steriliser|sterilizer|bottle steriliser", "bottles|instruments"),
    ("ice maker|ice machine", "ice maker|ice machine", "ice"),
    ("aquarium", "aquarium|aquarium heater|fish tank", ""),
    ("espresso machine|coffee machine", "espresso machine|coffee machine|coffee maker", "coffee|espresso"),
    ("steam mop|steam cleaner|carpet cleaner|floor scrubber", "steam mop|steam cleaner|carpet cleaner|floor scrubber|scrubber", ""),
    ("ironing|iron press|steam press|mangle|rotary iron", "rotary iron|iron press|steam press|steam iron|mangle|ironing press|iron", "ironing"),
    ("tool charger|power tool|tool battery", "tool charger|power tool charger|drill batteries|tool batteries", ""),
    ("server|nas|render|gaming pc|computer", "server|nas|render|backup server|render node|computer", "backup|rendering"),
    ("sewing machine|embroidery machine|knitting machine|loom", "sewing machine|embroidery machine|knitting machine|loom", ""),
    ("wine cooler|wine fridge", "wine cooler|wine fridge", ""),
    ("ventilation|fan|extractor", "ventilation|extractor fan|extractor|fan", ""),
    ("greenhouse|grow light|grow lights|lamp|lights", "greenhouse heater|grow light|grow lights|greenhouse|grow lamp", ""),
    ("sous vide|sous-vide", "sous vide|sous-vide", "water bath"),
    ("yogurt maker|yoghurt maker", "yogurt maker|yoghurt maker", "yogurt|yoghurt"),
    ("food processor|mill|grain mill|flour mill", "grain mill|flour mill|mill", "flour"),
    ("water softener|softener", "water softener|softener|regeneration", ""),
    ("tractor|forklift", "electric tractor|tractor|forklift", "charge|charging|charged"),
    ("boat|boat charger", "boat charger|boat", "charge|charging|charged"),
)  # fmt: skip
# Noisy or electric things that notes mention and that no file lists.
_FOREIGN_EXTRA = (
    "television|tv|telly|radio|stereo|speakers?|music system|drums?|drum kit|trumpet|drill|hammer drill|leaf blower"
    "|lawn tractor|hi-fi|playstation|games console|doorbell|vacuuming|hoovering|kettle|toaster|microwave|hairdryer|hair dryer"
    "|blender|hob|stove|juicer|chainsaw|hedge trimmer|generator|circular saw|saw|angle grinder|pressure washer|jet washer|lamp"
    "|lights|garage door|baby monitor|projector|treadmill|rowing machine|exercise bike|amplifier|guitar amp|violin|trombone|saxophone"
)
_TOO_COMMON = frozenset(
    "the a an our my his her their your machine charger heater pump robot maker cooker unit boost cycle load room electric old new big small"
    " home house kitchen garage cellar basement upstairs downstairs main second first and or of in for with water hot"
    " system smart mini large portable garden hall bathroom utility shed barn boost tank point station box programme program"
    " eco run charge charging warmer defrost studio workshop little spare night day top fast slow left right battery printer air".split()
)
_PRONOUN = r"the (?:first|second)(?= (?:one )?(?:must|has|is|should|needs|may|can|by|at|from|before|until))|the (?:one|other)(?=\s*(?:[.,;]|$|and\b|must\b|has\b|by\b))|machine(?= (?:stop|stops|off|must|should|done|has|is|to)\b)|it|its|they|them|these|those|this one|that one|this|the thing|the latter|the former|the machine|the appliance|the device|either|itself|this machine|that machine|that thing|each of them|either of them|the former|its heater|its motor|its fan|its pump|that one"
_GROUP_ALL = (
    r"everything else|anything else|nothing else|all else|everything|nothing|anything|all (?:the )?(?:machines|appliances|devices|loads|three|four|five|of them|of these|of it)"
    r"|all three (?:machines|appliances|devices|loads)?|every (?:machine|appliance|device|load)|any (?:machine|machines|appliance|appliances|device|devices|load|of them|of the machines|of the appliances|of these)"
    r"|no (?:sound|machine noise|machine|machines|appliance|appliances|device|devices|noise|motor|noisy machines?|loads?)|none of (?:them|these|the machines|the appliances|the devices|it)|(?:the |our )?(?:machines|appliances|devices)|whatever"
    r"|the whole lot|the lot|quiet hours|night rest|lights[- ]out|house rules?|white goods|all noise|all machines|quiet time|no noisy \w+|each (?:machine|appliance|device)|the whole house|(?:the house|the flat|the building)(?= (?:must|has to|should|is to|needs|stays|falls|goes (?:quiet|silent|dark|still)))|(?:every|any|all)thing"
)
_GROUP_TWO = r"both(?: of them| machines| appliances| devices| of these| loads)?|the two(?: of them| machines| appliances| devices)?|neither(?: of them| of the two| machine| of these| appliance| one)?|the pair|those two|these two|the two"
_GROUP_RE = re.compile(
    rf"\b(?:(?P<all>{_GROUP_ALL})|(?P<two>{_GROUP_TWO})|(?P<pron>{_PRONOUN}))\b", re.IGNORECASE
)

# "it gets dark", "it is a matter of courtesy that …", "it's only fair to …": no device is meant.
_EMPTY_IT = re.compile(
    r"(?:gets? (?:dark|light|late)|rains?)\b"
    r"|(?:is|was|would be|'s) (?:(?:an?|only|very|so|more) )*[a-z]+(?: of [a-z]+)? that\b"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` means `devices` (their names; none: foreign, or a pronoun to resolve)."""

    start: int
    end: int
    kind: MentionKind
    devices: tuple[str, ...] = ()
    word: str = ""


class Directory:
    """The devices of one household, and every word that can mean one of them."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self.names = tuple(d.name for d in devices)
        self._rank: dict[str, dict[str, int]] = {}
        self._weak: dict[str, dict[str, int]] = {}
        for device in devices:
            self._learn(device.name)
        foreign = {w for row in _CLASSES for w in row[1].split("|")} | set(
            _FOREIGN_EXTRA.split("|")
        )
        self._foreign = (
            foreign
            - set(self._rank)
            - {
                "charger",
                "battery",
                "tank",
                "cooker",
                "rail",
                "tub",
                "heating",
                "boost",
                "cooling",
                "chair",
                "well",
                "mill",
                "washing",
                "printing",
                "iron",
                "fan",
                "pool",
                "spa",
                "robot",
                "car",
                "the wash",
                "heater",
                "pump",
                "climate",
                "router",
                "blanket",
            }
        )
        self._strong_re = _alternation([*self._rank, *self._foreign])
        self._weak_re = _alternation(list(self._weak)) if self._weak else None

    def _learn(self, name: str) -> None:
        low = _plain(name)
        self._add(self._rank, low, name, 4)
        words = low.split()
        if len(words) > 1:
            for i in range(1, len(words)):  # "heat pump" of "heat pump boost", "pump boost"
                self._add_if_telling(" ".join(words[:i]), name, 2)
                self._add_if_telling(" ".join(words[i:]), name, 2)
            for word in words:
                self._add_if_telling(word, name, 2)
            if words[-1] not in ("machine", "unit", "system", "cycle", "load", "one"):
                self._add(self._rank, words[-1], name, 1)  # "the heater" of "hot tub heater"
        for cues, strong, weak in self._classes_of(low):
            rank = 3 if any(low.endswith(c) for c in cues.split("|")) else 1
            for word in strong.split("|"):
                self._add(self._rank, word, name, rank)
            for word in filter(None, weak.split("|")):
                self._add(self._weak, word, name, rank)

    @staticmethod
    def _classes_of(low: str) -> list[tuple[str, str, str]]:
        """The classes whose cue is in the name, those with the longest cue only."""
        scored: list[tuple[int, tuple[str, str, str]]] = []
        for row in _CLASSES:
            hits = [c for c in row[0].split("|") if re.search(rf"\b{re.escape(c)}s?\b", low)]
            if hits:
                scored.append((max(len(h) for h in hits), row))
        best = max((s for s, _ in scored), default=0)
        return [row for score, row in scored if score == best]

    def _add_if_telling(self, part: str, name: str, rank: int) -> None:
        if len(part) > 2 and not all(w in _TOO_COMMON for w in part.split()):
            self._add(self._rank, part, name, rank)

    @staticmethod
    def _add(table: dict[str, dict[str, int]], word: str, name: str, rank: int) -> None:
        owners = table.setdefault(word, {})
        owners[name] = max(rank, owners.get(name, 0))

    def find(self, text: str) -> list[Mention]:
        """Mentions in order: names first, weak words only where there is no name at all."""
        found = self._scan(self._strong_re, self._rank, text, "name")
        if not any(m.kind == "name" for m in found) and self._weak_re is not None:
            weak = [
                m for m in self._scan(self._weak_re, self._weak, text, "weak") if _clear(m, found)
            ]
            drying = [m for m in weak if m.word in ("dry", "dried", "drying")]
            found += drying or weak
        for m in _GROUP_RE.finditer(text):
            kind: MentionKind = "pronoun" if m["pron"] or m["two"] else "group"
            mention = Mention(m.start(), m.end(), kind, (), m[0].lower())
            if _clear(mention, found) and not _not_a_group(m, text):
                found.append(mention)
        return sorted(found, key=lambda m: m.start)

    def _scan(
        self, rule: re.Pattern[str], table: dict[str, dict[str, int]], text: str, kind: MentionKind
    ) -> list[Mention]:
        found = []
        for m in rule.finditer(text):
            word = _plain(m[0])
            owners = table.get(word) or table.get(_singular(word)) or {}
            if not owners:
                found.append(Mention(m.start(), m.end(), "foreign", (), word))
                continue
            plural = word not in table and len(owners) > 1
            best = max(owners.values())
            chosen = tuple(n for n in self.names if n in owners and (plural or owners[n] == best))
            if len(chosen) > 1 and not plural:
                if kind == "weak":
                    continue
                chosen = ()
            found.append(Mention(m.start(), m.end(), kind if chosen else "foreign", chosen, word))
        return found


def _plain(text: str) -> str:
    low = re.sub(r"\([^)]*\)", " ", text.lower().replace("’", "'"))
    return re.sub(r"\s+", " ", re.sub(r"['’]s\b", "", low)).strip(" .,:;'\"")


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("shes", "ches", "xes")) else word.removesuffix("s")


def _alternation(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted({w for w in words if w}, key=len, reverse=True)
    bodies = [re.escape(w).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?") for w in ordered]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(bodies)})(?:e?s)?(?!\w)(?!-[a-z])", re.IGNORECASE)


def _clear(mention: Mention, others: Sequence[Mention]) -> bool:
    return all(mention.end <= o.start or mention.start >= o.end for o in others)


def _not_a_group(m: re.Match[str], text: str) -> bool:
    """ "this evening", "these days", "both the washer and …", "it is half past six"."""
    after = text[m.end() :].lstrip().lower()
    word = m[0].lower()
    if word in ("this", "these", "those"):
        return (
            bool(re.match(r"(?:is|are|must|has|have|should|one|can|may|needs?)\b", after)) is False
        )
    return bool(word == "it" and _EMPTY_IT.match(after))
