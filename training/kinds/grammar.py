# ruff: noqa: E501
"""A hand-written grammar of household sentences, each time in them labelled with its kind.

`{a|b}` one of, `[a]` perhaps, `<X>` a rule below. `@f` a time that is a finish_by, `@q` quiet_by,
`@u` quiet_until, `@n` not_before, `@0` none; `&f` the same for "then"; `%q` a range that is
quiet, `%a` one that is allowed, `%0` one that means nothing.
"""

from __future__ import annotations

import random
import re

RULES: dict[str, str] = {
    "NAME": "Mark|Maya|Anna|Tom|Priya|Jean-Luc|Zoë|O'Brien|Ahmed|Will|Grace|May|Yuki|Ngozi|Lars|Ingrid|Mateo|Chloé|Siobhán|Bartek|Fatima|Dmitri|Hope|Rose|Aoife|Kwame|Li Wei|Mrs Novak|Mr Okafor|Dr Patel|Frau Huber|Sven|Leila|Tomás|Björn|Hana|Noor|Ravi|Jo|Sam|Oma|Auntie Bea",
    "ROLE": "the baby|the kids|the children|grandma|our son|our daughter|the neighbour|the neighbours|the tenant downstairs|my flatmate|the twins|dad|mum|the toddler|the landlord|her mother|my wife|his brother|the nurse|the night nurse|our lodger|the little one|the old lady upstairs|the guests|the students|everyone|everybody|the boys|the apprentice|the baker|the farmhand|the patient|the dog|my husband|the people below us|the couple upstairs|the family",
    "P": "<NAME>|<NAME>|<ROLE>|he|she|we|they|I",
    "DEVN": "dishwasher|washing machine|washer|tumble dryer|dryer|EV charger|car|wallbox|e-bike|heat pump|immersion heater|boiler|pool pump|bread maker|slow cooker|dehumidifier|kiln|sauna|air conditioner|freezer|3D printer|towel rail|irrigation pump|home battery|robot mower|hot tub|oven|van|milk cooler|grain dryer",
    "D": "the <DEVN>|the <DEVN>|the <DEVN>|the <DEVN>|our <DEVN>|the <DEVN>|it|it|this one|<NAME>'s <DEVN>|the <DEVN> <PLACE>",
    "DC": "<DEVN>|the <DEVN>|<D>",
    "DD": "the <DEVN> and the <DEVN>|both|both machines|they|both the <DEVN> and the <DEVN>|all machines|everything|the <DEVN> and <DEVN>|the two of them|all of them|all appliances",
    "DX": "<D>|<D>|<D>|<DD>",
    "NEI": "neither the <DEVN> nor the <DEVN>|neither|neither of them|nothing|no machine|none of the machines|neither machine|no appliance|nothing noisy|nothing in the <ROOM>|none of these",
    "ROOM": "kitchen|utility room|cellar|basement|garage|bathroom|barn|shed|hall|studio|workshop|scullery|back room|laundry room",
    "PLACE": "in the <ROOM>|under the stairs|beside the bedroom|next to the nursery|behind the house",
    "MUST": "must|has to|needs to|should|has got to|ought to|is to|shall|must really|absolutely must|really has to|definitely needs to|simply must|will have to",
    "MUSTP": "must|have to|need to|should|are to|ought to|have got to",
    "FIN": "done|finished|ready|through|complete|over|emptied|completely done|all done|completed|at the end of its cycle|unloaded|finished and empty|over and done with|good to go|finished completely|done and dusted|finished running|through its cycle|wrapped up|out of the way",
    "FINC": "charged|full|fully charged|topped up|charged up|ready to drive|at 100%|back to full|charged to 80%|ready for the road|ready to go|charged and ready|full again|fully charged and unplugged",
    "FINX": "dry|clean|warm|hot|baked|cooked|washed|heated up|filled|fired|printed|defrosted|cool|heated|watered|proofed|filtered|thawed|dry and folded|clean and dry|warm enough|up to temperature|hot enough for showers|back in the cupboard",
    "DONE": "<FIN>|<FIN>|<FINC>|<FINX>",
    "REASON": "because <WHY>|since <WHY>|as <WHY>|, because <WHY>|, since <WHY>|: <WHY>|; <WHY>|, <WHY>|so that <WHY2>|, otherwise <WHY>|– <WHY>|, or <WHY>|(<WHY>)",
    "WHY": "the kids need clean bowls|<P> sleeps lightly|the walls are thin|the <ROOM> is next to the bedrooms|there is a long drive ahead|<P> needs it|the neighbours complain|it shakes the floor|<P> hates the noise|we want to eat|the shirts are needed|it hums|the lease says so|<P> has an exam|the bowls are needed|the baby wakes up easily|the landlord insists|everyone wants a shower|there are no clean uniforms left|it stands beside the bedrooms|<P> works nights|it is loud|the bedroom is right above it|the clay cracks|<P> is a light sleeper|the plates are needed for the guests|the dough will collapse|we are out of mugs|the house rules say so|<P> gets migraines|he goes to work with it|the cows come first|we need the space|the trip is long",
    "WHY2": "<P> can sleep|<P> has clean clothes|nobody has to wait|the kids can eat|the neighbours are happy|there is hot water|<P> can drive off|the house is calm|we can hang it up",
    "LEAVE": "leaves|sets off|drives off|goes to work|heads out|departs|has to leave|leaves for work|leaves for the airport|heads off to school|needs to leave|starts {his|her|the} shift|goes out|catches the bus|takes the train|drives to <NAME>'s|is off to work|gets going|rides to work|walks out of the door|has to be on the road|clocks in|pulls out of the drive",
    "NEEDIT": "needs it|needs the <DEVN>|takes it|takes the car|collects it|picks it up|uses it|wants it|comes for it|wants to shower|has {his|her} bath|gets up|wakes up|has breakfast|eats|comes down|wants {his|her} clothes|serves breakfast|opens the shop|needs the clothes|comes to collect it|hangs out the washing|wants to swim|lays the table",
    "DEADEV": "breakfast|the school run|dinner|lunch|the guests arrive|the early shift|the morning rush|supper|the trip|the train|milking|the shop opens|the market|church|bedtime|the first customers|the visitors come|the inspection|the party|work|{his|her} shift|the handover|the nurse comes|the swim|the kids get up|the office|the commute|the class|the first delivery|departure",
    "BY": "by|by|by|by|before|before|no later than|not later than|by about|by around|at the latest by|by no later than|before about|latest by|latest at|ahead of|until",
    "SLEEP": "is in bed|is asleep|goes to bed|goes to sleep|turns in|goes down|has gone to bed|sleeps|is sleeping|lies down|goes down for the night|naps|falls asleep|retires|has {his|her} nap|is put to bed|are in bed|are asleep|go to bed|starts {his|her} night's rest|has to sleep|rests|comes off shift and sleeps|prays|practises|meditates|records {his|her} podcast|has a call|teaches online",
    "QUIET": "quiet|silent|off|switched off|turned off|stopped|shut down|still|completely silent|dead quiet|at rest|shut off|noiseless|off and silent|idle|powered down",
    "RUN": "run|be running|be on|operate|be going|still be running|make noise|be in use|be switched on|hum|rumble|spin|still be going|be working|still be on|be heard|disturb anyone|make a racket|be active|keep going|rattle|be audible|go on|whirr|carry on|continue|be used",
    "RUNS": "running|on|going|in operation|humming|spinning|in use|working|still running|making noise|switched on|still going|audible|still on",
    "MAYNOT": "must not|may not|can't|cannot|should not|mustn't|shouldn't|is not to|must never|should never|is not allowed to|can not|may never|ought not to|won't be allowed to|isn't allowed to|isn't supposed to|is forbidden to|had better not|is not permitted to|must no longer|mus not|do not|don't",
    "ONCE": "once|when|after|as soon as|from the moment|while|whenever|because|since|as|now that",
    "TAIL": "|||| at the latest|, please| or so| sharp| if possible|, no exceptions|, as agreed|!| at the very latest|, without fail|, thanks| on the dot|, he says|, says <NAME>| every night| tonight| tomorrow| tomorrow morning| in the morning| in the evening|, as always",
    "ABOUT": "||||about |around |roughly |approximately |, about |, around |, say, |exactly |just ",
    "START": "start|begin|be started|be switched on|go on|run|be turned on|be put on|be set going|be loaded|kick off|be plugged in|come on|be run|be used|charge|be charged|be launched",
    "FREE": "is free|is back|is home|comes home|is home from work|has sorted the washing|is out of the shower|has left|is done with the kitchen|is out of the house|has finished cooking|has loaded it|is up|returns|brings it back|gets back|is back from work|arrives|plugs it in|has filled it|leaves|has gone|have left|are gone|wakes up|has finished {his|her} exam|is awake|ends {his|her} call|gets home with the {car|laundry|parts|bike}|finishes {his|her} piano practice|has emptied the drum",
    "STUFF": "the laundry|the wash|the load|the dough|the clay|the car|the bike|the washing|the file|the water|the tank|the detergent|the paint|the glaze|the model|the pool cover|the van|the bread tin|the tarpaulin|the dishes|the plates",
    "STUFFV": "be sorted|be ready|be in|arrive|be loaded|be back|be here|be dry|be plugged in|be unlocked|be delivered|be available|come home|be free|be cool enough|be home|be mixed|be in the drum",
    "PAST": "ran|finished|was done|ended its cycle|stopped|was running|last ran|was switched off|completed a cycle|was emptied|started|was started|was repaired|was delivered|was charged|got serviced|went off|tripped the fuse|was unplugged|came on|beeped|was descaled|was cleaned|made a funny noise|woke <P>|had finished|was installed|broke down|reached 100%|was full|was moved|was fixed",
    "PASTT": "yesterday|this morning|last night|today|on Sunday|earlier today|last week|at lunchtime|the day before yesterday|on Monday|earlier|two days ago|last Tuesday|last weekend|again|already",
    "HAB": "usually|normally|often|always|typically|generally|as a rule|mostly|sometimes|tends to be|most days|on weekdays|in winter|in summer|out of habit",
    "HABR": "runs|starts|is run|goes on|is started|is finished|finishes|gets used|is put on|is switched on|charges|is loaded|comes on|is done|is emptied|gets emptied|is plugged in|stops|is quiet|is off",
    "EVT": "piano lesson|violin lesson|dentist appointment|doctor's appointment|football practice|yoga class|parents' evening|birthday party|band rehearsal|book club|swimming lesson|shift|meeting|choir|exam|flight|train|bus|physio|job interview|tutoring|video call|ballet class|prayer group|judo|haircut|match|gym class|market stall|feeding|walk|bath|medication|bedtime story|school concert|seminar|lecture|night shift|karate|AA meeting|stream|team call",
    "EVS": "arrives|comes over|visits|drops by|gets home|comes to dinner|calls|lands|phones|comes round|rings|walks the dog|feeds the cat|goes jogging|goes swimming|has coffee|reads to the kids|waters the plants|takes {his|her} pills|collects the parcel|picks up the kids|puts the bins out|closes the shop|locks the gate|watches the news|gets off the bus|teaches a class|plays cards|eats {his|her} porridge|lets the hens out|milks the goats|starts work|finishes work|goes to the gym|meets <NAME>|skypes with <NAME>|has dinner|cooks|brings the post|comes home",
    "THING": "the parcel|the bin lorry|the post|the shop|the pharmacy|the library|the news|the match|the film|the bakery|the school bus|the last bus|the plumber|the chimney sweep|the inspector|sunset|sunrise|the concert|choir practice|the delivery|the recycling|the church service|the street market|the gym|high tide|the moon|the football|the radio play|the electrician|the meter reader",
    "THINGV": "comes|arrives|is|starts|begins|is due|opens|closes|ends|is delivered|gets collected|is on|takes place|is expected|shuts|rings",
    "OTHERD": "on Saturday|on Sunday|next week|next Monday|on Friday|at the weekend|on Thursdays|in June|the day after tomorrow|on Wednesday|on holidays|on weekends|next month",
    "OLD": "the old rule|last year's rule|the former rule|the rule|our old agreement|the previous tenant's rule|the old limit|the earlier deadline|the summer rule|the ban|the old curfew|the note on the fridge|the restriction",
    "GONE": "no longer applies|no longer holds|doesn't apply any more|was scrapped|is cancelled|has been lifted|has been dropped|is history|does not count any more|expired|is gone|was only for last winter|is no longer valid|ended when <NAME> moved out|was abolished|is void|can be ignored|is not in force any more|has lapsed|no longer matters|has been called off",
}  # fmt: skip

