"""The words that stand beside the place for a signature, in the languages of the forms that people send.

A line counts as a label only if it is short: "the signature of these statutes entails ..." is a sentence, not a place to sign.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indelible.detect.lines import TextLine, folded

_WORDS = (
    # en, de, fr, es, it, pt, ca, ro
    "signature", "signatures", "signed", "sign here", "initials", "unterschrift", "unterschriften", "unterzeichner",
    "unterfertigung", "signe", "signataire", "paraphe", "firma", "firmado", "firmata", "firma del", "rubrica",
    "assinatura", "assinado", "signatura", "semnatura", "semnat", "signatur", "signaturen",
    # nl, da, no, sv, fi, et, lv, lt
    "handtekening", "ondertekening", "underskrift", "underskrevet", "namnteckning", "allekirjoitus", "allkiri",
    "paraksts", "parasas",
    # pl, cs, sk, hr, sl, sr, hu, tr, sq, el (read as Latin), id, vi, ga, cy, is
    "podpis", "podpisy", "potpis", "alairas", "imza", "imzasi", "nenshkrimi", "ypografi", "tanda tangan", "tandatangan",
    "chu ky", "siniu", "llofnod", "undirskrift",
)  # fmt: skip
_WORD = re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(word) for word in _WORDS) + r")(?![a-z])")
#: Other words that a label may hold beside its word.
_MOST_WORDS, _MOST_LETTERS = 9, 70
_MARK = re.compile(r"\s*[xX×✗✕]\s*[_.…\-]*\s*")
_MRZ = re.compile(r"(?:<.*){4}")


def labels(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines that name a place to sign, and a lone ``X`` before a ruling."""
    return tuple(line for line in lines if _is_label(line.text) or (_MARK.fullmatch(line.text) and line.score >= 0.6))


def machine_readable(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines of a machine-readable zone: a page that has one is a passport or an identity card."""
    return tuple(line for line in lines if len(line.text) >= 20 and _MRZ.search(line.text))


def _is_label(text: str) -> bool:
    plain = folded(text)
    match = _WORD.search(plain)
    if match is None or len(plain) > _MOST_LETTERS or len(plain.split()) > _MOST_WORDS:
        return False
    # a sentence goes on after a full stop's worth of words; a label ends soon, or with a colon or a ruling
    after = plain[match.end() :].strip()
    return len(after.split()) <= 5 and not after.endswith((".", ";"))
