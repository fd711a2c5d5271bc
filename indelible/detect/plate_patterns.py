"""How much a short text looks like a registration, by the formats that countries issue. No pixel is looked at.

The reader confuses O and 0, I and 1, B and 8, and writes seals and hyphens as any sign; both are allowed for.
"""

from __future__ import annotations

import re

#: Formats in use, ``L`` letter, ``D`` digit, by countries that issue them (a format often belongs to several).
FORMATS = (
    "LLDDLLL", "LDDDLLL", "LLLDDDL",  # GB; FR, IT, SK, CZ share LLDDDLL
    "LLDDDLL", "LLDDLL", "LLDDDD", "LLDDDDD", "LLDDDDDD", "LLDDDDLL",  # AL, AR, CH, DK, NO, LU, LV, PT, UA
    "LDDDD", "LLDDD", "LLLDD", "LLLDDD", "LLLDDDD", "LLLLDDD", "LLLLDDDD", "LLLLDD", "LLDD",  # DE, FI, GR, HU, LT, PL, SE, SI
    "LLLDDL", "LLLDDLL", "LDDDDLL", "LDDLLL", "LDDDLL", "LLDDDL", "LLDDLLLL",  # AT, BG, HR, PL, RO, RS, SE
    "DDDDLLL", "DDDLLL", "DLLLDDD", "DDLLLD", "DDLLDD", "LDDDD", "DLDDDDD", "DLLDDDD", "DLDDDD",  # BE, CZ, EE, ES, NL
    "DDLDDDD", "DDLLDDDD", "DDLLLDD", "DDLLLDDD", "DDDLDDDD", "DDLDDDDD", "DDDLLDDD",  # IE, TR
    "LDDDLLDD", "LDDDLLDDD", "LLDDDDD", "LDDDDDD", "LLLDLDD",  # BR, RU
    "LLDDLDDDD", "LLDDLLDDDD", "LLDDLLLDDDD", "LDDDDLLL", "DDDLLLL",  # ID, IN
    "LLDLDL", "LLDLLL", "LLLDLL", "DLLDLL", "DDDDLL", "LDDDDL", "DDLDDD", "DDDDDL", "LDLDDDL",  # AU, US, CA
    "LLDDLDD", "LLDLDD", "DLLLDDL",
)  # fmt: skip
_LETTERS = {"0": "OQD", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B", "4": "A"}
_DIGITS = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8", "A": "4", "T": "7"}
_KNOWN = frozenset(FORMATS)
_BY_LENGTH = {length: tuple(f for f in sorted(_KNOWN) if len(f) == length) for length in range(4, 12)}

#: Not a registration: money, decimals, times, dates (cut off ones too), addresses of the net, fractions, telephone numbers, quantities.
_NEVER = re.compile(
    r"[€$£¥%@#©®()\[\]{}<>_/\\|\"?!,]|\d\.\d|\d{1,2}:\d\d:\d\d|\d{4}[-.=:]\d\d?[-.=:]\d|\d\d?[-.=:]\d\d?[-.=:]\d{2,4}$"
    r"|^(?:19|20)\d\d[-.:=]|www|\.com|\.net|\.org|^\d\d?:\d\d$|^\d+\s?(?:km|kg|mm|cm|ml|cc|am|pm|mph|rpm)$|^\+",
    re.IGNORECASE,
)
#: A month in letters, some of them small, and its year; plates have capitals alone.
_DATE = re.compile(r"[A-Za-z]?[a-z]{2,}[.,]?\s?(?:19|20)\d\d(?!\d)")
_LIGHT = 5  # characters: shorter formats say less


def compact(text: str) -> str:
    """Letters and digits alone, upper case."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def likeness(text: str) -> float:
    """0.0 to 1.0: a format in use, then any mixture, then digits alone, then capitals alone."""
    if _NEVER.search(text.strip(" .,:'\"«»®")) or _DATE.search(text) or sum(sign.islower() for sign in text) >= 3:
        return 0.0
    signs = compact(text)
    if not 4 <= len(signs) <= 11 or len(set(signs)) == 1:
        return 0.0
    digits = sum(sign.isdigit() for sign in signs)
    if 0 < digits < len(signs):
        misread = _misread(signs)
        if misread is not None:
            full = 0.95 if len(signs) > _LIGHT else 0.7 if len(signs) == _LIGHT else 0.45
            return full - 0.12 * misread
        runs = 1 + sum(a.isdigit() != b.isdigit() for a, b in zip(signs, signs[1:], strict=False))
        if len(signs) == 4:  # what models of cars are called: "E350", "320d"
            return 0.1
        return 0.6 if 5 <= len(signs) <= 8 and runs <= 5 else 0.2 if len(signs) <= 8 else 0.0
    if digits and ":" in text:
        return 0.0  # a time; seals are read as colons, but between letters and digits
    if digits:
        return 0.4 if len(signs) in (6, 7) else 0.25 if len(signs) in (5, 8) else 0.0
    if len(signs) <= 8 and text.upper() == text:
        return 0.3 if re.search(r"\w[-·:=.]\w", text) and len(signs) >= 5 else 0.05
    return 0.0


def _misread(signs: str) -> int | None:
    """How few characters must have been misread for the text to have a format in use; None if more than two or none fits."""
    costs = [cost for form in _BY_LENGTH.get(len(signs), ()) if (cost := _cost(signs, form)) is not None]
    return min(costs, default=None)


def _cost(signs: str, form: str) -> int | None:
    most = 1 if len(signs) <= _LIGHT + 1 else 2
    cost = 0
    for sign, wanted in zip(signs, form, strict=True):
        if sign.isdigit() == (wanted == "D"):
            continue
        if sign not in (_DIGITS if wanted == "D" else _LETTERS):
            return None
        cost += 1
    return cost if cost <= most else None