FRAMES: tuple[tuple[float, str], ...] = (
    # finish_by ---------------------------------------------------------------------------------
    (6, "<DX> <MUST> be <DONE> <BY> <ABOUT>@f<TAIL> [<REASON>]"),
    (3, "<DX> <MUST> be <DONE> before <DEADEV>, <ABOUT>@f<TAIL> [<REASON>]"),
    (3, "<DX> <MUST> be <DONE> {for|in time for|before} <DEADEV> at <ABOUT>@f [<REASON>]"),
    (3, "<DX> <MUST> be <DONE> {before|when|by the time|as soon as} <P> {<LEAVE>|<NEEDIT>} {at|around|at about} @f [<REASON>]"),
    (2, "<DX> {must|has to|needs to} {finish|end|be finished|have finished|complete|stop} {by|before|no later than} @f<TAIL>"),
    (2, "{before|by the time} <P> {<LEAVE>|<NEEDIT>} at @f, <DX> <MUST> be <DONE>"),
    (2, "<P> {<LEAVE>|<NEEDIT>} at @f, so <DX> <MUST> be <DONE> [{in time|by then}]"),
    (2, "<P> {<LEAVE>|<NEEDIT>} at @f and {wants|needs|expects} <D> <DONE> [in time]"),
    (1.5, "<P> {<LEAVE>|<NEEDIT>} at @f and <DX> <MUST> be <DONE> {by &f|before &f|by &f}"),
    (2, "{because|since|as} <P> <LEAVE> at @f, <DX> <MUST> be <DONE>"),
    (2, "<DX> <MUST> be <DONE> because <P> {<LEAVE>|<NEEDIT>} {with it |}at @f"),
    (2, "<P> {wants|needs|would like|has asked for|expects|insists on having} <D> <DONE> by <ABOUT>@f<TAIL>"),
    (2, "<P> needs <D> {at|by|from|before} @f<TAIL> [<REASON>]"),
    (1, "<P> needs {the car|the bike|the van|clean clothes|hot water|fresh bread|the shirts|it} {at|by|from|before} @f, so <DX> <MUST> be <DONE>"),
    (2, "<DC>: {must be |has to be |to be |}<DONE> by @f<TAIL>"),
    (2, "<DC> {–|-|:|,} {deadline|done by|ready by|finish by|finished before|needed by|full by|latest|complete by|out by} @f<TAIL>"),
    (2, "<DEVN> by @f[, <WHY>]"),
    (1.5, "the {deadline|latest finish|cut-off|finish time} for <D> is @f [<REASON>]"),
    (1.5, "{please |}{make sure|see to it|ensure|be sure} [that] <DX> is <DONE> {by|before} @f<TAIL>"),
    (1.5, "{please |}{finish|empty|complete|have} <D> [<DONE>] {by|before} @f<TAIL>"),
    (1.5, "<DX> {should have|must have|has to have|needs to have} {finished|ended|completed its cycle|run its course} {by|before} @f<TAIL>"),
    (1, "at @f <P> {<LEAVE>|<NEEDIT>}, {and by &f|and before &f|by &f} <DX> <MUST> be <DONE>"),
    (1.5, "<REASONF>, so <DX> <MUST> be <DONE> by @f<TAIL>"),
    (1.5, "{by|no later than|before} @f<TAIL>, <DX> {<MUST> be|is to be|has to be} <DONE>"),
    (1, "<DX> {can|may} run {any time|whenever|at any hour|when it likes} as long as it is <DONE> {by|before} @f"),
    (1, "<DX> {can wait|is in no hurry|may wait}, but {must|has to|it must} be <DONE> {by|before} @f<TAIL>"),
    (1, "<P> {<LEAVE>|<NEEDIT>} at @f; until &f <D> has to be <DONE>"),
    (1.5, "{without|no} {clean bowls|a full battery|clean shirts|hot water|dry clothes}, {no breakfast|no trip|<P> is lost}: <DC> <DONE> by @f<TAIL>"),
    (1, "it all {has to|must} be <DONE> {by|before} @f<TAIL>"),
    (1, "<DX> {is|are} {due|needed|wanted|required|expected} [<DONE>] {by|before|at} @f<TAIL> [<REASON>]"),
    (1, "<STUFF> <MUST> be <DONE> {by|before} @f<TAIL> [<REASON>]"),
    (1, "<STUFF> {is|are} needed {at|by|for <DEADEV> at} @f[, so <D> must be <DONE>]"),
    (1, "<P> {<LEAVE>} at @f with {a full battery|clean clothes|the bike|a full tank}, so charge in time"),
    (1, "<DX> {must not|may not|should not|cannot} finish {later than|after} @f<TAIL>"),
    (1, "{nothing|no cycle} may end later than @f"),
    (1, "<P> will {<NEEDV>} at @f and <MUSTH> find <D> <DONE>"),
    # quiet_by ----------------------------------------------------------------------------------
    (5, "<DX> <MAYNOT> <RUN> {after|past|from|later than|beyond|once it is|after about|past about} @q<TAIL> [<REASON>]"),
    (3, "<DX> <MAYNOT> <RUN> {once|when|after|while|as soon as} <P> <SLEEP>, {about|around|at|from|at about|roughly} @q<TAIL> [<REASON>]"),
    (2.5, "<DX> <MAYNOT> <RUN> {once|when|after|while|as soon as} <P> <SLEEP> {at|from|around|after} @q [<REASON>]"),
    (4, "<DX> <MUST> be <QUIET> {by|from|after|before|at|no later than|from about|by about} @q<TAIL> [<REASON>]"),
    (2, "<DX> <MUST> be <QUIET> {once|when|by the time|before|as soon as} <P> <SLEEP>{,|} {at|about|around|from} @q [<REASON>]"),
    (2, "<DX> <MUST> {stop|shut down|fall silent|go quiet|be quiet|stay quiet|stay off|be off|keep quiet|remain silent|stay silent|stand still|cease} {by|at|from|after} @q{ on| onwards|<TAIL>} [<REASON>]"),
    (4, "<NEI> {may|must|should|can|is allowed to|is to|has permission to} <RUN> {after|past|from|later than|beyond} @q<TAIL> [<REASON>]"),
    (2, "{nothing|no noise|no machines|no laundry|no washing|no <DEVN>|no humming|no spinning|no vibration|no rumbling} {on |}{after|past|from|later than|beyond} @q<TAIL> [<REASON>]"),
    (2, "{no|never any} <DEVN> {after|past|from|beyond} @q<TAIL> [<REASON>]"),
    (2, "never run <D> {after|past|from|while <P> <SLEEP>, from} @q{ on|<TAIL>}"),
    (2, "{never|not} while <P> <SLEEP>, {from|that is from|i.e. from|so from|which is from} @q{ on| onwards|}"),
    (2, "<DX> {never|not} {after|past|from} @q<TAIL> [<REASON>]"),
    (2, "{please |}{switch|turn|shut} <D> off {by|at|before|no later than} @q<TAIL> [<REASON>]"),
    (2, "{please |}{do not|don't|never} {run|use|leave|have|let} <D> [running|on] {after|past|from|beyond} @q<TAIL> [<REASON>]"),
    (2, "<P> <SLEEP> from @q{ on| onwards|}, so <DX> {<MAYNOT> <RUN>|must be <QUIET>|has to be <QUIET>} [{by &q|then|after &q|from &q on}]"),
    (2, "<P> <SLEEP> at @q{,| and} {so |after &q |and after &q |from &q on |}<DX> {<MAYNOT> <RUN>|must be <QUIET>}"),
    (1.5, "{because|since|as} <P> <SLEEP> {from|at} @q, <DX> {<MAYNOT> <RUN>|<MUST> be <QUIET>}"),
    (2, "<DX> <MAYNOT> <RUN> because <P> <SLEEP> {from|at} @q{ on|}"),
    (2, "quiet {hours|time} {start|starts|begin|begins|from|is from} {at |}@q{, so <D> must be <QUIET>||, and that includes <D>|, <D> included}"),
    (2, "{after|from|past} @q{ on| onwards|} <NEI> {may|must|should|can|is allowed to} <RUN>"),
    (2, "{after|from|past|by} @q{ on| onwards|}[,] <DX> {<MAYNOT> <RUN>|<MUST> be <QUIET>|has to be <QUIET>}"),
    (1.5, "<DC>: {quiet|silent|off|not|no noise|never|must be off|nothing} {by|after|from|past} @q{ on|<TAIL>}"),
    (1.5, "the {noise|humming|vibration|rumble|spin cycle|racket|drone|sound} [of <D>] {must|has to} {stop|end|be over|cease|be gone} {by|at|before} @q [<REASON>]"),
    (1.5, "<P> {wants|needs|expects|insists on|asks for} {silence|quiet|peace|peace and quiet|calm|rest} {from|after|by} @q{ on|}[, so <DX> <MUST> be <QUIET>]"),
    (1.5, "<P> {does not want|doesn't want|won't have|can't stand|forbids|objects to|complains about|hates} <D> <RUNS> {after|past|from} @q<TAIL>"),
    (1.5, "<P> {wants|asked for|needs} <D> <QUIET> {by|after|from} @q<TAIL>"),
    (1.5, "{running|using|starting} <D> {after|past} @q is {forbidden|not allowed|out of the question|banned|a no-go|not on|taboo}"),
    (1, "<DX> is {forbidden|banned|off limits|not allowed|prohibited} {after|from|past} @q<TAIL>"),
    (1.5, "{make sure|see to it|ensure} [that] <DX> {is|are} {<QUIET>|not <RUNS>|no longer <RUNS>} {by|after|from|at} @q<TAIL>"),
    (1.5, "<DX> <MUST> be {finished and <QUIET>|<FIN> and <QUIET>|done making noise|through and quiet|no longer <RUNS>|not running any more|out of earshot} {by|after|at|before} @q<TAIL> [<REASON>]"),
    (1, "<DX> {must|has to} not {still |}be <RUNS> {at|after|by|past} @q [<REASON>]"),
    (1, "@q is {lights out|bedtime|when <P> goes to bed}, and <DX> {must be <QUIET>|<MAYNOT> <RUN>} {then|by &q|after &q}"),
    (1, "the {lease|house rules|landlord|contract|housing association} {forbids|forbid|do not allow|bans} {<D>|noise|running <D>|machines} {after|from|past} @q"),
    # quiet ranges ------------------------------------------------------------------------------
    (4, "<DX> {<MAYNOT> <RUN>|<MUST> be <QUIET>|must stay <QUIET>|has to stay off|must stay off|must be off|must rest|must keep quiet} %q<TAIL> [<REASON>]"),
    (3, "<NEI> {may|must|should|can|is allowed to|is to} <RUN> %q<TAIL> [<REASON>]"),
    (3, "%q {it must stay off|<DX> {<MAYNOT> <RUN>|must stay off|<MUST> be <QUIET>|must keep still}|nothing may <RUN>|<NEI> {may|can|must} <RUN>}[, <WHY>]"),
    (2, "{quiet hours|quiet time|the quiet hours|silence|house rules: quiet|night rest|no noise|no machines|absolute silence} {are|is|run|hold|apply|:|} %q{, <D> included|, and that goes for <D>|, so no <DEVN>||, so <D> must be off then}"),
    (2, "<P> {sleeps|naps|rests|is asleep|teaches|records|has calls|is on air|has a lesson} %q, {so |and |}<DX> {<MAYNOT> <RUN>|<MUST> be <QUIET>|must be off|has to stay off} [then]"),
    (2, "<DX> {<MAYNOT> <RUN>|<MUST> be <QUIET>|must be off} {while|when|because|since|as} <P> {sleeps|naps|rests|is asleep|teaches|works} %q"),
    (1.5, "<DX> <MAYNOT> <RUN> {after|from} @q {and|, and|or} {not again |again |not |}{until|before} @u<TAIL> [<REASON>]"),
    (2, "<DX> <MUST> be <QUIET> {by|from|after|at} @q {and|, and} {may|must|can|should|is to} {not run again|stay off|stay silent|stay quiet|not start again|not be used again|only run again|remain off|not go on} {until|before|till} @u<TAIL>"),
    (1.5, "<DX> <MUST> be <QUIET> {by|from|after} @q{,|} {until|till|and until|and stay so until|right through until|and not before} @u<TAIL>"),
    (1.5, "<DX> {<MAYNOT> <RUN>|must be <QUIET>} {after|from} @q; {from @u {on |onwards |}it {may|can} {run again|go on again|start again}|it {may|can} {run again|go on again} {from|after} @u|not again {before|until} @u}"),
    (1, "{and |}{not|nothing|no noise} again {until|before|till} @u<TAIL>"),
    (1, "{no|never} <DEVN> %q<TAIL> [<REASON>]"),
    (1, "<DC>: {off|quiet|not|silent|no running|nothing} %q"),
    (1, "{don't|do not|never} {run|use|start} <D> %q<TAIL> [<REASON>]"),
    (1, "<NEI> {may|can|should} <RUN> {before @u or after @q|after @q or before @u|after @q and before @u}"),
    (1, "<DX> <MAYNOT> <RUN> {before @u or after @q|after @q or before @u|after @q and before @u}"),
    # not_before --------------------------------------------------------------------------------
    (5, "<DX> <MAYNOT> <START> {before|earlier than|until|till|sooner than|any earlier than|ahead of} @n<TAIL> [<REASON>]"),
    (3, "<DX> {can|may|should|must|is to|is allowed to} only <START> {after|from|once it is|from about|as of} @n{ on| onwards|<TAIL>} [<REASON>]"),
    (3, "<DX> {can|may|should|must} <START> {only after|not before|no earlier than|at the earliest at|no sooner than|only from|not earlier than|from|any time after|any time from|only once it is past} @n<TAIL> [<REASON>]"),
    (2, "not before @n{ <TAIL>|, <WHY>|: <WHY>|, please}"),
    (2, "{please |}{do not|don't|never} {start|run|switch on|use|begin|plug in|put on|turn on|touch} <D> {before|until|earlier than|till} @n<TAIL> [<REASON>]"),
    (2, "{don't|do not} {start|run|switch on|use|put on} <D> {until|before|till} <P> <FREE>{,|} {at|about|around|at about} @n"),
    (2, "<DX> {cannot|can't|must not|may not|should not|has to wait and not|won't} <START> {until|before|till} <P> <FREE> at @n"),
    (2, "<STUFF> {won't|will not|can't|cannot} <STUFFV> {until|before|till} [about] @n[, so <D> {has to wait|must wait|can't start before &n|cannot run earlier|starts after &n}]"),
    (2, "<STUFF> will {only|first|not} <STUFFV> {after|at|from|before|until} @n"),
    (2, "<DX> {has to|must|should|needs to} wait {until|till|for <NAME>, who <FREE> at} @n<TAIL> [<REASON>]"),
    (1.5, "<DX> {is|are} {not|only} {available|free|here|home|back|loaded|plugged in|ready to start|reachable|usable} {until|before|from|after|till} @n<TAIL>"),
    (1.5, "<DX> {is|will be|comes|gets} {back|home|free|available|returned|back home|plugged in|on the charger} {at|from|around|after|only at} @n<TAIL>"),
    (1.5, "{hold|keep} <D> {back|off|for later|waiting} until @n<TAIL> [<REASON>]"),
    (1.5, "{wait|hold off} [with <D>] until @n<TAIL> [<REASON>]"),
    (1.5, "{start|run|put on|switch on} <D> {only after|after|no earlier than|not before|from} @n<TAIL>"),
    (1.5, "{earliest start|start|earliest|not before|no start before} {for <D> |of <D> |}{is|:|at|} @n"),
    (1.5, "<DC>: {not before|only after|from|earliest|earliest start|no start before|not until|start after} @n<TAIL>"),
    (1.5, "{before|until} @n <DX> {<MAYNOT> <START>|must wait|is not to <START>|cannot <START>|must not be started|has to wait}"),
    (1.5, "{only|not until} {after|from|at|once it is} @n {on |}{may|can|should} <DX> <START>"),
    (1.5, "<P> <FREE> at @n{,| and} {so |only &n |before &n |until &n |not before &n |}<DX> {can't <START>|cannot <START>|may not <START>|must wait|has to wait|can only <START> after &n|should not <START> before &n|must not <START> before &n}"),
    (1.5, "<P> {has|takes|is using|needs|is out with|is away with} {it|<D>} {until|till} @n<TAIL>"),
    (1.5, "<P> {uses|is in|occupies|needs} the {bathroom|kitchen|cellar|<ROOM>} until @n{, so|;|, and} <DX> {can't <START> before &n|has to wait|must wait|cannot <START> earlier|may only <START> after &n}"),
    (1, "<DX> {should|must} stay {off|idle|untouched|switched off} {until|till} @n<TAIL> [<REASON>]"),
    (1, "{as|since|because} <P> <FREE> {only |}at @n, <DX> {can't <START>|cannot <START>|must wait|has to wait} {before|until &n|until then|earlier}"),
    (1, "<NEI> {may|should|can|is to} <START> {before|until|earlier than} @n<TAIL> [<REASON>]"),
    (1, "<P> would like <D> to {wait|start later|stay off} until @n"),
    (1, "<DX> can't <START> while <P> {works|sleeps|practises|has guests|uses the <ROOM>}, {which is until|that is until|until} @n"),
    # allowed ranges ----------------------------------------------------------------------------
    (1.5, "<DX> {may|can|must|should} only <RUN> %a<TAIL> [<REASON>]"),
    (1, "<DX> {is|are} only {allowed|permitted|available|free} %a<TAIL>"),
    (0.7, "{run|use|start} <D> only %a"),
    # none: past --------------------------------------------------------------------------------
    (4, "<DX> <PAST> [<PASTT>] {at|around|at about|until|by|from|since|just after|shortly before} @0 [<PASTT>]"),
    (2, "<PASTT>{,|} <DX> <PAST> {at|around|at about|until|by|after|before} @0"),
    (2, "<PASTT> <P> {ran|started|emptied|used|forgot|unloaded|switched off|put on|loaded} <D> {at|around|after|before|until} @0"),
    (2, "<P> {ran|started|emptied|used|unloaded|switched off|put on|loaded|finished} <D> {at|around|after|before|by} @0 <PASTT>"),
    (2, "the last {cycle|run|load|charge|wash|firing} {ended|finished|was|stopped|began} {at|around|about} @0"),
    (1, "<DX> <PAST> {at|around} @0 and {was silent|was finished|stopped|was done} by @0"),
    (1, "<DX> {was|were} {quiet|silent|off|running|done|finished|charged} {by|at|until|from|after} @0 <PASTT>"),
    (1.5, "<DX> {had to|was supposed to|was to|used to have to|needed to} be {<DONE>|<QUIET>} {by|before|after} @0 [<PASTT>]{||, but not {any more|now}|, that is over}"),
    (1, "<DX> <PAST> [<PASTT>] {from @0 to @0|%0}"),
    (1, "<P> {came home|got back|left|arrived|woke up|called|went to bed|fell asleep} {at|around} @0 <PASTT>"),
    (1, "the {power|internet|fuse|electricity|water} {was off|failed|came back|went out|tripped} {at|until|from} @0 <PASTT>"),
    # none: habits ------------------------------------------------------------------------------
    (3, "<DX> <HAB> <HABR> {at|around|after|before|by|from} @0<TAIL0>"),
    (2, "<HAB>[,] <DX> <HABR> {at|around|after|before|by} @0"),
    (2, "<P> <HAB> {runs|starts|empties|loads|switches on|uses|puts on|charges|turns on} <D> {at|around|after|before} @0<TAIL0>"),
    (1, "<P> likes to {run|start|empty|load|use} <D> {at|around|after} @0"),
    (1, "<DX> {runs|starts|charges|is used|goes on} %0 {most days|on normal days|as a habit|in winter|every week|on weekends|usually}"),
    (1, "<DX> <HAB> <HABR> %0"),
    (0.7, "in {winter|summer} <DX> <HABR> {at|around|after} @0"),
    # none: people and things -------------------------------------------------------------------
    (4, "<NAME>'s <EVT> {is|starts|begins|ends|is over|was moved} {at|to|around|from} @0<TAIL0>"),
    (2, "<NAME> has {a|her|his|an} <EVT> {at|from|until|around} @0<TAIL0>"),
    (4, "<P> <EVS> {at|around|after|before|from|until|by} @0<TAIL0>"),
    (2, "<P> <EVS> {at|around} @0 <OTHERD>"),
    (2, "<P> will {be home|arrive|leave|call|be back|be out|be asleep|be away|be here} {at|by|from|until|after|before} @0<TAIL0>"),
    (3, "<THING> <THINGV> {at|around|from|by|before|after|until} @0<TAIL0>"),
    (1.5, "<OTHERD> {<P> <EVS>|<THING> <THINGV>|<DX> <MUST> be <DONE>|<DX> <MUST> be <QUIET>} {at|by|before} @0"),
    (1.5, "{the shop|the library|the pool|the office|the pharmacy|the recycling centre|the bakery|the surgery} is open %0"),
    (1.5, "<NAME>'s <EVT> is %0<TAIL0>"),
    (1.5, "<P> {works|is at school|is at work|is out|is in town|is on shift|is at the gym|watches TV} %0<TAIL0>"),
    (1, "<P> <SLEEP> {at|around|from} @0, but {sleeps through anything|does not mind the noise|nothing wakes {him|her}|never hears <D>|wears earplugs|it doesn't matter|noise is no problem}"),
    (1, "<P> {<LEAVE>|<EVS>} at @0, but {not with <D>|takes the bus|that has nothing to do with <D>|does not need <D>|goes on foot|without the car}"),
    (1, "<P> {<LEAVE>|<EVS>} at @0 {on foot|by bus|by train|with a colleague|and takes the bus|with a friend}"),
    (1, "{remember|note|reminder|don't forget|remember to}: <NAME>'s <EVT> at @0"),
    (1, "{call|ring|phone|text|feed|walk|meet|collect|pick up|remind} {<NAME>|the cat|the dog|the plumber|the kids} {at|before|after|by} @0"),
    (1, "dinner {is|will be} {at|around|ready at|served at} @0<TAIL0>"),
    (1, "{breakfast|dinner|lunch|tea|supper} is {usually |always |}at @0"),
    (1, "<P> {gets up|goes to bed|wakes up|is in bed|sleeps} {at|by|around|from|until} @0<TAIL0>"),
    (1, "the {battery|filter|display|clock|timer|app} [of <D>] {shows|says|was set to|beeps at|reads|updates at} @0"),
    (1, "the {tv|television|radio|drums|trumpet|drill|leaf blower} <MUST> be {off|silent} {by|after} @0"),
    # none: cancelled ---------------------------------------------------------------------------
    (2.5, "<OLD> {that|saying} <DX> {<MUST> be <DONE> by|<MUST> be <QUIET> {by|after}|<MAYNOT> <RUN> after|<MAYNOT> <START> before} @0 <GONE>"),
    (2, "<OLD> {of|about|with|from|against} {@0|running after @0|<DEVN> after @0|noise after @0|starting before @0|quiet by @0} <GONE>"),
    (2, "the @0 {rule|limit|deadline|curfew|ban|restriction|cut-off} [for <D>] <GONE>"),
    (1.5, "<DX> {no longer|doesn't|does not} {has to|have to|needs to|need to} be {<DONE>|<QUIET>} {by|before|after} @0 [any more]"),
    (1.5, "<OLD> (<DEVN> {off|silent|done|quiet|not} {by|after|before} @0) <GONE>"),
    (1, "{forget|ignore|never mind} {the|that|what I said about} {@0 rule|old rule about @0|deadline of @0|note about @0|<D> being {done|off} by @0|ban after @0}"),
    (1, "<DX> {used to|once had to} {be <QUIET>|stop|be <DONE>|start|run} {by|after|at|before} @0[, but {that is over|no longer|not any more|<NAME> moved out}]"),
    (1, "there is no {need|reason|rule} {for <D> to be <DONE>|to have <D> <DONE>|to be quiet|to wait} {by|until|before|after} @0 [any more]"),
    (1, "it doesn't matter {if|whether} <D> {runs|is on|is done|finishes|is quiet} {after|by|before|past} @0"),
    (1, "<DX> {may|can} {run|be on|make noise|carry on} {after|past|beyond} @0 [again] {now|as far as <P> is concerned|, nobody minds|, <P> is away|, that is fine|without a problem}"),
    (1, "<OLD> {<DX> <MAYNOT> <RUN>|quiet hours|no noise} %0 <GONE>"),
    # two in one --------------------------------------------------------------------------------
    (3, "<DX> <MUST> be <DONE> by @f {and|but} {must be|has to be|it must be|} <QUIET> {by|after|from} @q"),
    (2.5, "<DX> <MUST> be <DONE> {by|before} @f{, and| and|, but|;|,} <D> {<MAYNOT> <RUN> after|<MUST> be <QUIET> by|must be <QUIET> from} @q"),
    (2.5, "<DX> <MUST> be <DONE> {by|before} @f{, and| and|, but|;|, while|, whereas} <D> {<MUST> be <DONE> |}by @f"),
    (2, "<DX> {may|can} only <START> after @n{, and| and|, but|} {must be|has to be|it must be} <DONE> by @f"),
    (2, "<DX> <MAYNOT> <START> before @n{, and| and|, but|} <MUST> be <DONE> {by|before} @f"),
    (2, "<DX> {<MUST> be <QUIET> by|<MAYNOT> <RUN> after} @q{, and| and|, but|;} <D> {<MUST> be <DONE> by @f|<MAYNOT> <START> before @n|must be <DONE> before <P> <LEAVE> at @f}"),
    (2, "<DX> <MUST> be <DONE> by @f, because <P> {<LEAVE>|<NEEDIT>} at @0"),
    (1.5, "<NAME> {<EVS>|<LEAVE>} at @0, {but|and} <DX> {<MAYNOT> <RUN> after @q|<MUST> be <DONE> by @f|<MAYNOT> <START> before @n}"),
    (1.5, "<DX> <PAST> at @0 <PASTT>, {but|and|and now} {it |}{must be|has to be|needs to be} {<DONE> by @f|<QUIET> by @q}"),
    (1.5, "<DX> <HAB> <HABR> at @0, but {today|tonight|this time} it {<MUST> be <DONE> by @f|<MAYNOT> <START> before @n|<MAYNOT> <RUN> after @q}"),
    (1.5, "{no|nothing|no noise} after @q{,| and} {and |}<D> <DONE> by @f"),
    (1, "<DC>: not before @n, {done|finished|ready} by @f"),
    (1, "<DC>: {done|finished|ready} by @f, {silent|quiet|off} {by|after|from} @q"),
    (1, "<DC>: start after @n, {silent|quiet|off} {by|after|from} @q"),
    (1, "the same {goes|applies} for <D>: {not before @n, and <DONE> by @f|<DONE> by @f|not before @n|<QUIET> {from|by} @q|not after @q}"),
    (1, "{provided|as long as|so long as|on condition|only if} [that] <D> is <QUIET> {by|from|after} @q, <P> {says nothing|does not complain|doesn't mind|is happy}"),
    (1, "{provided|as long as|so long as} [that] <D> is <DONE> {by|before} @f, <P> {says nothing|doesn't mind|is happy|does not care when it runs}"),
    (1, "<P> <EVS> at @0 and <SLEEP> {by|at|from} @0"),
    (1, "<STUFF> {is|are} {waiting for|with|at} <P>, who won't {bring|be|come|arrive} {it |them |}{until|before} @n"),
    (1, "<P> <EVS> {until|till} @n, so <DX> {isn't|is not|are not} to be started before {@n|&n}"),
    (1, "<P> {sits|stays|is} {in it|there|in the bath} until @n, so <DX> <MAYNOT> <START> before"),
    (1.5, "nobody {is to|may|should|must|is allowed to} {touch|start|switch on|use|run|load} <D> {before|until} {@n|<P> <FREE>{,|} {about |roughly |at |}@n}"),
    (1, "nobody {is to|may|should|must} {run|use|have|leave} <D> [on|running] {after|past} @q<TAIL> [<REASON>]"),
    (1, "it would be {good|nice|great|best|ideal} if <D> {were|was} <DONE> {by|before} @f[, <WHY>]"),
    (1, "I'd {rather|like it if|prefer it if} <D> {didn't start|wasn't started|did not run} before @n"),
    (1, "I'd {rather|like it if|prefer it if} <D> {didn't run|wasn't on|was <QUIET>|were <QUIET>} after @q"),
    (2, "<DX> <MUST> be <DONE> before <P> <SLEEP>{,|} {at|around|about} @f<TAIL>"),
    (1, "<DX> <MAYNOT> <START> until <P> <FREE>, which {is|will be|won't be before|happens|should be} {at |about |}@n"),
    (1, "<DX> {<MAYNOT> <RUN>|must be <QUIET>} once <P> <SLEEP>, which {is|will be|happens|means|usually is} {at |about |from |by |}@q"),
    (1, "<DX> <MUST> be <DONE> before <P> <LEAVE>, which {is|will be|happens} {at |about |}@f"),
    (1, "the latest <D> may {run|be heard|be on|make noise} {is|until} @q"),
    (1, "the latest <D> may {finish|end|be done} is @f"),
    (1, "the earliest <D> {may|can} {start|begin|go on} is @n"),
    (2, "<DX> {may|can|is allowed to} {only |}{run|be on|stay on|make noise|be used|keep going} until @q [at the latest|and no longer|only]"),
    (1.5, "{washing|running <D>|<D>|noise|drying} is {allowed|permitted|tolerated|fine|ok} {only |}until @q [only]"),
    (1, "<P> {allows|permits|tolerates} {<D>|noise|washing|the noise of <D>} {only |}until @q [only]"),
    (1.5, "{old|last year's|former|previous} {note|rule|plan}: <DC> {off|done|quiet|not} {by|after|before} @0"),
    (1, "{new|current|this week's|today's} {note|rule|plan}: <DC> {off|quiet} {by|after|from} @q"),
    (1, "{new|current|this week's|today's} {note|rule|plan}: <DC> {done|finished|ready} {by|before} @f"),
    (1, "{after &q|from &q on|after &q,} {no <DEVN>|<DX> <MAYNOT> <RUN>|<DX> must be <QUIET>|<NEI> may <RUN>|no noise}"),
    (2, "<DX> {must|has to|needs to|should} be {off|switched off|turned off|quiet|silent} {by|at|before} @q [as well|too|also|again|latest]"),
    (1.5, "<DC> {off|quiet|silent|finished making noise|both off} {by|from|after} @q<TAIL>"),
    (1, "<DX> {isn't|is not|are not} {allowed|permitted|welcome|wanted} {after|past|from} @q"),
    (1, "<D> <MUST> be <DONE> by @f, since <P> {unloads|empties|collects|uses|needs|opens} it at @0"),
    (1, "{once|when|after} <P> <SLEEP>, {that is |i.e. |}{from|at|by} @q, <NEI> {may|should} <RUN>"),
    (1, "<DX> <MAYNOT> <RUN> {any more |}once <P> <SLEEP>, and that is {at|from} @q"),
    (1, "<NEI> {may|must|should} be <RUNS> {when|once} {<P> <SLEEP>|<P> <EVS>|<THING> <THINGV>} at @q"),
    (1, "{at|from} @q is {bedtime|the bedtime story|lights out}; after &q no <DEVN>"),
    (1, "<P> <SLEEP> at @q; after &q {no <DEVN>|nothing noisy|<D> is off}"),
    (1, "until @n {the socket|the plug|the kitchen|the machine|the drum} is {used|taken|occupied|blocked} by <P>, so <DX> <MAYNOT> <START> before"),
    (1, "<D> is {drying|airing|soaking|cooling|locked|in use|blocked|busy|still full|occupied} until @n, so {hold off|wait|no <DEVN>|don't start it} {until &n|before &n|}"),
    (1, "<P> {collects|needs|picks up|wants} {it|<STUFF>|<D>} at @f and it <MUST> be <DONE> then"),
    (1, "<DC>{:| is| –|,} {never|not|off|silent|no running|must be off|must not run} {during|in|over} {the siesta|siesta|nap time|quiet time|the night|the service|prayers|the lesson|lunch|the nap}{,|:|, that is| (|} %q"),
    (1, "<DX> <MAYNOT> <RUN> {during|in|over} {the siesta|siesta|nap time|quiet time|the night|the service|prayers|the lesson|lunch|the nap}{,| from| –|, that is|} %q"),
    (2, "<DX> {must not|mustn't|may not|should not|can't|cannot} be <RUNS> any more {after|past|from|at|by} @q<TAIL> [<REASON>]"),
    (1, "<DX> {must|should|may} no longer <RUN> {after|past|from|at} @q<TAIL> [<REASON>]"),
    (1.5, "{it|<D>} {has|have} been {loaded|full|waiting|ready|plugged in|empty|sitting there|charging|standing there|running|on} {since|from} {about |around |roughly |}@0"),
    (1.5, "<D> {comes back|is back|returns|gets back|is home|arrives} at @n{,| and|, and} {leaves|drives off|goes|is off|departs|sets off|is needed} [again] at @f"),
    (1.5, "<D> {will be|is|gets|is to be} {collected|picked up|fetched|handed over|returned} [by <NAME>] [tomorrow] {at|before} @f{, <DONE>| and must be <DONE>|, so it <MUST> be <DONE>|, <DONE> of course}"),
    (1, "<NEI> while <P> {showers|cooks|bathes|is in the bath|has guests}, {i.e.|that is|so not} {before|until} @n"),
    (1, "<P> {will plug in|plugs in|brings|will bring|will load} <D> {when|once} {he|she} is {home|back}, {around|at|about} @n"),
    (1, "<P> <EVS> at @f, and by &f <DX> <MUST> be <DONE>"),
    (1, "<P> {<EVS>|has a lesson|has a call|records} at @0 {and it lasts until|until|and goes on until|, ends at|and finishes at} @0"),
    (1.5, "{no|never any} {washing|laundry|<DEVN>|baking|spinning} before @u {and|or} {none |never |}after @q[, says <NAME>|, house rule]"),
    (1.5, "{no|nothing} {washing|laundry|<DEVN>|noisy|baking|spinning} after @q {and|or} {none |not |nothing |}before @u"),
    (1.5, "<STUFF> {must|has to|should|needs to} {come out of|be out of|be in} <D> {by|before} @f<TAIL>"),
    (1, "<STUFF> {must|has to|should|needs to} be on the {line|table|rack|counter} {by|before} @f<TAIL>"),
    (1, "<P> {would like|wants|wishes|hopes} {<D> not to|that <D> does not} <RUN> {after|past|from} @q"),
    (1, "<P> promised [<P>] that <D> {won't|will not} {be <RUNS>|run|be on} {after|past|later than} @q"),
    (1, "<P> promised [<P>] that <D> {will|would} be <DONE> {by|before} @f"),
    (1, "<D> {stays|remains|is to stay|has to stay} {off|idle|closed} until {<P> <FREE> at @n|@n}"),
    (1, "{machines|everything|all devices|<D>} off from @q, {machines |}on again {from|after|at} @u"),
    (2, "<DX> {must|has to|should|needs to} have {stopped|fallen silent|gone quiet|shut down|quit|come to a standstill|ceased} {by|before} @q<TAIL>"),
    (1.5, "<P> {would like|'d like|wants|wishes|hopes for} <STUFF> {out|ready|done|dry|clean|hot} {by|before|at|for} @f<TAIL>"),
    (2, "<DC>{:|,|} {ready|done|charged|dry|warm|hot|full|finished|complete|over} {for|at|by|to} @f<TAIL>"),
    (1.5, "{so|and|hence|and so} {be |}{<DONE>} {by|before|at|for} @f<TAIL>"),
    (1.5, "it is {forbidden|prohibited|not allowed} that <D> {works|runs|is on|goes} {after|past} @q"),
    (1, "it is {forbidden|prohibited|not allowed} that <D> {works|runs|is on} %q"),
    (1.5, "<DC>{:| –|} {hard stop|stop|curfew|silence|lights out|noise curfew|cut-off for noise|off} {at |by |from |}@q<TAIL>"),
    (2, "{never|not|no start|no run|not on} before @n[, <WHY>]"),
    (1, "<DX> {is|are} not to be on after @q, {never|and not|nor} before @n"),
    (1.5, "{latest finish|latest|deadline|finish by|must be over by|end} {is |at |}@f<TAIL>"),
    (1.5, "{earliest start|earliest|first chance|start} {is |at |}@n<TAIL>"),
    (1.5, "@n at the earliest[, <WHY>]"), (1, "@f at the {latest|outside}[, <WHY>]"),
    (2, "<DX> can {go on|go in|start|run|be started|begin|be used} {as soon as|once|when|after} <P> <FREE>{,| at|, at|, that is|:} @n"),
    (2, "<DX> <MAYNOT> <START> {before|until} <P> {<LEAVE>|<EVS>} at @n"),
    (3, "<P> [downstairs] {asks|asked|requested|wants|insists|begs|demanded} [us] that <D> be <QUIET> {by|from|after} @q"),
    (3, "<P> [downstairs] {asks|asked|requested|wants|insists|begs|demanded} [us] that <D> {be <DONE>|have finished} {by|before} @f"),
    (1.5, "<DX> <MUST> be <DONE> when <P> {is back|gets home|comes home|returns|arrives|wakes} at @f"),
    (1.5, "<D> arrives [with <NAME>] at @n, and {before|by} @f it <MUST> be <DONE>"),
    (1.5, "<P> takes <D> at @f{;|,} {full battery required|it has to be full|must be full by &f|so charge it|fully charged please}"),
    (1, "<D>: start it any time, but {it's|it is|we agreed it's} <DONE> by @f"),
    (1.5, "<D> is never to be started before <P> <FREE>, [though,] and {today|tonight|} that's {at |}@n"),
    (1.5, "<DX> <MAYNOT> <START> until <P> <FREE>: @n"),
    (1.5, "<DC>: {loading|full|busy|in use|occupied|being cleaned} {till|until} @n[, so not before]"),
    (1.5, "after @n {is fine|is ok|it is fine|is all right}, {not before|but not before|not earlier}"),
    (1, "not now, <P> {sleeps|records}; after @n {is fine|is ok|any time}"),
    (1.5, "<STUFF> {is|are} in <D>, which {therefore |}{must|has to} be <DONE> by @f"),
    (1, "from @q {there is to be silence|silence|peace and quiet}[, so <D> off]"),
    (1.5, "at @q <D> {goes off|falls silent|has to stop|must stop|is switched off}, and it may come back on {at|from} @u"),
    (1.5, "<DX> must be {off|silent|quiet} {by|from|at} @q and may {come back on|go on again|run again|start again} {at|from|after} @u"),
    (1, "cancelled: <OLD> ({off|silent|done} {by|after} @0)"),
    (1, "<P> has the key {only |}from @n, so <NEI> <MAYNOT2> be started {earlier|before}"),
    (1.5, "<DX> {is|are} {out of bounds|forbidden|barred|banned|taboo|off limits|out of action|to be kept off|kept off|silenced|kept mute} %q<TAIL>"),
    (1, "the noise has to stop {at|by} @q{, so that <P> sleeps|}"),
    (1.5, "<P> {counts on|relies on|expects} {<STUFF>|<D> being <DONE>|clean dishes|a full battery|a hot shower} {at|by} @f[, so <D> <MUST> be <DONE> by &f]"),
    (1.5, "<P> {<EVS>|<SLEEP>} at @q, and {from then on|past that|beyond that|after that} it {can't|must not|may not} <RUN>"),
    (1.5, "<DC>: {<STUFF>, |for <P>, |}{ready|done|warm|finished} {at|by|for} @f, and I can't {start it|put it on} before @n [<REASON>]"),
    (1.5, "no {water|heat|noise|start|power|steam|firing|charging|washing} before @n"),
    (1, "<P> {bathes|washes|showers|eats|cycles off|drives off} at @f{, and|,} {wants|counts on|expects} {a full battery|hot water|clean plates|it <DONE>}"),
    (1, "<DX> {takes a break|rests|pauses|keeps still|lies still|is barred|stays off} %q<TAIL>"),
    (1, "{at|from} @q <D> {must already be|has to be|must be} {still|quiet|silent|off} and stay so"),
    (1.5, "{once|when} <P> <SLEEP>, at @q, {it|<DX>} {must have stopped|has to be <QUIET>|<MAYNOT> <RUN>}"),
    (1, "<P> gives <D> until @f and no longer"), (1, "@f is the last minute at which <D> may finish"),
    (1, "<D> has until @f"), (1, "the curfew for <D> is {at |}@q"), (1, "<D> falls under a curfew at @q"),
    (1.5, "<D> is {blocked|reserved|occupied|not free} {until|till} @n"),
    (1, "@n is {<D>'s first chance|the first chance for <D>|the earliest for <D>|the hour from which it may be started}"),
    (1, "<P> {arrives|rolls in|is back|returns} at @n, {which is|that is} the first chance to {connect|start|load} <D>"),
    (1, "<STUFF> {comes|come|gets here|arrives} at @n, {so before then there is nothing to plug in|and until &n nothing can start|and not before that}"),
    (1.5, "<P> {<EVS>|<NEEDIT>} at @f, {for which|and for that|so for that|and for it} <D> <MUST> be <DONE> [in time]"),
    (1, "<P> {<EVS>|<NEEDIT>} at @f, so <DX> <MUST> be <DONE> {for it|for that|in time for it|in time|for then|before}"),
    (1, "<P> {<EVS>|<NEEDIT>} at @f, and {for that|by &f|before &f} <D> <MUST> be <DONE>"),
    (1, "<D> {has to|must} {hold its tongue|pipe down|lie dormant|keep mum|be at a standstill} from @q{| on}[ and may {speak|start|run|go on} again at @u]"),
    (1, "lights-out for <D> is {at |}@q"), (1, "<D>'s {deadline|time limit} is @f"),
    (1.5, "<P> {teaches|has a lesson|rehearses|has guests|is on the phone|naps|sleeps} %q, and {for that time|during it|during that|in that time} <D> must be {off|silent|out of action|quiet}"),
    (1, "<P> {teaches|naps|sleeps|rehearses} %q, {and|so} {whoever|anyone who} runs <D> {then|during it} {answers to <P>|gets into trouble}"),
    # again, conditions, what is served ---------------------------------------------------------
    (1.5, "{it|<DX>|that|<D>} {is|are} {allowed|permitted|fine|ok|okay|possible|free to run|welcome} again {from|after|at} @u{ on| onwards|<TAIL>}"),
    (1.5, "{from|after} @u{ on| onwards|}[,] {it|they|<D>} {is allowed|may run|can run|is fine|may start|can go on|may be used|can be used} again"),
    (1, "{it|they|<D>} {may|can} {run|go on|start|resume|be used|be switched on|spin} again {from|after|at} @u{ on| onwards|<TAIL>}"),
    (1.5, "{no|never any} {<DEVN>|wash|laundry|charging|baking|firing} {before|until} @n<TAIL> [<REASON>]"),
    (1.5, "<THING> <THINGV> from @0, so {no <DEVN> before &n|<DX> <MAYNOT> <START> before &n|not before &n}"),
    (1.5, "<THING> <THINGV> at @0, so {<D> <MUST> be <DONE> by &f|<DX> <MUST> be <DONE> before &f|done by &f}"),
    (1.5, "if <D> is {not|not yet} <DONE> {by|at} @f, <WHY>"),
    (1.5, "if <D> is still <RUNS> {at|after|by|past} @q, <WHY>[, so it must be <QUIET> by &q]"),
    (1, "if <D> {runs|goes on|is on|starts} {after|past} @q, <WHY>"),
    (1, "if <D> {starts|runs|is started} before @n, <WHY>"),
    (1.5, "as long as <D> is <DONE> {by|before} @f, {nobody minds|it does not matter|I don't care} when it runs"),
    (1, "<STUFF> is served {from|at} @0 and {has to|must} be <DONE> by &f"),
    (1.5, "<P> <EVS> at @0, {and|so} <DX> <MUST> be <DONE> {before|when|by the time} {he|she|they|<P>} {<LEAVE>|<NEEDIT>} at &f"),
    (1, "<DX> <MUST> be <DONE> {before|when|by the time} <P> {<LEAVE>|<NEEDIT>} at &f"),
    (1, "<DX> <MAYNOT> <START> {before|until} <P> <FREE> at &n"),
    (1, "<DX> <MAYNOT> <RUN> {once|after|when} <P> <SLEEP> at &q"),
    (1, "<DX> {has been|have been|had been} {loaded|full|waiting|ready|plugged in|empty|sitting there|on the dock|charging} since {about |}@0[, {I just never pressed start|nobody pressed the button|so it can go}]"),
    (1.5, "after @q <DX> {is|are} not {allowed|permitted|to be used|to run|welcome}[, <WHY>]"),
    (1.5, "<STUFF> to be <DONE> {by|before} @f[, <WHY>]"),
    (1, "<DX> to be <DONE> by @f"), (0.7, "<DX> to be {off|silent|quiet} {by|from|after} @q"), (0.7, "<DX> to be {started|run|put on} {after|from|no earlier than} @n"),
    (1, "{by|before} @f {<D> {must|has to} have <FINISHEDV>|<P> must have <D> <DONE>}"),
    (1, "{keep|leave} <D> {off|switched off|silent} {from|after} @q{ on| onwards|<TAIL>}"),
    (1, "{have|get} <D> <DONE> by @f<TAIL>"),
    (1, "<DX> {is|are} not to be {kept |}{running|started|used|heard} {after|past|from} @q<TAIL>"),
    (1, "<DX> {is|are} not to be {started|run|switched on|used} {before|until} @n<TAIL> [<REASON>]"),
    (1, "%q <P> {records|sleeps|naps|teaches|has calls}; <D> {off|silent|quiet} {then|in that time|meanwhile}"),
)  # fmt: skip
RULES["FINISHEDV"] = "finished|ended|completed its run|been emptied|been charged"
RULES["MAYNOT2"] = "can|may|is to"
RULES["REASONF"] = "<WHY>|<WHY>|<P> sleeps next to the <ROOM>|the kids have school tomorrow"
RULES["NEEDV"] = (
    "leave|need it|collect it|want it|come for it|get up|have breakfast|drive off|set off"
)
RULES["MUSTH"] = "must|has to|should|wants to|needs to"
RULES["TAIL0"] = (
    "|||| on Saturday| tomorrow| today|, as usual| every day| this week| on Tuesdays|, with <NAME>| on foot| in town|, rain or shine| for half an hour| as always| with <NAME>"
)

