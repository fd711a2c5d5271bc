"""file.sidecars: files beside a published one that describe it, show it, or are what it was made from (L220).

Editors leave a copy of the original under a second name, cameras and editors write what they know into a file beside the
picture, and folders keep thumbnails of what once lay in them. Whoever passes on the folder passes them on.
"""

from __future__ import annotations

from indelible.model import Reason
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding
from indelible.verify.place import FilePlace
from indelible.verify.plants import clean_png
from indelible.verify.subject import Subject


def _subject(*neighbours: str) -> Subject:
    place = FilePlace(name="x.png", neighbours=neighbours)
    return Subject(published=clean_png(), format="png", extension=".png", place=place)


def _leaking() -> Subject:
    return _subject("backup")


def _clean() -> Subject:
    return _subject()


def _placed(subject: Subject) -> str | None:
    return None if subject.place is not None else "no_name"


@leak_check(
    "file.sidecars", family="preview", rules={"L220"}, leaking=_leaking, clean=_clean, applies=_placed, order=11
)
def sidecars(subject: Subject) -> Observation:
    """Name the kinds of telling files beside this one."""
    place = subject.place
    assert place is not None
    if place.neighbours is None:
        unknown = finding("L220", "file.sidecar", cannot_tell=True)
        return Observation(findings=(unknown,), why=Reason.TOOL_ERROR.value)
    findings = tuple(finding("L220", f"file.{kind}") for kind in place.neighbours)
    return Observation(findings=findings, why=Reason.THUMB_ORIGINAL.value if findings else None)
