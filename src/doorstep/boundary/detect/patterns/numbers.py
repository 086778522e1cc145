"""Numbers that stand for a thing or a matter: accounts, orders, invoices, cases, patients."""

from __future__ import annotations

import re

from doorstep.boundary.detect.pattern import Pattern

_NUMBER_WORD = (
    r"(?:[ _-]?(?:no|nos|number|numbers|num|nr|nummer|numero|número|numéro|id|ids|"
    r"code|ref|reference|"
    r"#|n°|nº|№)\b\.?)"
)
_THEN = r"[\"']?(?: is| was| are|,| ist| est| es| er)?[ \t]{0,2}[:=#]{0,2}[ \t]{0,2}[\"'#]?"
_VALUE = r"([A-Za-z]{0,8}[-/.]?\d[A-Za-z0-9]*(?:[-/.][A-Za-z0-9]+)*)\b"
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


def _is_number(value: str) -> bool:
    """Three digits or more, and neither a year nor a round sum."""
    figures = sum(map(str.isdigit, value))
    return figures >= 3 and _YEAR.fullmatch(value) is None and not value.endswith("000")


def _three_digits(value: str) -> bool:
    return sum(map(str.isdigit, value)) >= 3


def _is_case(value: str) -> bool:
    """number/year: the year of two digits is that of a court's register."""
    number, _, year = value.partition("/")
    return len(number) >= 3 and (len(year) == 2 or 1950 <= int(year) <= 2060)


def _named(name: str, kind: str, about: str, words: str) -> tuple[Pattern, Pattern]:
    """A word and a number: with "no." or "#" between them any value, without only a likely one."""
    sure = rf"(?i:\b(?:{words})(?:{_NUMBER_WORD}{_THEN}|[ _]?#[ ]?|[\"']?[ \t]?[:=][ \t]?[\"'#]?))"
    bare = rf"(?i:\b(?:{words}) (?:is )?)"
    return (
        Pattern(f"{name} number", kind, about, sure + _VALUE, check=_three_digits),
        Pattern(
            f"{name} then number",
            kind,
            f"{about}, without a word for number",
            bare + r"([A-Za-z]{0,5}-?\d[A-Za-z0-9-]{3,20})\b",
            check=_is_number,
        ),
    )


