"""file.type: what the file's name says it is and what its first bytes say (L311).

A name that lies sends a file past filters and into programs that read other parts of it than the ones examined here.
"""

from __future__ import annotations

from indelible.formats import EXTENSIONS, sniff
from indelible.model import Reason
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding
from indelible.verify.plants import clean_png
from indelible.verify.subject import Subject


def _leaking() -> Subject:
    return Subject(published=clean_png(), format="png", extension=".jpg")


def _clean() -> Subject:
    return Subject(published=clean_png(), format="png", extension=".png")


def _named(subject: Subject) -> str | None:
    return None if subject.extension else "no_name"


@leak_check("file.type", family="structure", rules={"L311"}, leaking=_leaking, clean=_clean, applies=_named, order=11)
def type_of(subject: Subject) -> Observation:
    """Compare the extension with the type that the first bytes show."""
    kind = sniff(subject.published)
    if kind is not None and subject.extension.lower() in EXTENSIONS[kind]:
        return Observation()
    if kind is None:
        return Observation(
            findings=(finding("L311", "file.type", 0, cannot_tell=True),), why=Reason.UNKNOWN_STRUCTURE.value
        )
    return Observation(findings=(finding("L311", "file.type", 0),), why=Reason.META_RESIDUE.value)