_SPOKEN = "twelve one two three four five six seven eight nine ten eleven".split()


def time_words(rng: random.Random) -> str:
    """A time of day in one of the spellings that people use."""
    hour, minute = rng.randrange(24), rng.choice((0, 0, 0, 15, 30, 30, 45, 10, 50, 20))
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    twelve = hour % 12
    said = _SPOKEN[twelve]
    style = rng.randrange(16)
    if style < 6:
        return f"{hour:02d}:{minute:02d}"
    if style == 6:
        return f"{twelve or 12}.{minute:02d} {'am' if hour < 12 else 'pm'}"
    if style == 7:
        return f"{twelve or 12} {rng.choice(('am', 'a.m.', 'AM')) if hour < 12 else 'pm'}"
    if style == 8:
        return rng.choice(("noon", "midnight", f"{hour:02d}h{minute:02d}", f"{hour:02d}.30"))
    if style == 9:
        return f"{said} o'clock"
    if style == 10:
        return f"half past {said}" + rng.choice(("", f" in the {part}"))
    if style == 11:
        return f"{rng.choice(('a quarter', 'quarter', 'ten', 'twenty'))} {rng.choice(('to', 'past'))} {said}"
    if style == 12:
        return f"{said} in the {part}"
    if style == 13:
        return f"{hour:02d}{minute:02d} hours"
    return f"{twelve or 12}{f':{minute:02d}'}{'am' if hour < 12 else 'pm'}"


