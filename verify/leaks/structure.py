"""containers.walk: every byte of the file has a name that the list of LEAKS.md section 5 allows.

Broken by anything that is not on the list, whatever it contains; undecided where the file cannot be walked to its end.
"""

from __future__ import annotations

from dataclasses import replace

from indelible.model import Finding, Outcome, Reason, Severity
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import OF_PLACE, SEVERITY, finding, reason_of
from indelible.verify.containers.walkers import walk_file
from indelible.verify.plants import clean_jpeg, payload
from indelible.verify.subject import Subject

#: All but what exiftool, the comparison of previews and the carver say.
_RULES = set(SEVERITY) - OF_PLACE - {"L190", "L191", "L192", "L193", "L215", "L216", "L311"}


def _leaking() -> Subject:
    return Subject(published=clean_jpeg() + payload(0), format="jpeg", extension=".jpg")


def _clean() -> Subject:
    return Subject(published=clean_jpeg(), format="jpeg", extension=".jpg")


@leak_check("containers.walk", family="structure", rules=_RULES, leaking=_leaking, clean=_clean, order=10)
def walk(subject: Subject) -> Observation:
    """Walk the container and hold its structures against the list."""
    result = walk_file(subject.published)
    if result is None:
        unknown = finding("L310", "container.unknown", 0)
        return Observation(findings=(unknown,), outcome=Outcome.INCONCLUSIVE, why=Reason.UNKNOWN_STRUCTURE.value)
    findings = result.findings
    if subject.every_frame_decided:
        findings = tuple(_told(item) for item in findings)
    _, reason = reason_of(findings)
    return Observation(findings=findings, why=None if reason is None else reason.value)


def _told(item: Finding) -> Finding:
    """Frames and pages of which each was decided are the picture; that there are several stays in the report."""
    return replace(item, severity=Severity.INFO) if item.rule == "L211" and item.cannot_tell else item
