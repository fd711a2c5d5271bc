"""Numbers and handles that identify: e-mail, URL, IP, phone, card, IBAN, national numbers.

Checksums are python-stdnum's and phonenumbers'. OCR confusions (``O``/``0``, ``l``/``1``, spaces inside) are undone first, on
a copy of the same length, so that every match is a place in the line as read.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from indelible.detect.entity_match import LIKELY, SURE
from indelible.detect.entity_national import national
from indelible.model import EntityType

Match = tuple[int, int, EntityType, float]

_EMAIL = re.compile(r"[\w.+-]{1,64}\s?[@©]\s?[\w-]{1,63}(?:\s?[.,]\s?[\w-]{2,63}){1,4}")
_URL = re.compile(
    r"(?:https?\s?:\s?/\s?/\s?\S{3,}|\bwww\s?[.,]\s?[\w-]+[.,]\S{2,}"
    r"|(?<![@\w])[a-z0-9-]{3,63}\.(?:com|org|net|info|io|de|fr|es|it|nl|co\.uk|uk|eu|me|pl|ch|at|be|com\.my)(?:/\S*)?(?![\w@]))",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)

# a run of digits with the separators that people put between them
_RUN = re.compile(r"(?<![\w])[+(]?\d[\d ()./\u2010-\u2015-]{4,30}\d(?:\s?x\s?\d{2,6})?(?!\w)")
_GROUPED_CARD = re.compile(r"(?<!\d)[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?!\d)")
_LONG_RUN = re.compile(r"(?<![\w])\d(?:[ -]?\d){12,18}(?!\w)")
# lengths and first digits that issuers use; goods' barcodes have 13 digits and start otherwise
_CARD_PREFIX = re.compile(r"4\d{12}|3(?:0[0-5]|[689]\d)\d{11}|3[47]\d{13}|[2-6]\d{15}|[56]\d{16,18}|4\d{18}")
_BOOK = re.compile(r"(?<![a-z])(?:isbn|issn|ean|ismn|gtin)(?![a-z])")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9OIl]{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])")
_PHONE_LABEL = re.compile(
    r"(?<![a-z])(?:t[e3][l1i](?:efon\w*|ephone|efoon\w*)?|puhelin|puh|telefone|tlf|teleph\w*|cep|gsm|matkapuh\w*|komorka|kom|phone|fon|mobile?\w*|mob|cell|handy|h\s?/\s?p|hp|fax|telefax|hotline|whatsapp|call)"
    r"(?:\s?(?:no|nr|number))?(?=[\s.:#\d+(-])[\s.:#-]*",
)
# what stands before a number that is a thing's, not a person's
_GOODS = re.compile(
    r"(?<![a-z])(?:lot|lott?o|lote|losnr|batch|charge|serial|serie|edition|part|article|artikel|art|item|sku|catalogu?e?|katalog|model|modell?o?|order"
    r"|invoice|version|ref|s/n|p/n|sn|pn|isbn)\.?(?:\s?(?:no|nr|number|nummer|num|n°|#))?[\s.:#-]*$"
)
_WHEN = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d\d(?![./-]?\d)"
    r"|\d{1,2}:\d\d(?::\d\d)?"
)
_NATIONAL_FORMAT = re.compile(
    r"\(?0|\(\d|\d{3}[-. ]\d{3}[-. ]\d{4}$|1[-. ]\(?\d{3}|[2-9]\d\d[ -]\d{3}[ -]\d{3}$|\d\d/\d{3}-\d{4}$|[2-9]\d(?: \d{2,3}){3,4}$|[2-9]\d\d(?: \d\d){3}$"
)
_REGIONS = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "PL",
    "CZ",
    "AT",
    "CH",
    "BE",
    "PT",
    "SE",
    "AU",
    "IN",
    "MY",
    "SG",
    "BR",
    "MX",
    "DK",
    "NO",
    "FI",
    "RO",
    "HU",
    "TR",
    "IE",
    "CA",
    "HR",
    "SK",
)


def digits_restored(text: str) -> str:
    """Letters that OCR puts in place of digits, exchanged where they stand between digits; the length stays."""
    swapped = list(text)
    for place, character in enumerate(text):
        digit = _LOOKALIKE.get(character)
        if digit is None:
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        near = (before.isdigit() or before in _LOOKALIKE) + (after.isdigit() or after in _LOOKALIKE)
        if (before.isdigit() or after.isdigit()) and (near == 2 or not (before + after).strip().isalpha()):
            swapped[place] = digit
    return "".join(swapped)


_LOOKALIKE = {"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"}


def numbers(text: str, folded_text: str) -> Iterator[Match]:
    """Every match in one line; ``folded_text`` is the line without case and accents, of the same length."""
    yield from ((*found.span(), EntityType.EMAIL, SURE) for found in _EMAIL.finditer(text))
    yield from ((*found.span(), EntityType.URL, LIKELY) for found in _URL.finditer(text))
    yield from _addresses_of_machines(text)
    digits = digits_restored(text)
    yield from _cards(digits)
    yield from _ibans(text)
    yield from national(text, folded_text)
    if digits != text:
        yield from national(digits, folded_text)
    if not _BOOK.search(folded_text):
        yield from _phones(digits, folded_text)


def _addresses_of_machines(text: str) -> Iterator[Match]:
    for pattern in (_IPV4, _IPV6):
        for found in pattern.finditer(text):
            try:
                ipaddress.ip_address(found.group())
            except ValueError:
                continue
            if found.group().strip(":0"):
                yield (*found.span(), EntityType.IP, LIKELY)


def _cards(digits: str) -> Iterator[Match]:
    from stdnum import luhn

    # four groups of four is how cards are printed; a specimen or a misread digit must not save it from being covered
    for found in _GROUPED_CARD.finditer(digits):
        if found.group(1) or luhn.is_valid(found.group()):
            yield (*found.span(), EntityType.CARD, SURE)
    for found in _LONG_RUN.finditer(digits):
        bare = re.sub(r"\D", "", found.group())
        if _CARD_PREFIX.fullmatch(bare) and len(set(bare)) > 2 and luhn.is_valid(bare):
            yield (*found.span(), EntityType.CARD, SURE)


def _ibans(text: str) -> Iterator[Match]:
    from stdnum import iban

    for found in _IBAN.finditer(text):
        groups = found.group()
        while len(groups.replace(" ", "")) >= 15:
            bare = groups.replace(" ", "")
            fixed = bare[:2] + bare[2:4].translate(str.maketrans("OIl", "011")) + bare[4:]
            if iban.is_valid(fixed) or iban.is_valid(fixed[:4] + fixed[4:].translate(str.maketrans("OI", "01"))):
                yield (found.start(), found.start() + len(groups), EntityType.IBAN, SURE)
                break
            groups = groups[:-1].rstrip()


def _phones(digits: str, folded_text: str) -> Iterator[Match]:
    labels = [found.end() for found in _PHONE_LABEL.finditer(folded_text)]
    after_label = min(labels, default=len(digits) + 1)
    if labels:
        rest = digits[after_label:]
        if sum(character.isdigit() for character in rest) >= 5:
            # everything from the first digit on: several numbers, extensions, separators that OCR dropped
            spans = [found.span() for found in re.finditer(r"[+(]?\d[\d ()./,;|&-]*", rest)]
            wide = [span for span in spans if sum(c.isdigit() for c in rest[slice(*span)]) >= 4]
            if wide:
                yield (after_label + wide[0][0], after_label + wide[-1][1], EntityType.PHONE, LIKELY)
    timeless = _WHEN.sub(lambda when: "x" * len(when.group()), digits[: after_label if labels else None])
    for found in _RUN.finditer(timeless):
        if _GOODS.search(folded_text[: found.start()]):
            continue
        if is_phone(found.group()) and not re.match(r"\s?(?:€|eur|usd|\$|%)", folded_text[found.end() :]):
            yield (*found.span(), EntityType.PHONE, LIKELY)


def is_phone(run: str) -> bool:
    """Whether digits as printed look like a telephone number without any label beside them."""
    import phonenumbers

    run = re.sub(r"\s?x\s?\d+$", "", run)  # an extension
    bare = re.sub(r"\D", "", run)
    if run.startswith("+"):
        return 7 <= len(bare) <= 15
    if bare.startswith("00") and 10 <= len(bare) <= 16 and not run.startswith("000"):
        try:  # a country's code after the two zeros
            return phonenumbers.is_possible_number(phonenumbers.parse("+" + bare[2:]))
        except phonenumbers.NumberParseException:
            return False
    separators = re.findall(r"[ ()./-]+", run.strip("( "))
    if not 8 <= len(bare) <= 13 or len(set(bare)) < 4 or not separators or not _NATIONAL_FORMAT.match(run.strip()):
        return False
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(run, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
