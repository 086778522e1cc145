"""The wordings of `sanitize.py`: the same fact as a text says it, as a rewrite says it in other
words, and as a wrong rewrite says it.

`FIRST` was written before the first run, hard ones among them; the rules learned three forms from
it ("half past six", "a fortnight", "forbidden"), and names made of common words ("the Heron
Group"). `SECOND` was written after that, harder, and run once before any rule was changed for it;
that run is the one held out, and its figures are kept in bench/README.md. Then the rules learned
five forms from it ("fifty pounds", "9.99 a month", "eight in the evening", "or older", "unable").
"""

from __future__ import annotations

Wordings = dict[str, tuple[tuple[str, str, str], ...]]

FIRST: Wordings = {
    "number": (
        ("It takes 90 minutes", "The work needs 1.5 hours", "The work needs 2.5 hours"),
        ("The rent is 1,240 EUR", "There is a rent of €1240", "There is a rent of €1420"),
        ("We are three people", "The household has 3 members", "The household has 4 members"),
        ("The box weighs 2.5 kg", "It has a mass of 2500 g", "It has a mass of 250 g"),
        ("Two dozen eggs are left", "There are 24 eggs", "There are 12 eggs"),
        ("The offer is 15% off", "A discount of 15 percent is given", "A discount of 50% is given"),
        ("It lasts a fortnight", "It goes on for two weeks", "It goes on for three weeks"),
        (
            "They asked for $4k",
            "The price named is 4,000 dollars",
            "The price named is 40k dollars",
        ),
        ("A couple of rooms are free", "2 rooms are free", "5 rooms are free"),
    ),
    "date": (
        ("It is due on 12 March 2026", "The due day is 2026-03-12", "The due day is 2026-03-21"),
        ("We fly on April 3rd", "The flight is on 3 April", "The flight is on 30 April"),
        ("The class is on Tuesday", "Lessons are held on Tuesdays", "Lessons are held on Mondays"),
        ("She comes tomorrow", "The visit is tomorrow", "The visit is today"),
        (
            "The test was on 07.09.2025",
            "A test took place on 7 Sept 2025",
            "A test came in May 2025",
        ),
        ("It starts on New Year's Day", "It begins on 1 January", "It begins on 2 January"),
    ),
    "time": (
        ("It ends at 6.30 pm", "The end is at 18:30", "The end is at 06:30"),
        ("We meet at noon", "The meeting is at 12:00", "The meeting is at 14:00"),
        ("The shop opens at 9 am", "Opening time is 9:00", "Opening time is 11:00"),
        ("The bus goes at 07:45", "A bus leaves at 7.45 am", "A bus leaves at 8.45 am"),
        ("He leaves at half past six", "He goes away at 6:30", "He goes away at 7:30"),
    ),
    "name": (
        ("I asked Maya Okafor", "Maya was asked", "Priya was asked"),
        ("My flat is in Aarhus", "The flat lies in Aarhus", "The flat lies in Odense"),
        ("We bank with Nordea", "Nordea is the bank", "Jyske is the bank"),
        ("The dog is called Rufus", "There is a dog, Rufus", "There is a dog, Fido"),
        ("I work for the Heron Group", "The employer is called Heron", "The employer is Zyka"),
    ),
    "quote": (
        ("She wrote “come back at once”", "The words were “Come back at once”", "Words were said"),
        ('The sign says "mind the gap"', 'It reads "mind the gap"', 'It reads "mind the step"'),
    ),
    "limit": (
        ("Pets are not allowed", "No pets are allowed", "Pets are allowed"),
        ("It must cost at least 50 euros", "The minimum is 50 euros", "At most 50 euros are due"),
        ("Come before 8 o'clock", "Arrive no later than 8 o'clock", "Arrive after 8 o'clock"),
        ("Don't wake the baby", "The baby has to sleep on without being woken", "Wake the baby"),
        ("Only cash is taken", "They take cash exclusively", "They take cash"),
        ("It has to weigh under 20 kg", "Less than 20 kg is asked for", "More than 20 kg is fine"),
        ("He came unless it rained", "He came except when it rained", "He came when it rained"),
        ("Smoking is forbidden", "Smoking is not permitted", "Smoking is permitted"),
    ),
}

