"""Check digits, by examples that the issuers or standards publish, and by change of a digit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doorstep.boundary.detect import checksums
from doorstep.boundary.detect.patterns import national_checks as ids

# Function, right values (from standards, official examples or computed by their rules).
RIGHT: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...] = (
    (checksums.luhn, ("4111 1111 1111 1111", "79927398713", "490154203237518")),
    (
        checksums.iban,
        (
            "DE89 3704 0044 0532 0130 00",
            "GB29NWBK60161331926819",
            "FR1420041010050500013M02606",
            "NO9386011117947",
        ),
    ),
    (checksums.verhoeff, ("2363", "234123412346")),
    (checksums.ean13, ("4006381333931", "756.9217.0769.85")),
    (checksums.vin, ("1M8GDM9AXKP042788", "11111111111111111")),
    (checksums.iso7064_mod11_10, ("86095742719", "94577403194")),
    (checksums.base58check, ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",)),
    (ids.us_ssn, ("078-05-1120", "791-10-5487")),
    (ids.us_itin, ("912-70-1234",)),
    (ids.uk_nino, ("AB123456C", "JG 10 37 59 A")),
    (ids.uk_nhs, ("943 476 5919", "9434765870")),
    (ids.de_tax, ("86095742719", "65 929 970 489")),
    (ids.de_pension, ("15070649C103", "65180539W001")),
    (ids.fr_nir, ("2 55 08 14 168 025 38", "1 84 12 76 451 089 46")),
    (ids.es_dni, ("12345678Z", "X1234567L", "54362315K")),
    (ids.it_codice_fiscale, ("RSSMRA85T10A562S", "MRTMTT91D08F205J")),
    (ids.nl_bsn, ("111222333", "123456782")),
    (ids.be_national, ("85.07.30-033.28", "00012511119")),
    (ids.pl_pesel, ("44051401359", "02070803628")),
    (ids.se_personnummer, ("811228-9874", "19811228-9874", "670919-9530")),
    (ids.fi_hetu, ("131052-308T", "010594Y9032")),
    (ids.dk_cpr, ("211062-5629",)),
    (ids.no_fodselsnummer, ("15021951940", "150219 51940")),
    (ids.pt_nif, ("501442600", "123456789")),
    (ids.at_svnr, ("1237 010180",)),
    (ids.br_cpf, ("390.533.447-05", "529.982.247-25")),
    (ids.br_cnpj, ("16.727.230/0001-97", "11.222.333/0001-81")),
    (ids.in_aadhaar, ("2341 2341 2346",)),
    (ids.ca_sin, ("123-456-782",)),
    (ids.au_tfn, ("123 456 782",)),
    (ids.au_medicare, ("2123 45670 1",)),
    (ids.cn_resident, ("11010519491231002X", "360426199101010071")),
    (ids.kr_rrn, ("971013-1019902",)),
    (ids.kr_business, ("116-82-00276",)),
    (ids.sg_nric, ("S1234567D", "G7654321L")),
    (ids.tr_kimlik, ("10000000146", "17291716060")),
    (ids.ro_cnp, ("1630615123457",)),
    (ids.cz_rodne_cislo, ("710319/2745",)),
    (ids.bg_egn, ("7523169263", "8032056031")),
    (ids.baltic_code, ("37605030299", "38703181745")),
    (ids.ie_pps, ("6433435F", "6433435IH")),
    (ids.za_id, ("8001015009087",)),
    (ids.mx_curp, ("BOXW310820HNERXN09",)),
    (ids.il_id, ("039337423",)),
    (ids.hr_oib, ("33392005961", "94577403194")),
    (ids.hu_tax, ("8071592153",)),
    (ids.gr_amka, ("01013099997",)),
    (ids.tw_id, ("A123456789",)),
    (ids.hk_id, ("G123456(A)", "AB987654(3)")),
    (ids.th_id, ("1-2345-45678-78-1",)),
    (ids.jp_my_number, ("1234 5678 9018",)),
    (ids.cl_rut, ("76.086.428-5", "12.531.909-2")),
    (ids.ar_cuit, ("20-05536168-2",)),
)
_CASES = [(check, value) for check, values in RIGHT for value in values]


@pytest.mark.parametrize(
    ("check", "value"), _CASES, ids=lambda part: getattr(part, "__name__", part)
)
def test_right_values(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


# Schemes without a check digit cannot find a changed digit.
_NO_CHECK_DIGIT = {ids.us_ssn, ids.us_itin, ids.uk_nino, ids.dk_cpr, ids.kr_rrn}


@pytest.mark.parametrize(
    ("check", "value"),
    [(check, value) for check, value in _CASES if check not in _NO_CHECK_DIGIT],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_most_changed_digits_are_noticed(check: Callable[[str], bool], value: str) -> None:
    places = [place for place, char in enumerate(value) if char.isdigit()]
    changed = [
        value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :] for place in places
    ]
    noticed = sum(not check(other) for other in changed)
    assert noticed >= 0.75 * len(changed)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (ids.us_ssn, "000-12-3456"),
        (ids.us_ssn, "666-12-3456"),
        (ids.us_ssn, "912-12-3456"),
        (ids.us_ssn, "123-00-4567"),
        (ids.us_ssn, "123-45-0000"),
        (ids.uk_nino, "BG123456A"),
        (ids.uk_nino, "DA123456A"),
        (ids.br_cpf, "111.111.111-11"),
        (ids.dk_cpr, "310262-5629"),
        (ids.se_personnummer, "811328-9874"),
        (checksums.iban, "DE89 3704 0044 0532 0130 0"),
        (checksums.iban, "XX89370400440532013000"),
        (checksums.base58check, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_wrong_values(check: Callable[[str], bool], value: str) -> None:
    assert not check(value)


@pytest.mark.parametrize(
    ("date", "right"),
    [((2024, 2, 29), True), ((2023, 2, 29), False), ((0, 2, 29), True), ((99, 13, 1), False)],
)
def test_calendar_date(date: tuple[int, int, int], right: bool) -> None:
    assert checksums.calendar_date(*date) is right