PATTERNS = (
    *_named(
        "account",
        "account",
        "Account numbers after account, Konto, compte, cuenta",
        r"accounts?|acct|a/c|konto(?:nummer)?|bankkonto|compte|cuenta|conto|conta|rekening|iban|"
        r"depot|wallet|savings|checking|loan|mortgage|kontonr",
    ),
    *_named(
        "order",
        "order",
        "Order, invoice, booking and tracking numbers",
        r"orders?|purchase order|po|invoices?|inv|receipt|booking|reservation|confirmation|"
        r"tracking|shipment|parcel|consignment|transaction|txn|ticket|quote|contract|"
        r"bestellung|bestellnummer|rechnung|rechnungsnummer|auftrag(?:snummer)?|sendung|"
        r"commande|facture|réservation|pedido|factura|fattura|ordine|ordre|faktura|bestelling|"
        r"pnr|awb|utr|voucher",
    ),
    *_named(
        "case",
        "case",
        "Case, file and reference numbers",
        r"case|docket|file|matter|dossier|complaint|claim|petition|appeal|incident|"
        r"request|reference|ref|reg|registration|aktenzeichen|az|geschäftszeichen|vorgang|"
        r"référence|expediente|sag|sagsnummer|police report|warrant|permit|licen[cs]e",
    ),
    *_named(
        "customer",
        "identifier",
        "Customer, member, patient, employee, student numbers",
        r"customers?|client|member(?:ship)?|subscriber|user ?id|patient|mrn|medical record|"
        r"chart|hospital|health (?:plan|card)|insurance|policy|polic[ey]|beneficiary|employee|"
        r"staff|personnel|badge|student|matric(?:ulation)?|enrol?ment|candidate|roll|library "
        r"card|loyalty|frequent flyer|kundennummer|kunden|mitglied(?:snummer)?|versicherten"
        r"nummer|matrikel(?:nummer)?|personalnummer|numéro client|abonné|cliente|socio|"
        r"medlems?(?:nummer|nr)?|kundenr|vat|ust-?id|tva|btw|cvr|siret|imei|serial|s/n|asset|"
        r"device|meter|zählernummer|zähler|machine|part|sku|item|article|model",
    ),
    Pattern(
        "number sign",
        "identifier",
        "Three digits or more after no., Nr., № or # (lists of them, too)",
        r"(?i:\b(?:nos?|nr|num|núm|n)\. ?|[№º] ?|n° ?)([A-Za-z]{0,4}-?\d[A-Za-z0-9]*"
        r"(?:[-/.][A-Za-z0-9]+)*)\b",
        check=_three_digits,
        unless=r"(?:laws?|acts?|articles?|directives?|regulations?|resolutions?|conventions?|"
        r"decrees?|rules?|sections?|protocols?|bills?|orders?|chapters?) (?:nos?|nr)\.? ?",
    ),
    Pattern(
        "hash number",
        "identifier",
        "Three digits or more after #, of no colour",
        r"#([A-Za-z]{0,4}-?\d[0-9A-Za-z-]*)\b",
        check=lambda value: (
            _three_digits(value)
            and re.fullmatch(r"(?i)[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8}", value) is None
        ),
        unless=r"[0-9A-Za-z&/]",
    ),
    Pattern(
        "court application",
        "case",
        "Numbers of court registers: 36244/06, no. 12345/06, III ZR 12/05",
        r"\b\d{3,6}/(?:\d{2}|\d{4})\b",
        check=_is_case,
        context=r"applications?|appl\.?|nos?\b|case|v\.|court|complaint|petition|judgment|echr|"
        r"dossier|docket|az\b|aktenzeichen|register",
        reach=80,
    ),
    Pattern(
        "court application bare",
        "case",
        "Five digits and a year of two: 36244/06",
        r"\b\d{4,5}/(?:[0-3]\d|[6-9]\d)\b",
        unless=r"[/\d$€£.,=+*^-]",
        narrow=lambda text, start, end: (
            None if text[end : end + 1] in ("/", "=") or end - start < 8 else (start, end)
        ),
    ),
    Pattern(
        "register number by year",
        "case",
        "A year and a number after a word for a matter: 1996/276",
        r"\b(?:19|20)\d\d[/:]\d{1,6}\b",
        context=r"nos?\b|nr\b|case|file|decision|law|act|register|ref\w*|judgment|dossier|dnr\b",
        reach=32,
    ),
    Pattern(
        "court reference",
        "case",
        "References of courts: ECLI, C-123/45, [2005] UKHL 12, 2 BvR 1234/05, 1:21-cv-01234",
        r"\bECLI:[A-Z]{2}:[A-Z0-9]{1,7}:\d{4}:[A-Z0-9.]{1,25}\b|\b[CTF][-‑]\d{1,4}/\d{2}\b"
        r"|\[\d{4}\] (?:\d )?[A-Z][A-Za-z]{1,6}(?: [A-Z][a-z]{1,4})? \d{1,4}\b"
        r"|\b(?:[IVX]{1,4}|\d{1,2}) [A-Z][A-Za-z]{0,3} \d{1,5}/\d{2}\b"
        r"|\b\d:\d{2}-(?:cv|cr|mj|md|mc|bk|ap)-\d{3,5}(?:-[A-Z]{2,4})*\b"
        r"|\bNJA \d{4} p\. \d{1,4}\b",
        edges=False,
    ),
    Pattern(
        "flight and seat",
        "order",
        "Booking codes of airlines after the words for them",
        r"(?i:\b(?:booking|reservation|confirmation|pnr|record locator|ticket)"
        r"(?: (?:code|reference|ref|number|no))?\.?(?: is|:)? {0,2})([A-Z0-9]{6})\b",
        check=lambda value: (
            value.isupper()
            and any(map(str.isalpha, value))
            and (any(map(str.isdigit, value)) or not value.isalpha())
        ),
    ),
)
