"""Chooses and runs the checks, and puts what they saw together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from indelible.detect.calibration import DetectorFacts, locators
from indelible.detect.pinned import MODELS
from indelible.errors import IndelibleError
from indelible.formats import sniff
from indelible.media import Picture, open_picture
from indelible.model import (
    Check,
    Evidence,
    FillStyle,
    Kind,
    Limit,
    NotExamined,
    Outcome,
    Policy,
    Reason,
    RedactionPlan,
    Region,
    RegionEvidence,
    TextMode,
)
from indelible.model.geometry import is_padded_to_quantum
from indelible.verify.attack_rows import attack_rows, resisted
from indelible.verify.census import take_census
from indelible.verify.checks import CHECKS, LeakCheck
from indelible.verify.controls import ControlLedger, observe
from indelible.verify.environment import environment
from indelible.verify.examination import Examination, reviewed
from indelible.verify.judge import judge
from indelible.verify.leaks.construction import SOURCE_CODEC
from indelible.verify.place import FilePlace
from indelible.verify.regions import examined_regions
from indelible.verify.subject import Redactor, Subject

#: Kinds for which the verifier has a second detector.
EXAMINED_KINDS = frozenset({Kind.FACE, Kind.PLATE, Kind.TEXT, Kind.CODE, Kind.SIGNATURE})

Progress = Callable[[str], None]


def examine_file(
    published: bytes,
    *,
    original: bytes | None = None,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
    redactor: Redactor | None = None,
    regions: Sequence[RegionEvidence] | None = None,
    not_examined: Sequence[NotExamined] = (),
    located: bool = False,
    extension: str = "",
    place: FilePlace | None = None,
    gallery: Mapping[str, tuple[np.ndarray, ...]] | None = None,
    ledger: ControlLedger | None = None,
    progress: Progress | None = None,
    seed: int = 0,
) -> Examination:
    """Examine one published file, anyone's.

    Args:
        published: the file's bytes.
        original: the source's bytes, if they are at hand.
        plan: what was to be redacted, if it is known.
        policy: what had to be looked for; the default names every kind.
        redactor: the redactor bound to that plan and source, if it can be run again.
        regions: the redactor's account of the areas that it removed; found or derived when it is not given.
        not_examined: kinds that the locator did not look for, with its reasons.
        located: whether the plan is what this version's detectors found, so that their measured rates apply.
        extension: of the file's name, such as ``.jpg``; empty when unknown.
        place: where the file lies, if it lies on a disk.
        gallery: clear faces by label, for the attacks on faces that are not filled.
        ledger: the controls of the run, shared over its files.
        progress: called with the id of each check before it runs.
        seed: of everything synthetic.
    """
    policy = policy or Policy()
    ledger = ledger or ControlLedger()
    subject = lay_out(
        published,
        original=original,
        plan=plan,
        policy=policy,
        redactor=redactor,
        regions=regions,
        extension=extension,
        place=place,
        seed=seed,
    )
    picture = subject.picture
    rows = tuple(_row(check, subject, ledger, progress) for check in _checks())
    rows += attack_rows(subject, gallery=gallery, progress=progress)
    rows += tuple(
        _undecided(f"locate.{item.kind.value}", "residual", Outcome.ERROR, Reason.TOOL_ERROR)
        for item in not_examined
        if item.reason == "error"
    )
    if picture is None:
        rows += (_undecided("file.decode", "pixels", Outcome.INCONCLUSIVE, Reason.UNKNOWN_STRUCTURE),)
    elif (
        plan is not None and plan.source.frames != picture.frames
    ):  # some frame is held against no decision, or against another's
        rows += (_undecided("file.frames", "pixels", Outcome.INCONCLUSIVE, Reason.COVERAGE_GAP),)
    required = tuple(sorted({row.id for row in rows if row.outcome is not Outcome.NOT_APPLICABLE}))
    judged = tuple(_judged(region, subject, rows) for region in subject.regions)
    missed = _not_examined(policy, not_examined)
    limits = _limits(subject, missed, rows)
    return Examination(
        sha256=hashlib.sha256(published).hexdigest(),
        pixel_sha256=_pixel_digest(picture) if picture else None,
        media_type=f"image/{subject.format}" if subject.format else "application/octet-stream",
        width=picture.width if picture else 0,
        height=picture.height if picture else 0,
        frames=picture.frames if picture else 1,
        gallery=len(gallery or ()),
        verdict=judge(rows, judged, required, limits),
        regions=judged,
        rows=rows,
        controls=tuple(dict.fromkeys((*ledger.all, *(control for row in rows for control in row.armed_by)))),
        required=required,
        policy=policy,
        not_examined=missed,
        census=take_census(published, original),
        environment=environment(),
        growth=_growth(subject.original_picture),
        levels=_levels(rows),
        contents=max((row.trials or 0 for row in rows if row.id == "construction.after_decode"), default=0),
        rederived_equal=_rederived(rows),
        original_given=original is not None,
        rejected_regions=len(plan.redactions) - len(plan.applied) if plan else 0,
        detectors=_detectors(policy, located),
    )


def lay_out(
    published: bytes,
    *,
    original: bytes | None = None,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
    redactor: Redactor | None = None,
    regions: Sequence[RegionEvidence] | None = None,
    extension: str = "",
    place: FilePlace | None = None,
    seed: int = 0,
) -> Subject:
    """What the checks see of a file; arguments as in `examine_file`. What cannot be decoded has no picture."""
    picture = _open(published)
    original_picture = _open(original) if original is not None else None
    return Subject(
        published=published,
        policy=policy or Policy(),
        format=sniff(published),
        picture=picture,
        extension=extension,
        place=place,
        original=original,
        original_picture=original_picture,
        plan=plan,
        regions=examined_regions(plan, picture, original_picture, seed=seed, given=regions),
        redactor=redactor,
        seed=seed,
    )


def _checks() -> list[LeakCheck]:
    return sorted((check for _, check in CHECKS), key=lambda check: (check.order, check.id))


def _row(check: LeakCheck, subject: Subject, ledger: ControlLedger, progress: Progress | None) -> Check:
    reason = check.applies(subject)
    if reason is not None:
        return Check(
            id=check.id, version=check.version, family=check.family, outcome=Outcome.NOT_APPLICABLE, why=reason,
            required=False,
        )  # fmt: skip
    if progress:
        progress(check.id)
    controls = ledger.arm(check)
    outcome, observation = observe(check, subject)
    why = None if outcome is Outcome.HELD else observation.why or _why(check, outcome)
    return Check(
        id=check.id,
        version=check.version,
        family=check.family,
        outcome=outcome,
        why=why,
        findings=observation.findings,
        armed_by=controls,
        trials=observation.trials,
        seed=subject.seed,
    )


_WHY_BROKEN = {
    "structure": Reason.META_RESIDUE,
    "metadata": Reason.META_RESIDUE,
    "preview": Reason.THUMB_ORIGINAL,
    "pixels": Reason.PIXEL_RESIDUE,
    "residual": Reason.DETECTOR_HIT,
    "construction": Reason.NI_MISMATCH,
}


def _why(check: LeakCheck, outcome: Outcome) -> str:
    if outcome is Outcome.BROKEN:
        return _WHY_BROKEN.get(check.family, Reason.ATK_BROKEN).value
    return (Reason.UNKNOWN_STRUCTURE if check.family in ("structure", "preview") else Reason.TOOL_ERROR).value


def _undecided(name: str, family: str, outcome: Outcome, why: Reason) -> Check:
    """A row for what could not even be tried."""
    return Check(id=name, version=1, family=family, outcome=outcome, why=why.value)


def _pixel_digest(picture: Picture) -> str:
    digest = hashlib.sha256()
    for image in picture.images:
        digest.update(image.tobytes())
    return digest.hexdigest()


def _judged(region: RegionEvidence, subject: Subject, rows: Sequence[Check]) -> RegionEvidence:
    """What the rows say about one region."""
    telling = [
        row
        for row in rows
        if row.outcome is Outcome.BROKEN
        and (
            any(finding.region == region.id for finding in row.findings)
            or (row.family == "construction" and region.method.startswith("solid"))
        )
    ]
    if telling:
        evidence = Evidence.BROKEN
    elif region.method.startswith("solid") and _shown_by_construction(subject, rows):
        evidence = Evidence.BY_CONSTRUCTION
    elif not region.method.startswith("solid") and resisted(region, rows, subject):
        evidence = Evidence.RESISTED
    else:
        evidence = Evidence.UNKNOWN
    return replace(region, evidence=evidence)


#: Rows that must hold, armed, before a solid region is by construction.
_BASIS = ("pixels.fill", "construction.rederivation", "construction.after_decode", "containers.walk")
_LEVEL_2 = "construction.before_source_compression"


def _shown_by_construction(subject: Subject, rows: Sequence[Check]) -> bool:
    by_id = {row.id: row for row in rows}
    basis = [by_id.get(name) for name in _BASIS]
    if not all(row is not None and row.outcome is Outcome.HELD and row.armed for row in basis):
        return False
    level_2 = by_id.get(_LEVEL_2)
    if level_2 is None:
        return False
    if level_2.outcome is Outcome.HELD:
        return level_2.armed
    return level_2.outcome is Outcome.NOT_APPLICABLE and level_2.why == SOURCE_CODEC  # level 1 alone, with the limit


def _not_examined(policy: Policy, located: Sequence[NotExamined]) -> tuple[NotExamined, ...]:
    missed = {item.kind: item for item in located}
    unwanted = (*policy.switched_off, *((Kind.TEXT,) if policy.text is TextMode.NONE else ()))
    for kind in unwanted:
        missed.setdefault(kind, NotExamined(kind=kind, reason="not_requested"))
    for kind in policy.kinds:
        if kind not in EXAMINED_KINDS:
            missed.setdefault(kind, NotExamined(kind=kind, reason="not_in_this_version"))
    return tuple(missed[kind] for kind in Kind if kind in missed)


def _limits(subject: Subject, missed: Sequence[NotExamined], rows: Sequence[Check]) -> set[Limit]:
    limits: set[Limit] = set()
    applied = subject.plan.applied if subject.plan else ()
    if subject.original is None:
        limits.add(Limit.NO_ORIGINAL)
    elif subject.redactor is None:
        limits.add(Limit.NO_RERUN)
    spreads = subject.original_picture is not None and subject.original_picture.spreads
    if spreads or any(row.id == _LEVEL_2 and row.why == SOURCE_CODEC for row in rows):
        limits.add(Limit.SOURCE_CODEC)
    if any(region.method.startswith("mosaic") for region in subject.regions):
        limits.add(Limit.METHOD_LOSSY)
    if any(
        item.kind is Kind.TEXT
        and item.fill is FillStyle.SOLID
        and subject.plan is not None
        and not is_padded_to_quantum(item.region.box, *_page_size(item.region, subject))
        for item in applied
    ):
        limits.add(Limit.GEOMETRY)
    if missed or (subject.plan and len(applied) < len(subject.plan.redactions)):
        limits.add(Limit.CLASS_OUT_OF_SCOPE)
    if not subject.regions:
        limits.add(Limit.NO_REGIONS)
    rejected = len(subject.plan.redactions) - len(applied) if subject.plan else 0
    if subject.policy.human_review and not reviewed(subject.regions, rejected):
        limits.add(Limit.NO_HUMAN_REVIEW)
    return limits


def _page_size(region: Region, subject: Subject) -> tuple[int, int]:
    """Width and height of the page on which a region lies: the original's, if it is at hand."""
    picture = subject.original_picture or subject.picture
    if picture is None or region.frame >= picture.frames:
        return (subject.plan.source.width, subject.plan.source.height) if subject.plan else (0, 0)
    return picture.images[region.frame].size


def _detectors(policy: Policy, located: bool) -> tuple[DetectorFacts, ...]:
    """Who looked: the locators, if they made the plan, and the models of the second opinions."""
    first = locators(policy) if located else ()
    known = {item.weights for item in first}
    second = (DetectorFacts(id=model.name, weights=model.sha256) for model in MODELS if model.sha256 not in known)
    return (*first, *second)


def _levels(rows: Sequence[Check]) -> Mapping[str, str]:
    outcomes = {row.id: row.outcome.value for row in rows}
    return {
        name: outcomes.get(f"construction.{name}", Outcome.NOT_APPLICABLE.value)
        for name in ("after_decode", "before_source_compression")
    }


def _rederived(rows: Sequence[Check]) -> bool | None:
    outcome = next((row.outcome for row in rows if row.id == "construction.rederivation"), Outcome.NOT_APPLICABLE)
    return {Outcome.HELD: True, Outcome.BROKEN: False}.get(outcome)


def _growth(original: Picture | None) -> str:
    if original is None:
        return "unknown"
    return "none" if original.jpeg is None else "mcu+1px"


def _open(data: bytes) -> Picture | None:
    try:
        return open_picture(data)
    except IndelibleError:
        return None
