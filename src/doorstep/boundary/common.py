"""Common English words: about 40,000 of SCOWL (sizes up to 35, British and American), and a few
hundred that SCOWL calls rarer: units, machines, the web, dates. And 23,000 rare ones (up to 50).

They tell what is *not* a name, an own coinage or a code. A word that is also somebody's name
("rose", "mark", "brown") is common too, and `is_name` says so: how it is written decides then.
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from importlib.resources import files

_DATES = """
monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
fridays saturdays sundays mon tue tues wed thu thur thurs fri sat sun january february march april
may june july august september october november december jan feb mar apr jun jul aug sep sept oct
nov dec christmas easter
"""
_UNITS = """
v a w wh kwh kw mw gw gwh mwh j kj mj cal kcal n pa hpa kpa bar hz khz mhz ghz db k c f l ml cl dl
hl g mg kg t lb lbs oz st ft in yd mi km m cm mm nm sqm sqft ha h hr hrs min mins s sec secs ms d
wk wks mo yr yrs am pm x th nd rd usd eur gbp chf dkk sek nok jpy ct kb mb gb tb kib mib gib bit
bits px pt em rem pp
"""
_MORE = """
max ii iii iv vi vii viii ix xi xii mr mrs mx dr prof jr sr phd md esq et al de facto i i'm i've
i'd i'll we've we'd we'll you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll
they've they'd they'll that's that'd that'll there's here's what's who's where's when's how's
why's let's y'all shouldn't hasn't hadn't weren't mustn't needn't mightn't shan't etc vs eg ie e.g
i.e ok okay yeah yep nope lol plz pls ur u nb ps fyi asap aka faq tbd rsvp grandma grandpa granny
mum mummy fridge telly kiddo fanfiction anime manga backstory storyline screenplay sci-fi romcom
selfie podcast podcasts hashtag hashtags emoji emojis meme memes vlog online offline website
websites webpage webpages homepage app apps api apis json jsonl xml html css yaml toml csv tsv pdf
pdfs svg png jpg jpeg gif mp docx xlsx pptx txt js sql nosql ascii utf unicode regex url urls uri
http https www ftp ssh ssl tls tcp udp ip dns vpn lan wan wifi bluetooth usb hdmi tv tvs pc pcs cd
dvd led lcd cpu gpu ram rom ssd os ui ux ai ml nlp llm llms gpt iot vr ar erp crm seo saas b2b b2c
ceo cto cfo coo hr pr qa vp roi kpi kpis ngo gdp vat un dna rna hiv covid login logins logout
username usernames admin admins backend frontend fullstack dataset datasets workflow workflows
timestamp timestamps metadata config configs runtime endpoint endpoints com org net dev tech sudo
grep curl php exe dll cpp uuid oauth foreach div divs href src img github kubernetes docker nginx
cyber cybersecurity plugin plugins middleware smartphone smartphones laptop laptops tablet
touchscreen chatbot chatbots startup startups ecommerce cryptocurrency blockchain fintech edtech
placeholder placeholders checklist checklists todo todos mindset stakeholder stakeholders
onboarding offboarding childcare sustainability sustainable proactive proactively synergy
synergies tokenizer tokenizers tokenise tokenize javascript typescript java bash linux unix ubuntu
numpy pandas boolean booleans bool int float str char const enum async await args kwargs init var
func def elif stdin stdout stderr init null nan util utils repo repos ev evs pv hvac ac dc id ids
no nr co est cest cet gmt utc bst pst dst wallbox thermostat dishwasher dishwashers tumble-dryer
ebike e-bike immersion inverter
celsius fahrenheit fibonacci python pytest numpy node npm pip rust golang kotlin markdown latex iso
ieee rfc semver git diff stat desc asc dict tuple lambda regexes startswith endswith stdlib sdk ide
cli gui orm mvc crud grpc graphql websocket websockets webhook webhooks redis postgres postgresql
mysql sqlite mongodb apache debian fedora centos macos android ios chrome firefox localhost
dockerfile makefile readme changelog gitignore mkdir chmod chown wget cuda frac sqrt infty mathbb
cdot leq geq neq webpack eslint jsx tsx svelte flask fastapi pydantic tensorflow pytorch sklearn
scipy matplotlib jupyter linter linters refactor refactoring autoscaling hostname hostnames varchar
timestamptz jsonb bigint nullable enums mutex mutexes coroutine coroutines deserialize serialize
serializer parser parsers tokenizers embeddings finetuning hyperparameters dataframe dataframes
nginx
"""


class CommonWords:
    """`word in words`: whether it is common, in any case, also as plural or with 's.

    `more`: words of your own. The list is read at the first question, once per object (about
    20 ms, 9 MB).
    """

    def __init__(self, more: Iterable[str] = ()) -> None:
        self._more = frozenset(word.lower() for word in more)

    def __contains__(self, word: str) -> bool:
        return self._in(self._known, word)

    def is_word(self, word: str) -> bool:
        """Whether it is in the dictionary at all, common or rare."""
        return word in self or self._in(self._rare, word)

    def _in(self, known: frozenset[str], word: str) -> bool:
        if word in known or (low := _low(word)) in known:
            return True
        if low.endswith("'s"):
            low = low[:-2]
        elif low.endswith("s'") or (low.endswith("s") and len(low) > 3):
            low = low.rstrip("'")[:-1]
        return low in known or (not low.isascii() and _plain(low) in known)

    def is_name(self, word: str) -> bool:
        """Whether this common word is also the name of people, of places or of a firm."""
        low = _low(word).removesuffix("'s")
        return low in self._names and low not in self._more

    def is_month_name(self, word: str) -> bool:
        """Whether it is a month or a season that people are also called by."""
        return word.lower() in ("april", "may", "june", "august")

    @cached_property
    def _lists(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Common words, those of them that are names besides, and rare words."""
        data = files("doorstep.boundary").joinpath("data/words.txt.gz").read_bytes()
        lines = gzip.decompress(data).decode().split("\n")
        added = (_DATES + _UNITS + _MORE).split()
        common = (line.rstrip("*") for line in lines if not line.endswith("-"))
        return (
            frozenset((*common, *added)) | self._more,
            frozenset(line[:-1] for line in lines if line.endswith("*")),
            frozenset(line[:-1] for line in lines if line.endswith("-")),
        )

    @cached_property
    def _known(self) -> frozenset[str]:
        return self._lists[0]

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._lists[1]

    @cached_property
    def _rare(self) -> frozenset[str]:
        return self._lists[2]


def is_unit(word: str) -> bool:
    """Whether `word` may stand behind a number: "kWh", "mins", "GB"."""
    return word.lower() in _UNIT_SET


def _low(word: str) -> str:
    return word.lower().replace("’", "'")


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


_UNIT_SET = frozenset(_UNITS.split())
