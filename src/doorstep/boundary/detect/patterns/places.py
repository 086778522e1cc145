"""Coordinates, number plates and vehicles."""

from __future__ import annotations

import re

from doorstep.boundary.detect import checksums
from doorstep.boundary.detect.pattern import Pattern

_PLATE = (
    r"plates?\b|number plate|registration|reg\.? ?(?:no|number)?\b|licen[cs]e plate|"
    r"kennzeichen|immatricul\w*|matr[ií]cula|targa\b|nummerplade|nummerplåt|kenteken|"
    r"rekisteri\w*|tablica|tabulky|(?:my|his|her|their|our|the) (?:car|van|vehicle|bike)\b|"
    r"vehicle|parked|auto\b|wagen\b"
)


def _is_pair(value: str) -> bool:
    """Latitude and longitude in degrees, of which one is at least 10: 0.123, 0.456 is no place."""
    numbers = [abs(float(number)) for number in re.findall(r"\d+\.\d+", value)]
    if len(numbers) != 2 or numbers[0] > 90 or numbers[1] > 180:
        return False
    return max(numbers) >= 10 or bool(re.search("[NSEW]", value))


def _is_vin(value: str) -> bool:
    letters = sum(char.isalpha() for char in value)
    return 2 <= letters <= 14 and checksums.vin(value)


def _has_both(value: str) -> bool:
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value))


PATTERNS = (
    Pattern(
        "coordinates",
        "coordinates",
        "Pairs of decimal degrees with four or more places (ISO 6709, RFC 5870)",
        r"-?\b\d{1,2}\.\d{4,}°? ?[NS]?(?: ?, ?| )-?\d{1,3}\.\d{4,}°? ?[EWO]?",
        edges=False,
        check=_is_pair,
    ),
    Pattern(
        "coordinates named",
        "coordinates",
        "Decimal degrees after lat, lon, GPS, coordinates, position",
        r"(?i:\b(?:lat(?:itude)?|lon(?:gitude)?|lng|breitengrad|längengrad)\b"
        r"[\"']?(?: is|[ :=]){1,4})(-?\d{1,3}\.\d{2,})",
        edges=False,
    ),
    Pattern(
        "coordinates pair named",
        "coordinates",
        "Pairs of decimal degrees after GPS, coordinates, position, location",
        r"-?\b\d{1,2}\.\d{2,}°? ?[NS]?(?: ?, ?| )-?\d{1,3}\.\d{2,}°? ?[EWO]?",
        edges=False,
        context=r"gps|coord\w*|koordinat\w*|position|location|geo\b|located|map\b",
    ),
    Pattern(
        "coordinates in degrees",
        "coordinates",
        "Degrees, minutes and seconds with the directions",
        r"\b\d{1,2}° ?\d{1,2}(?:\.\d+)?['′] ?(?:\d{1,2}(?:\.\d+)?(?:\"|''|″))? ?[NSns]"
        r"[ ,/]{0,3}\d{1,3}° ?\d{1,2}(?:\.\d+)?['′] ?(?:\d{1,2}(?:\.\d+)?(?:\"|''|″))? ?[EWOewo]",
    ),
    Pattern(
        "plus code",
        "coordinates",
        "Open Location Codes",
        r"\b[23456789C][23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{2,6}\+"
        r"[23456789CFGHJMPQRVWX]{2,4}\b",
        check=_has_both,
    ),
    Pattern(
        "vin",
        "vin",
        "Vehicle identification numbers with their check digit (ISO 3779, 49 CFR 565)",
        r"\b[A-HJ-NPR-Za-hj-npr-z0-9]{17}\b",
        hint="[0-9][A-HJ-NPR-Za-hj-npr-z]|[A-HJ-NPR-Za-hj-npr-z][0-9]",
        check=_is_vin,
    ),
    Pattern(
        "vin named",
        "vin",
        "17 places after VIN, chassis (European numbers have no check digit)",
        r"\b[A-HJ-NPR-Za-hj-npr-z0-9]{17}\b",
        hint="[0-9][A-HJ-NPR-Za-hj-npr-z]|[A-HJ-NPR-Za-hj-npr-z][0-9]",
        context=r"vin\b|chassis|fahrgestell\w*|fin\b|vehicle id\w*|châssis|bastidor|stelnummer",
        check=_has_both,
    ),
    Pattern(
        "plate",
        "plate",
        "Number plates after a word for plate, registration, car, in ten languages",
        r"\b[A-ZÄÖÜ]{1,3}[ -]?(?:[A-Z]{1,2}[ -]?)?\d{1,4}(?:[ -]?[A-Z]{1,3})?\b"
        r"|\b\d{1,4}[ -]?[A-Z]{1,3}(?:[ -]?\d{2,4})?\b",
        hint=r"[A-ZÄÖÜ][ -]?\d|\d[ -]?[A-Z]",
        context=_PLATE,
        reach=32,
        check=lambda value: 5 <= len(re.sub("[ -]", "", value)) <= 9,
    ),
    Pattern(
        "plate uk",
        "plate",
        "British number plates of the form in use since 2001",
        r"\b[A-HJ-PR-Y][A-HJ-PR-Y]\d{2} [A-HJ-PR-Z]{3}\b",
    ),
    Pattern(
        "plate germany",
        "plate",
        "German number plates with the dash between district and letters",
        r"\b[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?\d{2,4}[EH]?\b",
        unless=r"[-/]",
    ),
    Pattern(
        "plate france",
        "plate",
        "French and Italian number plates: AB-123-CD",
        r"\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b",
    ),
    Pattern(
        "plate spain",
        "plate",
        "Spanish number plates: four digits and three consonants",
        r"\b\d{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3}\b",
        context=_PLATE,
    ),
)
