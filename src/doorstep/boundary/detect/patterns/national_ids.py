"""Numbers that a state gives to a person, with their check digits.

A short number of plain digits is right by chance too often (one in ten or eleven): such forms ask
for a word nearby that names them. Forms with separators, letters or a birth date in them do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from doorstep.boundary.detect.checksums import ean13, luhn
from doorstep.boundary.detect.pattern import Pattern
from doorstep.boundary.detect.patterns import national_checks as checks

KIND = "national_id"
_ID = r"id(?:entity|entification)?\b(?: ?card| ?no| ?number)?|national|citizen|passport|ssn|tax"


def _plain(
    name: str, about: str, source: str, check: Callable[[str], bool], context: str
) -> Pattern:
    """A form that is only taken where a word nearby names it."""
    return Pattern(name, KIND, about, source, check=check, context=context)


_SSN_WORDS = r"ssn\b|social security|soc\.? ?sec|ss ?(?:#|no|number)"

_BY_FORM: Sequence[Pattern] = (
    Pattern(
        "us ssn",
        KIND,
        "US social security number, dashed",
        r"\b\d{3}-\d{2}-\d{4}\b",
        check=lambda value: checks.us_ssn(value) or checks.us_itin(value),
    ),
    Pattern(
        "uk nino",
        KIND,
        "UK national insurance number",
        r"\b[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d]\b",
        check=checks.uk_nino,
    ),
    Pattern(
        "uk nhs spaced",
        KIND,
        "UK NHS number in groups (modulus 11)",
        r"\b\d{3}[ -]\d{3}[ -]\d{4}\b",
        check=checks.uk_nhs,
    ),
    Pattern(
        "de pension",
        KIND,
        "German pension insurance number (check digit)",
        r"\b\d{2} ?[0-3]\d[01]\d{3} ?[A-Z] ?\d{2} ?\d\b",
        check=checks.de_pension,
    ),
    Pattern(
        "fr nir",
        KIND,
        "French social security number (modulo 97)",
        r"\b[1-478] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}\b",
        check=checks.fr_nir,
    ),
    Pattern(
        "es dni",
        KIND,
        "Spanish DNI and NIE (letter)",
        r"\b(?:[XYZxyz][- ]?\d{7}|\d{8}|\d{2}\.\d{3}\.\d{3})[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]\b",
        check=checks.es_dni,
    ),
    Pattern(
        "it codice fiscale",
        KIND,
        "Italian tax code (letter)",
        r"\b[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]\b",
        hint=r"[A-Za-z]\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]",
        check=checks.it_codice_fiscale,
    ),
    Pattern(
        "be national",
        KIND,
        "Belgian national number, dotted (modulo 97)",
        r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b",
        check=checks.be_national,
    ),
    Pattern(
        "pl pesel",
        KIND,
        "Polish PESEL (date and check digit)",
        r"\b\d{11}\b",
        check=checks.pl_pesel,
    ),
    Pattern(
        "se personnummer",
        KIND,
        "Swedish personal number (date and Luhn)",
        r"\b(?:19|20)?\d{6}[-+]\d{4}\b|\b(?:19|20)\d{10}\b",
        check=checks.se_personnummer,
    ),
    Pattern(
        "fi hetu",
        KIND,
        "Finnish personal code (date and check character)",
        r"\b\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]\b",
        check=checks.fi_hetu,
    ),
    Pattern(
        "dk cpr",
        KIND,
        "Danish CPR number with its dash (date)",
        r"\b\d{6}-\d{4}\b",
        check=checks.dk_cpr,
    ),
    Pattern(
        "no fodselsnummer",
        KIND,
        "Norwegian birth number (two check digits)",
        r"\b\d{6} ?\d{5}\b",
        check=checks.no_fodselsnummer,
    ),
    Pattern(
        "ch ahv", KIND, "Swiss AHV number (EAN-13)", r"\b756\.?\d{4}\.?\d{4}\.?\d{2}\b", check=ean13
    ),
    Pattern(
        "br cpf",
        KIND,
        "Brazilian CPF, dotted (two check digits)",
        r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b",
        check=checks.br_cpf,
    ),
    Pattern(
        "br cnpj",
        KIND,
        "Brazilian CNPJ (two check digits)",
        r"\b\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\b",
        check=checks.br_cnpj,
    ),
    Pattern(
        "in aadhaar",
        KIND,
        "Indian Aadhaar number in groups (Verhoeff)",
        r"\b[2-9]\d{3}[ -]\d{4}[ -]\d{4}\b",
        check=checks.in_aadhaar,
    ),
    Pattern("in pan", KIND, "Indian PAN", r"\b[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]\b"),
    Pattern(
        "cn resident",
        KIND,
        "Chinese resident number (date and MOD 11-2)",
        r"\b[1-9]\d{5}(?:19|20)\d{9}[0-9Xx]\b",
        check=checks.cn_resident,
    ),
    Pattern(
        "kr rrn",
        KIND,
        "Korean resident number (date)",
        r"\b\d{6}-[1-8]\d{6}\b",
        check=checks.kr_rrn,
    ),
    Pattern(
        "sg nric",
        KIND,
        "Singapore NRIC and FIN (letter)",
        r"\b[STFGMstfgm]\d{7}[A-Za-z]\b",
        check=checks.sg_nric,
    ),
    Pattern(
        "tr kimlik",
        KIND,
        "Turkish identity number (two check digits)",
        r"\b[1-9]\d{10}\b",
        check=checks.tr_kimlik,
    ),
    Pattern(
        "ro cnp",
        KIND,
        "Romanian CNP (date and check digit)",
        r"\b[1-9]\d{12}\b",
        check=checks.ro_cnp,
    ),
    Pattern(
        "cz rodne cislo",
        KIND,
        "Czech and Slovak birth number with its slash (modulo 11)",
        r"\b\d{6}/\d{3,4}\b",
        check=checks.cz_rodne_cislo,
    ),
    Pattern(
        "ee lt code",
        KIND,
        "Estonian and Lithuanian code (date and check digit)",
        r"\b[1-6]\d{10}\b",
        check=checks.baltic_code,
    ),
    Pattern(
        "lv code",
        KIND,
        "Latvian code with its dash (date)",
        r"\b\d{6}-\d{5}\b",
        check=checks.lv_code,
    ),
    Pattern(
        "za id",
        KIND,
        "South African identity number (date and Luhn)",
        r"\b\d{13}\b",
        check=checks.za_id,
    ),
    Pattern(
        "mx curp",
        KIND,
        "Mexican CURP (check digit)",
        r"\b[A-Z][AEIOUX][A-Z]{2}\d{6}[HM][A-Z]{5}[0-9A-Z]\d\b",
        check=checks.mx_curp,
    ),
    Pattern(
        "tw id",
        KIND,
        "Taiwanese identity number (check digit)",
        r"\b[A-Z][1289]\d{8}\b",
        check=checks.tw_id,
    ),
    Pattern(
        "hk id",
        KIND,
        "Hong Kong identity card (check character)",
        r"\b[A-Z]{1,2}\d{6} ?\([0-9A]\)",
        edges=False,
        check=checks.hk_id,
    ),
    Pattern(
        "th id",
        KIND,
        "Thai identity number in groups (check digit)",
        r"\b\d-\d{4}-\d{5}-\d{2}-\d\b",
        check=checks.th_id,
    ),
    Pattern(
        "my nric",
        KIND,
        "Malaysian identity number in groups (date)",
        r"\b\d{6}-\d{2}-\d{4}\b",
        check=checks.my_nric,
    ),
    Pattern(
        "cl rut",
        KIND,
        "Chilean RUT, dotted (modulo 11)",
        r"\b\d{1,2}\.\d{3}\.\d{3}-[0-9Kk]\b",
        check=checks.cl_rut,
    ),
    Pattern(
        "ar cuit", KIND, "Argentine CUIT (modulo 11)", r"\b\d{2}-\d{8}-\d\b", check=checks.ar_cuit
    ),
    Pattern(
        "kr business",
        KIND,
        "Korean business number (check digit)",
        r"\b\d{3}-\d{2}-\d{5}\b",
        check=checks.kr_business,
    ),
)

_BY_WORD: Sequence[Pattern] = (
    _plain(
        "us ssn plain",
        "US social security number after its name",
        r"\b\d{3} ?\d{2} ?\d{4}\b",
        checks.us_ssn,
        _SSN_WORDS,
    ),
    Pattern(
        "us ssn end",
        KIND,
        "The last four digits of a US social security number",
        r"(?i:\b(?:ssn|social security(?: number)?)\b[^0-9\r\n]{0,24})(\d{4})\b",
        hint="(?i:ssn|social security)",
    ),
    _plain(
        "us ein",
        "US employer number after its name",
        r"\b\d{2}-\d{7}\b",
        bool,
        r"ein\b|employer|tax id|fein",
    ),
    _plain(
        "uk nhs",
        "UK NHS number after its name (modulus 11)",
        r"\b\d{10}\b",
        checks.uk_nhs,
        r"nhs|patient|health",
    ),
    _plain(
        "uk utr",
        "UK tax reference after its name",
        r"\b\d{5} ?\d{5}\b",
        bool,
        r"utr\b|tax ref\w*|self.assessment",
    ),
    _plain(
        "de tax",
        "German tax number after its name (MOD 11,10)",
        r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b",
        checks.de_tax,
        r"steuer\w*|idnr|tin\b|tax|id\b",
    ),
    _plain(
        "de id card",
        "German identity card or passport after its name",
        r"\b[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d?D?\b",
        bool,
        r"ausweis\w*|reisepass|passport|personal(?:ausweis)?nummer|perso\b|id card",
    ),
    _plain(
        "fr siren",
        "French company number after its name (Luhn)",
        r"\b\d{3} ?\d{3} ?\d{3}(?: ?\d{5})?\b",
        luhn,
        r"sire[nt]\b",
    ),
    _plain(
        "nl bsn",
        "Dutch BSN after its name (eleven test)",
        r"\b\d{9}\b",
        checks.nl_bsn,
        r"bsn\b|burgerservice\w*|sofi\w*",
    ),
    _plain(
        "be national plain",
        "Belgian national number after its name",
        r"\b\d{11}\b",
        checks.be_national,
        r"rijksregister\w*|registre national|national|insz|niss|nrn\b",
    ),
    _plain(
        "se personnummer plain",
        "Swedish personal number after its name",
        r"\b\d{10}\b",
        checks.se_personnummer,
        r"person(?:nummer|nr)|pnr\b|samordnings\w*",
    ),
    _plain(
        "dk cpr plain",
        "Danish CPR number after its name",
        r"\b\d{6} ?\d{4}\b",
        checks.dk_cpr,
        r"cpr\w*|personnummer",
    ),
    _plain(
        "pt nif",
        "Portuguese tax number after its name (modulo 11)",
        r"\b\d{3} ?\d{3} ?\d{3}\b",
        checks.pt_nif,
        r"nif\b|contribuinte|nipc",
    ),
    _plain(
        "at svnr",
        "Austrian insurance number after its name (date and check digit)",
        r"\b\d{4} ?\d{6}\b",
        checks.at_svnr,
        r"sv(?:nr|-?nummer)|sozialversicherung\w*|e-?card",
    ),
    _plain("br cpf plain", "Brazilian CPF after its name", r"\b\d{11}\b", checks.br_cpf, r"cpf\b"),
    _plain(
        "in aadhaar plain",
        "Indian Aadhaar number after its name",
        r"\b[2-9]\d{11}\b",
        checks.in_aadhaar,
        r"aadhaa?r|uidai?|uid\b",
    ),
    Pattern(
        "ca sin dashed",
        KIND,
        "Canadian SIN in groups (Luhn) after its name",
        r"\b\d{3}[ -]?\d{3}[ -]?\d{3}\b",
        check=checks.ca_sin,
        context=r"sin\b|social insurance|nas\b|assurance sociale",
    ),
    _plain(
        "au tfn",
        "Australian tax file number after its name (modulo 11)",
        r"\b\d{3} ?\d{3} ?\d{3}\b",
        checks.au_tfn,
        r"tfn\b|tax file",
    ),
    _plain(
        "au medicare",
        "Australian Medicare number after its name",
        r"\b\d{4} ?\d{5} ?\d(?:[ /-]?\d)?\b",
        checks.au_medicare,
        r"medicare",
    ),
    _plain(
        "bg egn",
        "Bulgarian EGN after its name (check digit)",
        r"\b\d{10}\b",
        checks.bg_egn,
        r"egn\b|егн",
    ),
    _plain(
        "ie pps",
        "Irish PPS number (letter)",
        r"\b\d{7}[A-W][A-IW]?\b",
        checks.ie_pps,
        r"pps\w*|personal public|revenue|" + _ID,
    ),
    _plain(
        "il id",
        "Israeli identity number after its name (Luhn)",
        r"\b\d{9}\b",
        checks.il_id,
        r"teudat|zehut|תעודת|ת\.?ז|israeli|" + _ID,
    ),
    _plain(
        "hr oib", "Croatian OIB after its name (MOD 11,10)", r"\b\d{11}\b", checks.hr_oib, r"oib\b"
    ),
    _plain(
        "hu tax",
        "Hungarian tax number after its name",
        r"\b\d{10}\b",
        checks.hu_tax,
        r"adó\w*|tax|adóazonosító",
    ),
    _plain(
        "gr amka",
        "Greek AMKA after its name (date and Luhn)",
        r"\b\d{11}\b",
        checks.gr_amka,
        r"amka|αμκα",
    ),
    _plain(
        "jp my number",
        "Japanese My Number after its name",
        r"\b\d{4}[ -]?\d{4}[ -]?\d{4}\b",
        checks.jp_my_number,
        r"my ?number|マイナンバー|個人番号",
    ),
    _plain(
        "cn resident old",
        "Chinese resident number of 15 digits after its name",
        r"\b\d{15}\b",
        bool,
        r"身份证|resident|" + _ID,
    ),
    _plain("id nik", "Indonesian NIK after its name", r"\b\d{16}\b", bool, r"nik\b|ktp\b"),
    _plain(
        "cl rut plain",
        "Chilean RUT after its name",
        r"\b\d{7,8}-[0-9Kk]\b",
        checks.cl_rut,
        r"rut\b|run\b",
    ),
    Pattern(
        "ru passport",
        KIND,
        "Russian passport, INN, SNILS after their names",
        r"\b\d{2} ?\d{2} ?\d{6}\b|\b\d{3}-\d{3}-\d{3} \d{2}\b|\b\d{12}\b",
        context=r"паспорт\w*|инн\b|снилс|snils|inn\b",
    ),
    Pattern(
        "passport",
        KIND,
        "Passport numbers after the word in nine languages",
        r"(?i:\b(?:passports?|reisepass|passeport|pasaporte|passaporto|paspoort|paszport\w*|"
        r"passaporte|pas)(?:[ -]?(?:no|number|nr|num|nummer|n°|nº|numéro|número|numero)\b)?"
        r"\.?(?: is| ist| est| es)?[ :#.]{1,3})([A-Za-z]{0,3}\d[A-Za-z0-9]{5,9})\b",
        check=lambda value: sum(map(str.isdigit, value)) >= 4,
    ),
    Pattern(
        "driving licence",
        KIND,
        "Driving licence numbers after the word",
        r"(?i:\b(?:driv(?:er'?s?|ing) licen[cs]e|dl|führerschein\w*|permis de conduire|"
        r"rijbewijs|carnet de conducir|kørekort\w*)(?:[ -]?(?:no|number|nr|num|nummer|n°|#)\b)?"
        r"\.?(?: is| ist| est| es)?[ :#.]{1,3})([A-Za-z0-9][A-Za-z0-9 -]{3,18}[A-Za-z0-9])\b",
        check=lambda value: sum(map(str.isdigit, value)) >= 4,
    ),
    Pattern(
        "national id named",
        KIND,
        "Identity numbers after words for them, whatever their form",
        r"(?i:\b(?:national id(?:entity)?(?: card| number| no)?|id(?:entity)? card|"
        r"identity number|citizen(?:ship)? (?:id|number)|personal(?: identification)? number|"
        r"social (?:security|insurance)(?: number| no)?|tax(?:payer)? (?:id|number)|tin|"
        r"steuernummer|steuer-?id(?:nr)?|sozialversicherungsnummer|numéro de sécurité sociale|"
        r"número de la seguridad social|cédula|visa number|alien number|a-number|green card)\b"
        r"\.?(?: is| ist| est| es)?[ :#.]{1,3})([A-Za-z0-9][A-Za-z0-9 ./-]{4,20}[A-Za-z0-9])\b",
        check=lambda value: sum(map(str.isdigit, value)) >= 5,
    ),
)

PATTERNS = (*_BY_FORM, *_BY_WORD)