def range_words(rng: random.Random) -> str:
    """A range of times, with its prepositions."""
    a, b = time_words(rng), time_words(rng)
    frame = rng.choice(
        (
            "between {} and {}",
            "from {} to {}",
            "from {} until {}",
            "between {} and {}",
            "from {} till {}",
            "{}-{}",
            "{} to {}",
        )
    )
    return frame.format(a, b)


def expand(text: str, rng: random.Random) -> str:
    """Replace rules, alternatives and options until none is left."""
    while True:
        m = re.search(r"<(\w+)>", text)
        if m:
            options = RULES[m[1]]
            text = text[: m.start()] + rng.choice(_split(options)) + text[m.end() :]
            continue
        m = re.search(r"\{([^{}]*)\}", text)
        if m:
            text = text[: m.start()] + rng.choice(m[1].split("|")) + text[m.end() :]
            continue
        m = re.search(r"\[([^\[\]]*)\]", text)
        if m is None:
            return text
        text = text[: m.start()] + (m[1] if rng.random() < 0.5 else "") + text[m.end() :]


def _split(options: str) -> list[str]:
    """At "|" outside braces."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(options):
        depth += (c == "{") - (c == "}")
        if c == "|" and depth == 0:
            parts.append(options[start:i])
            start = i + 1
    return [*parts, options[start:]]


_LABEL = {
    "f": "finish_by",
    "q": "quiet_by",
    "u": "quiet_until",
    "n": "not_before",
    "0": "none",
    "a": "allowed_range",
}


_BEFORE = (
    "<WHY>, so ", "since <WHY> ", "since <WHY>, ", "as <WHY>, ", "because <WHY>, ", "in fact ", "as <P> says, ", "<NAME> again: ",
    "please note: ", "well, ", "<WHY>; ", "<WHY>: ", "<WHY> and ", "<WHY>, and so ", "also, ", "remember: ", "<NAME> asks: ", "rule: ",
    "we agreed that ", "<NAME> says ", "and ", "but ", "so ", "however, ", "today ", "it is important that ", "mind you, ", "whatever happens, ",
)  # fmt: skip
_BEHIND = (
    " because <WHY>",
    ", <WHY>",
    ": <WHY>",
    ", says <NAME>",
    ", as <WHY>",
    ", otherwise <WHY>",
    "; <WHY>",
    " – <WHY>",
    " so <WHY2>",
    ", for <NAME>",
    ", or else <WHY>",
    ", <NAME>",
    " (<WHY>)",
)


def _dressed(frame: str, rng: random.Random) -> str:
    """Now and then something before or behind the statement that does not change it."""
    if rng.random() < 0.15:
        frame = rng.choice(_BEFORE) + frame
    if rng.random() < 0.12 and "TAIL" not in frame and "REASON" not in frame:
        frame += rng.choice(_BEHIND)
    return frame


def sentence(rng: random.Random) -> tuple[str, list[str]]:
    """A sentence and the labels of its times, in order."""
    frame = rng.choices([f for _, f in FRAMES], [w for w, _ in FRAMES])[0]
    text = expand(_dressed(frame, rng), rng)
    labels: list[str] = []

    def put(m: re.Match[str]) -> str:
        mark, kind = m[1], m[2]
        if mark == "&":
            labels.append(_LABEL[kind])
            return "then" if rng.random() < 0.7 else "that"
        if mark == "%":
            labels.append("quiet_range" if kind == "q" else _LABEL[kind])
            return range_words(rng)
        labels.append(_LABEL[kind])
        return time_words(rng)

    text = re.sub(r"([@&%])([fqun0a])", put, text)
    text = re.sub(r"\s+([,;:.!?)])", r"\1", re.sub(r"\s+", " ", text)).strip(" ,")
    text = text[:1].upper() + text[1:]
    if rng.random() < 0.1:
        text = text.lower()
    return text + rng.choice((".", ".", ".", "", "!")), labels
