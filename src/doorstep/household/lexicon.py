# ruff: noqa: E501
"""Word classes of household notes: what a word tells about a limit, whatever the sentence.

The linear model sees both words and these classes, so that a verb it was never trained on still
counts as its kind. Entries are regular expressions over lower-case text, whole words.
"""

from __future__ import annotations

import re

CLASSES: dict[str, str] = {
    "MODAL": r"must|mus|should|shall|has to|have to|had better|needs? to|ought to|is to|are to|may|can|could"
    r"|cannot|can't|cant|mustn't|mustnt|shouldn't|needs|need|wants? to|want|wants|got to|gotta|supposed to|expected to"
    r"|is due|has got to|allowed|permitted|please|make sure|ensure|see that|see to it|required|will have to|going to have to"
    r"|better|forbidden|banned|prohibited|let it|let|be sure",
    "PASTMODAL": r"had to|was to|were to|needed to|used to|was supposed|were supposed|didn't have to|had needed",
    "PAST": r"was|were|did|had|yesterday|ago|last (?:night|week|month|year|time|tuesday|sunday|weekend)|went|came|began|earlier today|ran|saw|bought|fixed"
    r"|heard|called|arrived|spent|woke|slept|happened|forgot|lasted|had been|was last|came back|rang|complained|broke|asked|telephoned|phoned|knocked|blew|burned",
    "PASTW": r"started|finished|ended|stopped|switched|turned|moved|left|got|took|put|made|said|already|just|this morning|has been|have been|last",
    "HABIT": r"usually|normally|often|always|typically|generally|most (?:days|evenings|nights|mornings|weeks)|tends to|tend to"
    r"|every (?:day|morning|evening|night|week|other|weekday|afternoon)|each (?:day|morning|evening|night)|habit|as a rule|sometimes"
    r"|on (?:mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays|weekdays|weekends|school days)|in the habit|daily|weekly"
    r"|routinely|regularly|likes to|like to|prefers|used to|on average|occasionally|customary|in summer|in winter|by default|mostly",
    "CANCEL": r"cancelled|canceled|called off|scrapped|dropped|abolished|lifted|does not apply|doesn't apply"
    r"|do not apply|don't apply|old rule|former|formerly|expired|obsolete|lapsed|is gone|are gone|old note|old plan|old sign|old list|forget (?:the|about)|ignore|was for|applied|has ended"
    r"|void|withdrawn|relaxed|not needed|no need|needn't|doesn't matter|does not matter|don't worry|history|outdated|ended with"
    r"|moved away|moved out|stopped applying|not in force|previous|past tense|last winter|last year|last summer",
    "ANYMORE": r"no longer|any ?more",
    "FIN": r"on the (?:line|table|rack|shelf|road|plate|plates|counter)|in the (?:cupboard|wardrobe|basket|boot|display)|done|finished|finish|finishes|ready|through|complete|completed|completes|charged|full|fully|topped up|dry|dried|emptied|empty"
    r"|unloaded|baked|cooked|ended|end|ends|over|clean|washed|filled|warm|hot|heated|heat|fresh|available|usable|printed"
    r"|fired|cut|wrapped up|out|back to full|100 ?%|80 ?%|to go|charge|deadline|completion|good to go|defrosted|thawed|watered|chilled"
    r"|cold|cool|finishing|filtered|hung|folded|loaded up|in the cupboard|put away|cleared|rendered|proofed|risen|worn|boiled|steamed"
    r"|sterilised|sterilized|pressed|ironed|aired|cured|served|brewed|has everything|comes out|come out|conclude|concluded",
    "RUN": r"run|runs|running|operate|operating|operates|in operation|on(?! (?:the|a|her|his|my|our|time|foot))|going|working|works|work|humming|hum|hums|spinning|spin|spins|turning"
    r"|rumbling|rumble|rattling|rattle|pumping|pump|active|use|used|in use|switched on|powered|making noise|churning|churn"
    r"|underway|under way|going round|buzzing|buzz|whirring|whir|vibrating|tumbling|drone|droning|roar|roaring|still|thumping|noise|noises|noisy"
    r"|sound|loud|heard|audible|disturb|racket|clatter|clattering|drumming|gurgling|banging|grinding|whining|drying|washing|charging",
    "START": r"start|starts|starting|begin|begins|beginning|begun|kick off|switch on|switch it on|turn on|turn it on|put on|put it on|set off"
    r"|go on|goes on|launch|launched|launches|fire up|fired up|fires up|set going|press start|earliest|loaded|sorted|free|arrive|arrives"
    r"|is back|be back|returns|return|comes home|home|plugged in|plug in|plug it in|available|wait|waits|hold off|held back|kick in|come on|comes on"
    r"|unlocked|delivered|ready to go|wake|held|delay|delayed|earlier|sooner|commence|get going|set it going|stay idle|hold|postpone",
    "QUIET": r"quiet|hold its tongue|hold its peace|pipe down|keep mum|dormant|lights[- ]out|standstill|out of action|out of bounds|kept off|muted|silenced|shut up|blocked|barred|forbidden|banned|prohibited|a break|silent|silence|off|stop|stops|stopped|stopping|shut|shut down|shuts|switched off|turned off|switch off|turn off|hush|noiseless"
    r"|peace|rest|mute|cease|pause|paused|dead|idle|shut off|shush|soundless|calm|undisturbed|tranquil|inaudible"
    r"|quietness|lie still|standing still|stand still|stilled|curfew|quiet hours|quiet time|wrapped",
    "NEG": r"not|never|no|nothing|neither|nor|none|without|cannot|can't|cant|mustn't|mustnt|shouldn't|don't|dont|won't|isn't|doesn't|didn't|avoid|n't"
    r"|nobody|no one|not any|forbidden|banned|prohibited|keep from|refrain|hardly|rather than|instead of|nowhere|no machine|under no circumstances|unable|ain't|aren't|needn't",
    "LEAVE": r"leave|leaves|leaving|sets off|set off|departs?|departure|drives?|drive|heads? (?:off|out|for)|goes to work|sets out|rides?|off to|pulls out"
    r"|drives off|commutes?|on the road|picked up|picks? up|needs? (?:it|the \w+|them)|takes (?:it|the \w+|them)|is needed|are needed|wanted",
    "EVENT": r"meeting|lesson|lessons|appointment|class|shift|match|party|concert|visit|visits|arrives?|arriving|birthday|rehearsal|practice|training"
    r"|doctor|dentist|bus|train|flight|lands|delivery|parcel|plumber|electrician|call|exam|interview|shop|opens|closes|church|mass|service"
    r"|news|film|movie|show|game|dinner|lunch|supper|picnic|market|gym|yoga|choir|football|swimming|piano|violin|guests|visitors|walks?|walked|dog"
    r"|collects?|collected|post|postman|bin|bins|lorry|comes? by|drops? by|phones?|calls|rings|pharmacy|library|tutor|rehearses|kick-off|webinar|seminar|lecture",
    "MAINT": r"battery|dock|filter|descaled|repair|repaired|serviced|warranty|manual|model|bought|installed|technician|engineer|inspector|meter",
    "OTHERDAY": r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|next week|last week|next month|in march|in april|in may|in june"
    r"|in july|in august|the day after tomorrow|sundays|saturdays|fridays|mondays|tuesdays|wednesdays|thursdays|weekends|weekdays|holidays",
    "TODAY": r"today|tonight|this evening|tomorrow|this afternoon|tomorrow morning|overnight",
    "PERSON": r"he|she|who|mum|mom|dad|grandma|grandpa|granny|baby|kids|children|child|neighbou?rs?|everyone|everybody|we|i|you|they|toddler"
    r"|flatmates?|tenant|landlord|guests|twins|mother|father|son|daughter|family|girls|boys|people|husband|wife|parents|patient|housemates?|the little one|roommate",
    "LATEST": r"latest|no later|not later|at the outside|deadline|at most|in time|on time|ahead of|at the very latest",
    "EARLIEST": r"earliest|no earlier|not earlier|any time after|anytime after|only after|only from|not until|not before|only once|at the soonest|no sooner|not till|not any earlier|not sooner|first|from then",
}
CLASS_RES = {name: re.compile(rf"\b(?:{body})\b") for name, body in CLASSES.items()}