SECOND: Wordings = {
    "number": (
        ("The loan is for 25 years", "It is a loan over 300 months", "It is a loan over 30 months"),
        ("We drove 12 km", "The way was 12,000 metres long", "The way was 1,200 metres long"),
        ("He is owed fifty pounds", "A debt of £50 stands", "A debt of £15 stands"),
        ("Half of the staff are ill", "50% of the workers are ill", "30% of the workers are ill"),
        ("I drank a litre and a half", "1.5 l were drunk", "2.5 l were drunk"),
        (
            "It needs 3 to 4 hours",
            "The work takes three to four hours",
            "It takes five to six hours",
        ),
        ("The site has 2 million users", "There are 2,000,000 users", "There are 200,000 users"),
        ("It is 20 degrees below zero", "The cold is -20 °C", "The cold is -2 °C"),
        ("The fee is 9.99 a month", "Each month costs 9.99", "Each month costs 99.90"),
    ),
    "date": (
        ("The lease ends in June 2027", "The contract ends in June 2027", "It ends in July 2027"),
        (
            "I was away from 1/2/2026",
            "The absence began on 1 February 2026",
            "It began on 3 May 2026",
        ),
        ("See you on the 5th of May", "The next visit is on May 5", "The next visit is on May 15"),
        (
            "The exam is on Friday week",
            "The exam is in the week after, on Friday",
            "It is on Sunday",
        ),
        ("It came the day before yesterday", "It came two days ago", "It came three days ago"),
        ("We close on Christmas Eve", "It is closed on 24 December", "It is closed on 26 December"),
    ),
    "time": (
        ("The alarm is set to 0630", "An alarm rings at 06:30", "An alarm rings at 05:30"),
        ("Dinner is at eight in the evening", "A meal is at 8 pm", "A meal is at 9 pm"),
        ("It closes at midnight", "Closing time is 00:00", "Closing time is 01:00"),
        ("We start at 10.15 a.m. sharp", "The start is at 10:15", "The start is at 11:15"),
        ("The last train is at 23:58", "The final train goes at 11:58 pm", "It goes at 10:58 pm"),
    ),
    "name": (
        ("Our nurse is Ms Adeyemi", "The nurse is called Adeyemi", "The nurse is called Jensen"),
        ("I studied at Leiden University", "The degree is from Leiden", "The degree is from Ghent"),
        ("my cousin priya lives with us", "Priya, a cousin, lives there", "Anna lives there"),
        ("We drive a Volvo", "The car is a Volvo", "The car is a Skoda"),
        ("The case is Brown v. Board", "It is the case of Brown", "It is the case of Miranda"),
    ),
    "quote": (
        ('He shouted "get off my lawn"', "The cry was “get off my lawn”", "He shouted"),
        ("The note says 'back at five'", 'It reads "back at five"', 'It reads "back at nine"'),
    ),
    "limit": (
        ("I can't take penicillin", "The patient is unable to take it", "The patient takes it"),
        ("Use no more than two eggs", "At most two eggs may be used", "At least two eggs are used"),
        ("It has to be done by Friday", "The work must be ready before Friday", "It is for Friday"),
        ("Everyone but Tom may come", "All except for Tom may come", "All and Tom may come"),
        ("Never call after 9 pm", "Do not ring later than 9 pm", "Ring after 9 pm"),
        ("Keep it below 30 °C", "It has to stay under 30 °C", "It has to stay over 30 °C"),
        ("You must be 18 or older", "The minimum age is 18", "The maximum age is 18"),
        ("We are out of milk", "There is no milk left", "There is milk left"),
    ),
}
