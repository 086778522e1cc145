"""Values to fill templates with: Faker's (MIT) for 35 locales, and word lists of our own."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence

from faker import Faker

LOCALES = (
    "en_US en_GB en_IN en_AU en_CA de_DE fr_FR es_ES it_IT da_DK sv_SE no_NO fi_FI pl_PL cs_CZ "
    "hu_HU nl_NL pt_BR pt_PT tr_TR ro_RO hr_HR sl_SI et_EE lt_LT lv_LV ru_RU el_GR uk_UA id_ID "
    "vi_VN zh_CN ja_JP ko_KR ar_EG fa_IR hi_IN"
).split()
LATIN = [x for x in LOCALES if x[:2] not in ("ru", "el", "uk", "zh", "ja", "ko", "ar", "fa", "hi")]

# Names as they are written in Latin letters where Faker has them only in their own script.
_GIVEN = """
Wei Li Xiaoming Jing Yuxuan Hao Mei Jun Ling Chen Min-jun Ji-woo Seo-yeon Hye-jin Hiroshi Yuki
Haruto Sakura Kenji Aiko Mohammed Ahmed Fatima Aisha Omar Khalid Layla Hassan Yusuf Zainab Ali
Mariam Abdul Rahman Ibrahim Noor Priya Rahul Ananya Vikram Sanjay Deepika Arjun Lakshmi Ravi
Sunita Ravikrishnan Karthik Meena Anjali Suresh Chidi Ngozi Amara Kwame Kofi Abena Tunde Funmi
Oluwaseun Chinedu Wanjiru Otieno Thabo Nomsa Sipho Tendai Aderemi Emeka Blessing Thi Nguyen Linh
Minh Anh Siti Budi Dewi Agus Putri Jose Maria Juan Carlos Guadalupe Javier Ximena Mateo Thiago
Joao Beatriz Dmitri Olga Svetlana Ivan Natalia Sergei Katerina Giorgos Eleni Nikos Shira Moshe
Yael Avi Chaim Mehmet Ayse Emre Elif Reza Shirin Farhad Parisa Dilnoza Bekzod Aigul Sam Alex Max
Chris Kim Jo Pat Robin Charlie Jess Liz Tom Ben Kate Nick Matt Dan Beth Meg Jack Lily Grace Rose
Hope Faith April June May Summer Will Mark Bill Rob Grant Frank Dean Chase Hunter Jasmine Ruby
""".split()
_FAMILY = """
Wang Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Lin Ma Kim Park Choi Jung Kang Tanaka Suzuki Sato
Yamamoto Watanabe Nakamura Al-Farsi El-Sayed Haddad Mansour Abdullah Bin-Saleh Khan Hussain Malik
Sheikh Qureshi Patel Sharma Singh Gupta Iyer Reddy Nair Kumar Rao Mehta Khandwekar Subramanian
Banerjee Okafor Adeyemi Eze Mensah Boateng Owusu Mwangi Odhiambo Dlamini Nkosi Moyo Funmilola
Tran Pham Le Hoang Santoso Wijaya Garcia Rodriguez Hernandez Lopez Fernandez Silva Souza Pereira
Oliveira Ivanov Petrova Sokolov Papadopoulos Nikolaidis Cohen Levi Mizrahi Yilmaz Demir Kaya
Ahmadi Hosseini Karimov Smith Jones Brown Taylor Green White Black Young King Wright Baker Cook
Hill Wood Stone Banks Rivers Fields Page Price Rich Sharp Long Short Love Church Bishop Marsh
""".split()
_COUNTRIES = (
    """
