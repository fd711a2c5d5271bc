"""Lists of what short hidden texts may be: plates of a pattern, dates, numbers that pass their check digits. Seeded, synthetic."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence

import numpy as np

#: L is a capital letter, l a small one, D a digit; other characters stand for themselves.
PLATE_PATTERNS = ("LLDD DDDD", "LLDD LLL", "L-LL DDDD", "LL DDD LL", "DDDD LLL", "LLL DDDD")


def from_pattern(pattern: str, seed: int, count: int) -> tuple[str, ...]:
    """Different texts of a pattern, as many as asked for or as there are after ten tries each."""
    rng = np.random.default_rng(seed)
    made: dict[str, None] = {}
    for _ in range(10 * count):
        if len(made) == count:
            break
        made["".join(_drawn(rng, sign) for sign in pattern)] = None
    return tuple(made)


def plates(seed: int, count: int) -> tuple[str, ...]:
    """Plates of the usual patterns in turn."""
    share = -(-count // len(PLATE_PATTERNS))
    lists = [from_pattern(pattern, seed + i, share) for i, pattern in enumerate(PLATE_PATTERNS)]
    return tuple(text for row in zip(*lists, strict=False) for text in row)[:count]


def strangers(texts: Sequence[str], seed: int, count: int) -> tuple[str, ...]:
    """Texts of the same shapes as those given, and none of them: what a short list is told apart from."""
    rng = np.random.default_rng(seed)
    given, made = set(texts), dict[str, None]()
    for i in range(10 * count):
        if len(made) == count or not texts:
            break
        text = "".join(_drawn(rng, _shape(sign)) for sign in texts[i % len(texts)])
        made |= {} if text in given else {text: None}
    return tuple(made)


def dates(first_year: int, last_year: int) -> Iterator[str]:
    """Every day of the years, day first, with dots."""
    import datetime

    day = datetime.date(first_year, 1, 1)
    while day.year <= last_year:
        yield day.strftime("%d.%m.%Y")
        day += datetime.timedelta(days=1)


def passes_checks(text: str) -> bool | None:
    """Whether a number that looks like a card or an account passes its check digits; None if it looks like neither."""
    from stdnum import iban, luhn

    compact = "".join(char for char in text if char.isalnum()).upper()
    if compact.isdigit() and 13 <= len(compact) <= 19:
        return bool(luhn.is_valid(compact))
    if len(compact) >= 15 and compact[:2].isalpha() and compact[2:4].isdigit():
        return bool(iban.is_valid(compact))
    return None


def _shape(sign: str) -> str:
    if sign.isdigit():
        return "D"
    return ("l" if sign.islower() else "L") if sign.isalpha() else sign


def _drawn(rng: np.random.Generator, sign: str) -> str:
    if sign in "Ll":
        return str(rng.choice(list(string.ascii_uppercase if sign == "L" else string.ascii_lowercase)))
    return str(rng.integers(10)) if sign == "D" else sign
