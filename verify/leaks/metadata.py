"""metadata.exiftool and metadata.witnesses: exiftool must show nothing outside the list, and nothing of the original.

exiftool knows vendor formats that our walkers do not; our walkers see bytes on which exiftool is silent. Where both look, they
must agree: a parser that gives up has proved nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from indelible.errors import IndelibleError, MissingError
from indelible.exec.exiftool import Reading, prefetch, reading
from indelible.model import Finding, Outcome, Reason, Severity
from indelible.verify.checks import Observation, leak_check
from indelible.verify.containers.rules import OF_PLACE, SEVERITY, finding, reason_of
from indelible.verify.containers.signatures import inflate
from indelible.verify.containers.tags import judge_tag, plain
from indelible.verify.containers.walkers import inspect_file
from indelible.verify.plants import clean_jpeg, exif_block, with_exif
from indelible.verify.subject import Subject

#: Shorter values turn up by chance (LEAKS.md section 7).
_SHORTEST = 5
_PROBE_BYTES = 48
_MAX_PROBES = 2_000
_PROBED = (
    ("L103", "probe.serial", r"Serial|Owner|UniqueID|CameraID|DeviceID"),
    ("L108", "probe.ids", r"DocumentID|InstanceID"),
    ("L104", "probe.text", r"Artist|Creator|Author|Copyright|Rights|By-?line|Caption|Description|Comment|Title|Headline"),
    ("L101", "probe.camera", r"^Make$|^Model$|LensModel|HostComputer"),
    ("L113", "probe.date", r"^DateTimeOriginal$|^CreateDate$|^DateCreated$|^DigitalCreationDate$"),
)  # fmt: skip
_PATTERNS = tuple((rule, channel, re.compile(pattern)) for rule, channel, pattern in _PROBED)

#: Structures that exiftool names too when they are there: silence about one of them is a disagreement.
_KNOWN_TO_BOTH = {
    "jpeg.app1.exif": ("File:ExifByteOrder",), "png.exif": ("File:ExifByteOrder",), "jpeg.com": ("File:Comment",),
    "jpeg.app2.icc": ("ICC_Profile:",), "png.iccp": ("ICC_Profile:", "PNG:ProfileName"),
}  # fmt: skip


def _leaking() -> Subject:
    block = exif_block(text=b"a description that stayed", gps=True)
    return Subject(published=with_exif(clean_jpeg(), block), format="jpeg", extension=".jpg")


def _clean() -> Subject:
    return Subject(published=clean_jpeg(), format="jpeg", extension=".jpg")


def _gathered(subject: Subject) -> str | None:
    """Applies to every subject; has exiftool read it, its original and both controls in one batch."""
    files = [subject.published, _leaking().published, _clean().published]
    try:
        prefetch(files if subject.original is None else [*files, subject.original])
    except IndelibleError:
        pass  # the check itself meets the same trouble and says so
    return None


@leak_check(
    "metadata.exiftool",
    family="metadata",
    rules=set(SEVERITY) - OF_PLACE,
    leaking=_leaking,
    clean=_clean,
    applies=_gathered,
    order=12,
)
def exiftool(subject: Subject) -> Observation:
    """Hold every tag that exiftool shows against the list, and search the original's values in the published bytes."""
    answer = _ask(subject.published)
    if isinstance(answer, Observation):
        return answer
    inspection = inspect_file(subject.published)
    format = inspection.walk.format if inspection is not None else "unknown"
    findings = outside(format, answer)
    if subject.original is not None:
        before = _ask(subject.original)
        if isinstance(before, Observation):
            return Observation(findings=(*findings, *before.findings), outcome=before.outcome, why=before.why)
        findings += survivors(subject.published, subject.original, before)
    outcome, reason = reason_of(findings)
    return Observation(findings=tuple(findings), outcome=outcome, why=None if reason is None else reason.value)


@leak_check(
    "metadata.witnesses", family="metadata", rules=set(SEVERITY) - OF_PLACE, leaking=_leaking, clean=_clean, applies=_gathered,
    order=12,
)  # fmt: skip
def witnesses(subject: Subject) -> Observation:
    """Both witnesses on the same bytes: both clean holds, both finding breaks, anything else is undecided (L193)."""
    answer = _ask(subject.published)
    if isinstance(answer, Observation):
        return answer
    inspection = inspect_file(subject.published)
    if inspection is None:
        return Observation(
            findings=(finding("L310", "container.unknown", 0),),
            outcome=Outcome.INCONCLUSIVE,
            why=Reason.UNKNOWN_STRUCTURE.value,
        )
    walk = inspection.walk
    ours = [item for item in walk.findings if item.severity is not Severity.INFO]
    theirs = [item for item in outside(walk.format, answer) if item.severity is not Severity.INFO]
    names = {plain(key) for key in answer.tags}
    silent = [
        channel
        for channel in sorted({item.channel for item in walk.findings})
        if channel in _KNOWN_TO_BOTH
        and not any(name.startswith(start) for name in names for start in _KNOWN_TO_BOTH[channel])
    ]
    if (theirs and not ours) or silent or not _same_size(subject, answer):
        channel = silent[0] if silent else theirs[0].channel if theirs and not ours else "picture.size"
        disagree = finding("L193", channel)
        return Observation(findings=(disagree,), outcome=Outcome.INCONCLUSIVE, why=Reason.PARSERS_DISAGREE.value)
    if ours and theirs:
        worst = min(ours, key=lambda item: item.severity.rank)
        outcome, reason = reason_of([*ours, *theirs])
        return Observation(findings=(worst,), outcome=outcome, why=None if reason is None else reason.value)
    return Observation()  # ours knowing more is normal, and a finding of containers.walk