Germany|France|Spain|Italy|Denmark|Sweden|Norway|Finland|Poland|China|Japan|India|Brazil|Mexico
Canada|Australia|Nigeria|Kenya|Ghana|Egypt|Turkey|Russia|Ukraine|Greece|Portugal|Ireland|Scotland
Wales|England|the UK|UK|USA|the United States|US|the Netherlands|Belgium|Austria|Switzerland|Sudan
South Africa|South Korea|Vietnam|Thailand|Malaysia|Indonesia|Singapore|Pakistan|Bangladesh|Iran
Iraq|Israel|Saudi Arabia|UAE|Dubai|Qatar|Kuwait|Oman|Morocco|Algeria|Tunisia|Ethiopia|Tanzania
Argentina|Chile|Peru|Colombia|Venezuela|Cuba|New Zealand|Iceland|Estonia|Latvia|Lithuania|Hungary
Romania|Bulgaria|Serbia|Croatia|Slovenia|Czech Republic|Slovakia|Albania|Cyprus|Malta|Greenland
Hong Kong|Taiwan|Macau|Philippines|Myanmar|Nepal|Sri Lanka|Afghanistan|Kazakhstan|Uzbekistan|Togo
Republic of Poland|Kingdom of Sweden|Republic of Turkey|Republic of Cyprus|Swiss Confederation
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_CITIES = (
    """
London|Paris|Berlin|Madrid|Rome|New York|Los Angeles|Chicago|Houston|Boston|Seattle|San Francisco
Washington D.C.|Toronto|Vancouver|Sydney|Melbourne|Mumbai|Delhi|Bangalore|Chennai|Hyderabad|Pune
Nagpur, Maharashtra|Beijing|Shanghai|Shenzhen|Guangzhou|Hong Kong|Tokyo|Osaka|Kyoto|Seoul|Busan
Jakarta|Manila|Bangkok|Hanoi|Ho Chi Minh City|Kuala Lumpur|Lagos|Abuja|Nairobi|Accra|Cairo|Riyadh
Jeddah|Doha|Tehran|Baghdad|Istanbul|Ankara|Athens|Moscow|St Petersburg|Kyiv|Warsaw|Prague|Vienna
Zurich|Geneva|Munich|Hamburg|Cologne|Lyon|Marseille|Barcelona|Valencia|Seville|Lisbon|Porto|Milan
Naples|Copenhagen|Aarhus|Odense|Stockholm|Oslo|Bergen|Helsinki|Dublin|Cork|Edinburgh|Glasgow|Leeds
Manchester|Birmingham|Bristol|Norfolk|Newport News|Suffolk County|Long Island|Austin, Texas|Denver
Phoenix, AZ|Portland, OR|Miami, FL|Atlanta|Dallas|Philadelphia|California|Texas|Florida|Ohio
Pennsylvania|Quebec|Ontario|Bavaria|Saxony|Sussex|Gloucestershire|Riverside|Skyview Mesa|Brooklyn
São Paulo|Rio de Janeiro|Buenos Aires|Bogotá|Lima|Santiago|Mexico City|Guadalajara|Cape Town
Johannesburg|Karachi|Lahore|Islamabad|Dhaka|Kathmandu|Colombo|Tashkent|Almaty|Tbilisi|Baku
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_FIRMS = (
    """
Google|Microsoft|Apple|Amazon|AWS|Meta|Facebook|Instagram|LinkedIn|Twitter|Netflix|Nvidia|Intel
AMD|IBM|Oracle|SAP|Salesforce|Cloudflare|Huawei|Xiaomi|Tencent|Alibaba|Zhihu|Weibo|TikTok|Samsung
LG|Sony|Toyota|Honda|Tesla|Ford|BMW|Siemens|Bosch|Shell|BP|ExxonMobil|Chevron|Walmart|Target
Nordstrom|IKEA|H&M|Zara|Nike|Adidas|Coca-Cola|PepsiCo|Nestlé|Unilever|P&G|Pfizer|Novartis|Roche
Deloitte|PwC|KPMG|EY|Accenture|McKinsey|Goldman Sachs|JPMorgan|HSBC|Citibank|Barclays|Visa|PayPal
Stripe|Uber|Airbnb|Booking.com|DHL|FedEx|UPS|Maersk|Boeing|Airbus|Lufthansa|Ryanair|Emirates|BBC
CNN|The New York Times|Reuters|Bloomberg|NASA|FBI|WHO|UNICEF|the Red Cross|NHS|IRS|EPAM|Zoho
McDonald's|Burger King|Wendy's|Subway|KFC|Starbucks|Taco Bell|Costco|Aldi|Lidl|Tesco|eBay|Etsy|NATO
the UN|the EU|UNESCO|World Bank|IMF|Harvard|MIT|Stanford|Oxford|Cambridge|Fox News|The Guardian|CIA
OpenAI|Anthropic|GitHub|Shopify|WordPress|Upwork|Fiverr|Indeed|YouTube|WhatsApp|Telegram|Discord
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_SYLLABLES = (
    "zen tar nov ar is vel to lum ex a pri mo ax el qua dri ver ti ka so ny lo gi bio med tec syn "
    "corp ha ri na do ve al pha om ni cor vi ta er go flex sky net blu for ce ro ma in ter"
).split()
_TRADES = (
    """
Logistics|Health Care Services|Consulting|Technologies|Software|Solutions|Construction|Engineering
Foods|Textiles|Motors|Energy|Solar|Pharma|Biotech|Capital|Partners|Holdings|Media|Studios|Designs
Marketing Group|Travel|Airlines|Shipping|Properties|Real Estate|Insurance|Bank|Credit Union|Dental
Clinic|Fitness|Bakery|Coffee|Brewery|Hotels|Fashion|Jewellery|Electronics|Robotics|Analytics|Labs
Security|Law Firm|Accounting|Recruitment|Academy|Foundation|Society|Association|Council|Agency
Trading|General Contractors|Industries|Steel|Plastics|Furniture|Farms|Gardens|Toys|Games|Records
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_SUFFIX = (
    "Ltd|Ltd.|Limited|Inc.|Inc|LLC|Corp.|Corporation|GmbH|AG|S.A.|SARL|A/S|ApS|AB|AS|Oy|B.V."
    "|Pvt. Ltd.|PLC|& Co.|& Sons|Group|International|Company"
).split("|")
_PUBLIC = (
    """
Ministry of Education|Ministry of Foreign Affairs|Department of Health|City Council|Regional Court
Court of Appeal|District Court|Constitutional Court|Social Insurance Authority|Police Department
Fire Department|Tax Office|Chamber of Commerce|Central Bank|Public Library|School District|Prison
Chinese Academy of Sciences|Prosecutor's Office|Health Insurance Office|Medical Association
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
JOBS = (
    """
accountant|nurse|software engineer|marketing manager|teacher|taxi driver|electrician|chef|architect
sales representative|data analyst|project manager|lawyer|dentist|mechanic|civil engineer|librarian
Mechanical Manager|Chief Executive Officer|Head of Sales|HR Manager|product owner|journalist
research assistant|social worker|pharmacist|pilot|plumber|carpenter|warehouse worker|UX designer
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_PEOPLES = (
    """
German|French|Spanish|Italian|Danish|Swedish|Polish|British|Irish|American|Canadian|Indian|Chinese
Japanese|Korean|Nigerian|Kenyan|Turkish|Russian|Ukrainian|Greek|Brazilian|Mexican|Iranian|Dutch
Kurdish|Cypriot|Austrian|Finnish|Icelandic|Czech|Hungarian|Jewish|Muslim|Catholic|Hindu|Christian
Protestant|Buddhist|Greenlander|Scottish|Estonian|Croatian|Vietnamese|Filipino|Syrian|Somali
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_HOTELS = "Hotel|Grand Hotel|Park Inn|Hilton|Marriott|Guest House|Plaza Hotel|Inn|Resort".split("|")
_SCHOOL = (
    "University of {c}|{c} University|{c} Institute of Technology|{c} High School|{c} College"
    "|St. {f}'s School|{l} Elementary School|National Institute of Technology {c}|{l} Academy"
    "|{c} Business School|Technical University of {c}|Colegio {l}|Lycée {l}|{l}-Gymnasium"
).split("|")
_HOSPITAL = (
    "{c} General Hospital|St. {f} Hospital|{c} University Hospital|{l} Clinic|{c} Medical Center"
    "|Klinikum {c}|Hôpital Saint-{f}|Hospital de {c}|{l} Family Practice|{c} Health Centre"
).split("|")
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_MONTHS_OF = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre dic",
    "da": "januar februar marts april maj juni juli august september oktober november december",
}
_TITLES = {
    "en": "Mr|Mr.|Mrs|Mrs.|Ms|Ms.|Miss|Dr|Dr.|Professor|Prof.|Sir|Madam|Judge|Captain".split("|"),
    "fr": ["Monsieur", "Madame", "M.", "Mme", "Mlle", "Dr"],
    "de": ["Herr", "Frau", "Dr.", "Prof."],
    "es": ["señor", "señora", "Sr.", "Sra.", "don", "doña"],
    "da": ["hr.", "fru", "Hr.", "Fru"],
    "it": ["signor", "signora", "Sig.", "Dott."],
}


PLACES = frozenset(x.lower() for x in (*_COUNTRIES, *_CITIES))
FIRMS = frozenset(x.lower() for x in _FIRMS)


class Pools:
    """Draws values. The same seed draws the same values in the same order."""

    def __init__(self, seed: int, size: int = 400) -> None:
        self.random = random.Random(seed)
        Faker.seed(seed)
        self._size = size
        self._made: dict[tuple[str, str], list[str]] = {}
        self._fakers: dict[str, Faker] = {}

    def fake(self, what: str, locale: str) -> str:
        """A value of Faker's provider `what`, out of a pool that is drawn once."""
        key = what, locale
        if key not in self._made:
            faker = self._fakers.setdefault(locale, Faker(locale))
            make: Callable[[], object] = getattr(faker, what)
            self._made[key] = [str(make()) for _ in range(self._size)]
        return self.pick(self._made[key])

    def pick(self, values: Sequence[str]) -> str:
        return values[self.random.randrange(len(values))]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def digits(self, count: int) -> str:
        return "".join(self.random.choice(string.digits) for _ in range(count))

    def locale(self, language: str | None = None) -> str:
        if language is None:
            return self.pick(LATIN) if self.chance(0.6) else self.pick(LATIN[:5])
        return self.pick([x for x in LOCALES if x[:2] == {"no": "no"}.get(language, language)])

    def given(self, language: str | None = None) -> str:
        if language is None and self.chance(0.35):
            return self.pick(_GIVEN)
        return self.fake("first_name", self.locale(language))

    def family(self, language: str | None = None) -> str:
        if language is None and self.chance(0.3):
            return self.pick(_FAMILY)
        return self.fake("last_name", self.locale(language))

    def person(self, language: str | None = None) -> str:
        if language in ("zh", "ja", "ko"):
            return self.fake("name", self.locale(language)).replace(" ", "")
        where = language or self.locale()[:2]
        draw = self.random.random()
        if language is None and draw < 0.3:
            given, family = self.pick(_GIVEN), self.pick(_FAMILY)
        else:
            given, family = self.given(where), self.family(where)
        if draw > 0.93:
            return f"{given} {self.pick(string.ascii_uppercase)}. {family}"
        if draw > 0.89:
            return f"{given} {self.given(where)} {family}"
        if draw > 0.86:
            return f"{family}, {given}"
        if draw > 0.84:
            return f"{self.pick(string.ascii_uppercase)}. {family}"
        return f"{given} {family}"

    def title(self, language: str | None = None) -> str:
        return self.pick(_TITLES.get(language or "en", _TITLES["en"]))

    def city(self, language: str | None = None) -> str:
        if language is None and self.chance(0.5):
            return self.pick(_CITIES)
        return self.fake("city", self.locale(language))

    def country(self) -> str:
        return self.pick(_COUNTRIES) if self.chance(0.8) else self.fake("country", "en_GB")

    def brand(self) -> str:
        word = "".join(self.pick(_SYLLABLES) for _ in range(self.random.randint(2, 4)))
        style = self.random.random()
        if style < 0.1:
            return word.upper()[:6]
        return word if style < 0.15 else word.title()

    def acronym(self) -> str:
        return "".join(self.pick(string.ascii_uppercase) for _ in range(self.random.randint(2, 5)))

    def organisation(self) -> str:
        draw = self.random.random()
        if draw < 0.25:
            return self.pick(_FIRMS)
        if draw < 0.33:
            return self.acronym()
        if draw < 0.42:
            return self.fake("company", self.locale())
        if draw < 0.5:
            return f"{self.city()} {self.pick(_PUBLIC)}" if self.chance(0.6) else self.pick(_PUBLIC)
        if draw < 0.56:
            return self.school()
        name = self.pick([self.brand(), self.family(), f"{self.family()} & {self.family()}"])
        if self.chance(0.3):
            return self.brand()
        name = f"{name} {self.pick(_TRADES)}"
        return f"{name} {self.pick(_SUFFIX)}" if self.chance(0.45) else name

    def _filled(self, patterns: list[str]) -> str:
        pattern = self.pick(patterns)
        return pattern.format(c=self.city().split(",")[0], f=self.given(), l=self.family())

    def school(self) -> str:
        return self._filled(_SCHOOL)

    def hospital(self) -> str:
        return self._filled(_HOSPITAL)

    def hotel(self) -> str:
        return f"{self.pick([self.city(), self.family(), self.brand()])} {self.pick(_HOTELS)}"

    def product(self) -> str:
        number = self.digits(self.random.randint(1, 4)) if self.chance(0.6) else ""
        name = f"{self.brand()} {self.pick(['', 'Pro', 'X', 'Max', 'Mini', 'Plus'])}{number}"
        return " ".join(name.split())

    def nationality(self) -> str:
        return self.pick(_PEOPLES)

    def street(self, language: str | None = None) -> str:
        return self.fake("street_address", self.locale(language)).replace("\n", ", ")

    def address(self, language: str | None = None) -> str:
        locale = self.locale(language)
        draw = self.random.random()
        if language is None and draw < 0.25:
            number = self.digits(self.random.randint(1, 5))
            unit = self.pick([f"Apt. {self.digits(3)}", f"Suite {self.digits(3)}", ""])
            street = self.fake("street_address", locale).replace("\n", " ")
            last = f"{self.city()} {self.country()} {self.digits(5)}"
            return " ".join(f"{number} {street} {unit} {last}".split())
        if draw < 0.35:
            return f"{self.fake('street_name', locale)} {self.digits(2)}, {self.city(language)}"
        return ", ".join(self.fake("address", locale).split("\n"))

    def address_lines(self, language: str | None = None) -> str:
        locale = self.locale(language)
        if language is None and self.chance(0.4):
            pad = self.pick(["", " ", "   "])
            lines = [
                f"{self.digits(self.random.randint(2, 5))} {self.street()}",
                self.pick([f"Suite {self.digits(3)}", f"Apt. {self.digits(3)}", ""]),
                self.city(),
                self.pick([self.country(), f"{self.country()} {self.digits(5)}"]),
            ]
            return "\n".join(pad + line for line in lines if line)
        lines = self.fake("address", locale).split("\n")
        return "\n".join([*lines, self.country()] if self.chance(0.4) else lines)

    def date(self, language: str | None = None, first: int = 1990, last: int = 2026) -> str:
        r = self.random
        day, month, year = r.randint(1, 28), r.randint(1, 12), r.randint(first, last)
        if language in _MONTHS_OF:
            return f"{day}. {_MONTHS_OF[language].split()[month - 1]} {year}".replace(
                ". ", ". " if language in ("de", "da") else " "
            )
        name = _MONTHS[month - 1]
        return self.pick(
            [
                f"{day} {name} {year}",
                f"{name} {day}, {year}",
                f"{day} {name}",
                f"{name} {day}",
                f"{year}-{month:02}-{day:02}",
                f"{month}/{day}/{year}",
                f"{day:02}.{month:02}.{year}",
                f"{day:02}/{month:02}/{year}",
                f"{name[:3]} {day}, {year}",
            ]
        )

    def month(self) -> str:
        year = self.random.randint(1995, 2026)
        name = self.pick(_MONTHS)
        return self.pick([f"{name} {year}", f"{name[:3]} {year}", f"{year}"])

    def money(self) -> str:
        amount = self.random.choice([10, 100, 1000, 10_000, 1_000_000]) * self.random.random() * 9
        number = self.pick([f"{amount:,.2f}", f"{int(amount):,}", f"{int(amount)}"])
        return self.pick(
            [f"${number}", f"EUR {number}", f"{number} euros", f"£{number}", f"{number} USD"]
        )

    def identifier(self) -> str:
        letters = "".join(self.pick(string.ascii_uppercase) for _ in range(2))
        return self.pick(
            [
                self.digits(self.random.randint(5, 12)),
                f"{letters}{self.digits(7)}",
                f"{letters}-{self.digits(4)}-{self.digits(3)}",
                f"{self.digits(3)}-{self.digits(2)}-{self.digits(4)}",
                f"{self.pick('abcdmx')}{self.digits(9)}",
            ]
        )

    def case(self) -> str:
        year = str(self.random.randint(1990, 2026))
        return self.pick(
            [
                f"{self.digits(5)}/{year[2:]}",
                f"{year}/{self.digits(3)}",
                f"{self.acronym()}-{self.digits(4)}",
                f"{self.random.randint(1, 9)} {self.pick('CKO')} {self.digits(3)}/{year[2:]}",
                f"{year}-{self.digits(5)}",
            ]
        )

    def secret(self) -> str:
        signs = string.ascii_letters + string.digits
        key = "".join(self.pick(signs) for _ in range(self.random.randint(20, 40)))
        word = f"{self.given()}{self.digits(3)}!"
        return self.pick([key, f"sk-{key}", f"ghp_{key}", f"1000.{key.lower()}", word])

    def handle(self) -> str:
        name = self.given().lower().replace(" ", "")
        family = self.family().lower().replace(" ", "")
        return self.pick([f"{name}{self.digits(2)}", f"{name}_{family}", f"{name[0]}{family}"])

    def host(self) -> str:
        name = f"{self.brand().lower()}.{self.pick(['com', 'net', 'io', 'internal', 'de', 'pl'])}"
        return f"{self.pick(['db', 'mail', 'srv01', 'vpn', 'misc'])}.{name}"