SUBORDINATORS = frozenset(
    "because since as when once before until till after while if although though who which whose where unless whenever"
    " whereas so".split()
)
PREPOSITIONS = frozenset(
    "by before at until till after from past since between around on in to til within during for towards".split()
)
HEDGES = frozenset(
    "about around roughly approximately approx circa say nearly almost exactly just the latest at very or so sharp"
    " on onwards onward in morning evening afternoon night tonight today tomorrow this every each next early that"
    " is around-about thereabouts then even well shortly please".split()
)
SUBJECTS = frozenset(
    "it they he she we i you this these that those both neither nothing everything anything all everyone everybody"
    " nobody none there".split()
)
FINITE = re.compile(
    r"\b(?:must|mus|should|shall|has|have|had|needs?|may|can|could|cannot|can't|cant|mustn't|shouldn't|will|won't|is|are|was"
    r"|were|isn't|aren't|do|does|don't|doesn't|did|didn't|wants?|likes?|gets?|goes|go|runs?|starts?|begins?"
    r"|ends?|finishes|leaves?|arrives?|comes?|sleeps?|wakes?|ran|finished|started|ended|went|came|stays?"
    r"|keep|stop|charge|switch|turn|let|make|avoid|use|put|wait|takes?|drives?|picks?|opens?|closes?|stands?"
    r"|would|might|ought|says|hears|complains?|minds?|knocks?|bangs?|hates?|means|works|rattles?|whines?|shakes?|vibrates?|rumbles?|booms|cracks|burns|wakes|begins|lies|sits|lives?|hangs?|uses|practise|drinks|serves?|unloads?|packs?|shares?|belongs?|rises|sets|lasts?|expects?|teaches|studies|prays|nurses|rolls|bakes|cooks|insists?|sells|expires?|knows?|thinks?|asked|rang|told|heard|applies|holds|counts|matters|reaches|moves|paints|sings|rests?|naps?|dozes?|turned|brought|delivers?|checks?|cycles|rides|flies|sails|roosts?|freezes|trips|tripped|sets?|drops?|calls?|rings?|sleeps|plays?|eats?|wakes|stops|keeps|lands|reads?|collects?|practises?|practices?|visits?|works?|walks?|turns?|bakes?|feeds?|milks?|brings?|wanted|finishing|be|stay|remain|remains|hums?|makes?|set|hold|heads?|returns?|left|got|took|said|moved|needed)\b"
)