def outside(format: str, answer: Reading) -> list[Finding]:
    """A finding for each kind of tag outside the list, one for warnings, in a fixed order."""
    found: dict[tuple[str, str], Finding] = {}
    for key in sorted(answer.tags):
        item = judge_tag(format, key, answer.tags[key])
        if item is not None:
            found.setdefault((item.rule, item.channel), item)
    findings = [found[key] for key in sorted(found)]
    if answer.warnings:
        findings.append(finding("L191", "exiftool.warning"))
    if answer.error:
        findings.append(finding("L191", "exiftool.error"))
    return findings


def survivors(published: bytes, original: bytes, before: Reading) -> list[Finding]:
    """Values of the original that are literally in the published bytes, and pieces of its embedded pictures."""
    places = [published, *_inflated(published)]
    findings: dict[str, Finding] = {}
    for rule, channel, value in _probes(before):
        if channel not in findings and _anywhere(value, places):
            findings[channel] = finding(rule, channel)
    inspection = inspect_file(original)
    for item in inspection.embedded if inspection is not None else ():
        coded = max(0, item.data.find(b"\xff\xda"))  # behind the tables, which all files of one encoder share
        middle = (coded + len(item.data) - _PROBE_BYTES) // 2
        probe = item.data[max(coded + 14, middle) :][:_PROBE_BYTES]
        if len(probe) == _PROBE_BYTES and len(set(probe)) > 8 and any(probe in place for place in places):
            findings["probe.picture"] = finding(item.rule, "probe.picture")
    return [findings[channel] for channel in sorted(findings)]


def _probes(before: Reading) -> Iterable[tuple[str, str, str]]:
    count = 0
    for key in sorted(before.tags):
        if key.startswith(("File:", "ExifTool:", "Composite:", "SourceFile")) and plain(key) != "File:Comment":
            continue
        last = key.rpartition(":")[2]
        for rule, channel, pattern in _PATTERNS:
            if not pattern.search(last):
                continue
            for value in _texts(before.tags[key]):
                count += 1
                if count > _MAX_PROBES:
                    return
                yield rule, channel, value


def _texts(value: object) -> Iterable[str]:
    """Every text in a tag's value that is long and varied enough to be searched for."""
    if isinstance(value, str):
        text = value.strip()
        if len(text) >= _SHORTEST and len(set(text)) > 2 and not text.startswith("(Binary data"):
            yield text
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _texts(str(value))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from _texts(value[name])


def _anywhere(value: str, places: list[bytes]) -> bool:
    try:
        needles = {value.encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be")}
    except UnicodeEncodeError:
        return False
    return any(needle in place for needle in needles for place in places)


def _inflated(published: bytes) -> list[bytes]:
    inspection = inspect_file(published)
    if inspection is None:
        return []
    blocks = [data for _, data in inspection.inflated]
    for offset, length in inspection.walk.opaque[:64]:
        start = published.find(b"\x78", offset, offset + min(length, 256))
        if start >= 0 and (content := inflate(published[start : offset + length])):
            blocks.append(content)
    return blocks


def _same_size(subject: Subject, answer: Reading) -> bool:
    """Whether exiftool names the same picture as the one examined."""
    if subject.picture is None or answer.error:
        return True  # said by other rows
    groups = ("File", "PNG", "GIF", "RIFF", "EXIF:IFD0", "Jpeg2000", "QuickTime", "Photoshop")
    seen = {(answer.tags.get(f"{group}:ImageWidth"), answer.tags.get(f"{group}:ImageHeight")) for group in groups}
    return tuple(subject.picture.stored_size) in seen


def _ask(data: bytes) -> Reading | Observation:
    """exiftool's reading, or what a row says when there is none (L192)."""
    try:
        answer = reading(data)
    except MissingError:
        return Observation(
            findings=(finding("L192", "exiftool.missing"),), outcome=Outcome.INCONCLUSIVE, why=Reason.TOOL_ERROR.value
        )
    except IndelibleError:
        return Observation(
            findings=(finding("L192", "exiftool.failed"),), outcome=Outcome.ERROR, why=Reason.TOOL_ERROR.value
        )
    return answer
