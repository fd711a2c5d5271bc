"""file.attributes: what the file system says of a published file beside its bytes (L151 to L154).

Where a download came from stands in an extended attribute; copying tools carry it along. The time of the last change is only a
note, because whoever copies the file sets it anew, unless it is the original's own: then it may be the time of the shot.
"""

from __future__ import annotations

from indelible.model import Reason, Severity
from indelible.output import FIXED_TIME_S
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import finding
from indelible.verify.place import FilePlace
from indelible.verify.plants import clean_png
from indelible.verify.subject import Subject

_LISTS = frozenset({"system.posix_acl_access", "system.nfs4_acl", "system.richacl", "com.apple.acl.text"})
#: Set by the system on every file of its own accord; they say nothing of the picture.
_OF_THE_SYSTEM = frozenset({"security.selinux", "security.ima", "security.evm", "com.apple.provenance"})


def _subject(*attributes: str) -> Subject:
    place = FilePlace(name="x.png", modified_s=FIXED_TIME_S, attributes=attributes)
    return Subject(published=clean_png(), format="png", extension=".png", place=place)


def _leaking() -> Subject:
    return _subject("user.xdg.origin.url")


def _clean() -> Subject:
    return _subject("security.selinux")


def _placed(subject: Subject) -> str | None:
    return None if subject.place is not None else "no_name"


@leak_check(
    "file.attributes",
    family="metadata",
    rules={"L151", "L152", "L153", "L154"},
    leaking=_leaking,
    clean=_clean,
    applies=_placed,
    order=11,
)
def attributes(subject: Subject) -> Observation:
    """Look at time, extended attributes, streams, owner and access list of the file."""
    place = subject.place
    assert place is not None
    findings = []
    if place.same_time_as_original:
        findings.append(finding("L151", "file.time"))
    elif place.modified_s != FIXED_TIME_S:
        findings.append(finding("L151", "file.time", severity=Severity.INFO))
    if place.attributes is None:
        findings.append(finding("L152", "file.xattr", cannot_tell=True))
    else:
        names = {name for name in place.attributes if name not in _OF_THE_SYSTEM}
        if names & _LISTS:
            findings.append(finding("L154", "file.acl"))
        if names - _LISTS:
            findings.append(finding("L152", "file.xattr"))
    if place.streams:
        findings.append(finding("L153", "file.ads"))
    if place.other_owner:
        findings.append(finding("L154", "file.owner", severity=Severity.INFO))
    telling = [item for item in findings if item.severity is not Severity.INFO]
    if not telling:
        return Observation(findings=tuple(findings))
    broken = any(not item.cannot_tell for item in telling)
    why = Reason.META_RESIDUE if broken else Reason.TOOL_ERROR
    return Observation(findings=tuple(findings), why=why.value)