def _vocabulary() -> frozenset[str]:
    words = {
        w
        for body in CLASSES.values()
        for w in re.findall(r"[a-z]{5,}", re.sub(r"\(\?:|[)?]", " ", body))
    }
    return frozenset(
        words | {"before", "until", "after", "because", "between", "nothing", "neither"}
    )


_VOCABULARY = _vocabulary()
_COMMON_SLIPS = {"becouse": "because", "befor": "before", "untill": "until", "til": "until", "wich": "which", "alowed": "allowed", "tommorow": "tomorrow", "tomorow": "tomorrow",
    "tonite": "tonight", "musnt": "mustn't", "shoud": "should", "shuld": "should", "quite": "quite", "silend": "silent", "redy": "ready", "reddy": "ready", "allways": "always", "usualy": "usually"}  # fmt: skip


def spelled(word: str) -> str:
    """A slip of the pen in a word that matters put right: a letter lost, doubled or swapped."""
    if word in _COMMON_SLIPS:
        return _COMMON_SLIPS[word]
    if len(word) < 6 or word in _VOCABULARY or not word.isascii():
        return word
    for i in range(len(word)):
        less = word[:i] + word[i + 1 :]
        if less in _VOCABULARY and i and (word[i] == word[i - 1] or len(word) > 7):
            return less
        swapped = word[:i] + word[i + 1 : i + 2] + word[i : i + 1] + word[i + 2 :]
        if swapped in _VOCABULARY:
            return swapped
        doubled = word[: i + 1] + word[i:]
        if doubled in _VOCABULARY:
            return doubled
    return word
