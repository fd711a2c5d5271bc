"""Numbers that states give to people, by python-stdnum's checksums: without a label where the shape is rare, else beside its name.

A checksum of one digit lets every tenth number through, so bare digits are believed alone only where they also hold a date, or
two check digits and a printed form of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module

from indelible.detect.entity_match import LIKELY, SURE
from indelible.model import EntityType

#: Printed form, module of python-stdnum, and whether the form and the checksum together are hardly anything else.
_FORMS: tuple[tuple[str, str, float], ...] = (
    (r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])", "us.ssn", SURE),
    (r"(?<![\w-])9\d{2}-[5-9]\d-\d{4}(?![\d-])", "us.itin", SURE),
    (r"(?<!\w)[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z](?!\w)", "it.codicefiscale", SURE),
    (r"(?<!\w)\d{8}[- ]?[A-Z](?!\w)", "es.dni", SURE),
    (r"(?<!\w)[XYZ][- ]?\d{7}[- ]?[A-Z](?!\w)", "es.nie", SURE),
    (r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)", "br.cpf", SURE),
    (r"(?<!\d)[12] ?\d\d ?[01]\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d(?!\d)", "fr.nir", SURE),
    (r"(?<![\d.,/-])\d{13}(?![\d.,/-])", "si.emso", LIKELY),
    (r"(?<![\d.,/-])[1-8]\d{2}[01]\d[0-3]\d{7}(?![\d.,/-])", "ro.cnp", LIKELY),
    (r"(?<![\d.,/-])\d{2}[0-3]\d[0-3]\d{6}(?![\d.,/-])", "pl.pesel", LIKELY),
    (r"(?<![\d./-])\d{6}/\d{3,4}(?![\d/])", "cz.rc", SURE),
    (r"(?<![\d./-])(?:19|20)?\d{6}[-+]\d{4}(?![\d-])", "se.personnummer", SURE),
    (r"(?<![\d./-])[0-3]\d[01]\d{3}-\d{4}(?![\d-])", "dk.cpr", SURE),
    (r"(?<![\d.,/-])[0-3]\d[01]\d{3} ?\d{5}(?![\d.,/-])", "no.fodselsnummer", SURE),
    (r"(?<![\w-])[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?!\w)", "fi.hetu", SURE),
    (r"(?<!\d)\d\d\.[01]\d\.[0-3]\d-?\d{3}[ .-]\d\d(?!\d)", "be.nn", SURE),
    (r"(?<!\d)756\.?\d{4}\.?\d{4}\.?\d\d(?!\d)", "ch.ssn", SURE),
    (r"(?<!\w)\d{7}[A-W][A-IW]?(?!\w)", "ie.pps", SURE),
    (r"(?<![\d-])(?<!\d )\d{3} \d{3} \d{4}(?! ?[\d-])", "gb.nhs", LIKELY),
    (r"(?<!\w)[A-Z]{5}\d{4}[A-Z](?!\w)", "in_.pan", SURE),
    (r"(?<!\d)[2-9]\d{3} \d{4} \d{4}(?! ?\d)", "in_.aadhaar", SURE),
    (r"(?<!\w)[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d(?!\w)", "mx.curp", SURE),
    (r"(?<![\d-])(?:20|23|24|25|26|27)-\d{8}-\d(?![\d-])", "ar.cuit", SURE),
    (r"(?<![\d.])\d{1,2}\.\d{3}\.\d{3}-[\dK](?!\w)", "cl.rut", SURE),
    (r"(?<![\d-])(?<!\d )\d{3}[ -]\d{3}[ -]\d{3}(?![ -]?\d)", "ca.sin", LIKELY),
    (r"(?<!\d)\d{6}-[1-8]\d{6}(?!\d)", "kr.rrn", SURE),
    (r"(?<!\w)[1-9]\d{16}[\dX](?!\w)", "cn.ric", SURE),
    (r"(?<![\d-])\d{6}-\d{2}-\d{4}(?![\d-])", "my.nric", LIKELY),
    (r"(?<!\w)[A-Z]{2} ?[0-9A-Z]{8,12}(?!\w)", "eu.vat", SURE),
)
#: Bare digits that a checksum alone cannot carry: the number's own name must stand in the line.
_NAMED: tuple[tuple[str, str, str], ...] = (
    (r"steuer|idnr|ident|tin", r"\d(?:[ ]?\d){10}", "de.idnr"),
    (r"bsn|burgerservice|sofi", r"\d(?:[ .]?\d){8}", "nl.bsn"),
    (r"nif|contribuinte|fiscal", r"\d(?:[ ]?\d){8}", "pt.nif"),
    (r"pesel", r"\d(?:[ ]?\d){10}", "pl.pesel"),
    (r"oib", r"\d(?:[ ]?\d){10}", "hr.oib"),
    (r"egn|егн", r"\d{10}", "bg.egn"),
    (r"isikukood|ik\b", r"\d{11}", "ee.ik"),
    (r"asmens", r"\d{11}", "lt.asmens"),
    (r"kimlik|t\.?c\.?|tckn", r"\d(?:[ ]?\d){10}", "tr.tckimlik"),
    (r"taj|adoaz|azonosito", r"\d(?:[ ]?\d){8,9}", "hu.anum"),
    (r"cpf", r"\d{11}", "br.cpf"),
    (r"sin\b|social", r"\d(?:[ -]?\d){8}", "ca.sin"),
    (r"nhs", r"\d(?:[ -]?\d){9}", "gb.nhs"),
    (r"imei", r"\d(?:[ -]?\d){14}", "imei"),
)
_UK_INSURANCE = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)"
)
_SINGAPORE = re.compile(r"(?<!\w)[STFGM]\d{7}[A-Z](?!\w)")
Found = tuple[int, int, EntityType, float]


def _validator(name: str) -> Callable[[str], bool]:
    validate: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
    return validate


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[re.Pattern[str], Callable[[str], bool], float], ...]:
    return tuple((re.compile(form), _validator(name), confidence) for form, name, confidence in _FORMS)


@lru_cache(maxsize=1)
def _named_rules() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[str], bool]], ...]:
    return tuple(
        (re.compile(rf"(?<![a-z])(?:{name})"), re.compile(rf"(?<!\d){digits}(?!\d)"), _validator(module))
        for name, digits, module in _NAMED
    )


def national(text: str, plain: str) -> Iterator[Found]:
    """National numbers in one line; ``plain`` is the line folded, of the same length."""
    for pattern in (_UK_INSURANCE, _SINGAPORE):
        yield from ((*found.span(), EntityType.ID_NUMBER, SURE) for found in pattern.finditer(text))
    for pattern, valid, confidence in _rules():
        for found in pattern.finditer(text):
            if valid(found.group().replace(" ", "")) or valid(found.group()):
                yield (*found.span(), EntityType.ID_NUMBER, confidence)
    for name, digits, valid in _named_rules():
        if name.search(plain):
            for found in digits.finditer(text):
                if valid(re.sub(r"\D", "", found.group())):
                    yield (*found.span(), EntityType.ID_NUMBER, SURE)
