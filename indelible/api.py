"""The front doors from Python: what the command line does, as functions on one file.

    result = indelible.certify("photo.jpg", "out")
    print(result.verdict.word, result.output, result.report)

Each raises `indelible.errors.IndelibleError` when there is no result; the input is only ever read.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from os import PathLike
from pathlib import Path

import numpy as np

from indelible import preview as previews
from indelible.detect import store
from indelible.detect.locate import Located, locate
from indelible.errors import ModelMissing, UsageError, internal_error
from indelible.formats import sniff
from indelible.media import Picture, open_picture, read_file
from indelible.model import Box, NotExamined, Policy, RedactionPlan, VerdictWord
from indelible.output import check_free, make_folder, output_name, write_file
from indelible.redact.apply import PlannedRedactor
from indelible.redact.formats import FORMATS, format_for
from indelible.redact.planning import is_ignored, make_plan, planned_box
from indelible.redact.selfcheck import check_structure
from indelible.reports import certificate as certificates
from indelible.reports import commitment, keys
from indelible.reports.evidence import write_evidence
from indelible.reports.formats import render
from indelible.results import AttackFileResult, CertifyResult, DetectResult, RedactResult, VerifyResult
from indelible.verify.controls import ControlLedger
from indelible.verify.place import place_of
from indelible.verify.run import examine_file
from indelible.version import __version__

DEFAULT_TEMPLATE = "indelible-{digest}"

#: Called with a short closed phrase for each stage: a detector's name, ``redact``, a check's id, ``report``.
Progress = Callable[[str], None]

_LEDGER = ControlLedger()  # one per process: its controls ran where the rows run


def detect(
    path: str | PathLike[str],
    *,
    policy: Policy | None = None,
    preview: str | PathLike[str] | None = None,
    index: int = 1,
    progress: Progress | None = None,
) -> DetectResult:
    """Locate personal data in one image; nothing is written but the preview.

    Args:
        path: an image file.
        policy: kinds, text mode and margins; the default looks for every kind.
        preview: a folder for a picture with the boxes drawn; it shows what redaction would hide.
        index: number of the preview.
        progress: called with the name of each detector.
    """
    started = time.perf_counter()
    policy = policy or Policy()
    picture = open_picture(read_file(Path(path)))
    found = locate(picture, policy, progress or _silent)
    detections = tuple(
        replace(item, box=planned_box(item, policy, *picture.images[item.frame].size))
        for item in found.detections
        if not is_ignored(item, policy)
    )
    return DetectResult(
        file=Path(path),
        width=picture.width,
        height=picture.height,
        frames=picture.frames,
        seconds=time.perf_counter() - started,
        detections=detections,
        not_examined=found.not_examined,
        preview=None if preview is None else previews.write(picture.images, detections, Path(preview), index),
    )


def plan(path: str | PathLike[str], *, policy: Policy | None = None) -> RedactionPlan:
    """Locate and decide, but remove nothing: a plan to be reviewed. ``json.dumps(plan.to_dict())`` is the plan file."""
    policy = policy or Policy()
    picture = open_picture(read_file(Path(path)))
    return make_plan(_located(picture, policy, _silent).detections, policy, picture)


def redact(
    path: str | PathLike[str],
    out_dir: str | PathLike[str],
    *,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
    format: str | None = None,
    name_template: str = DEFAULT_TEMPLATE,
    index: int = 1,
) -> RedactResult:
    """Redact one image into a fresh file. Its structure is checked before it is renamed; it is not certified.

    Args:
        path: an image file, left untouched.
        out_dir: where the output goes; created if it is missing.
        plan: decisions to replay; without one the image is searched.
        policy: used when there is no plan.
        format: of the output, such as ``png``; the source's own by default.
        name_template: name of the output without extension, see `indelible.output.output_name`.
        index: place in the run, for ``{index}``.
    """
    started = time.perf_counter()
    policy = policy or Policy()
    picture = open_picture(read_file(Path(path)))
    decided, not_examined = _decided(plan, picture, policy, _silent)
    redactor = PlannedRedactor.bind(decided, picture, format)
    data = redactor.publish_owned(picture.images)
    check_structure(data, redactor.structure)
    digest = _digest(data)
    folder = Path(out_dir)
    make_folder(folder)
    name = output_name(name_template, digest=digest, index=index, stem=Path(path).stem)
    output = folder / f"{name}{redactor.format.extension}"
    check_free(output, data, source=Path(path))
    write_file(output, data)
    return RedactResult(
        file=Path(path),
        output=output,
        plan=decided,
        sha256=digest,
        seconds=time.perf_counter() - started,
        regions=redactor.regions,
        not_examined=not_examined,
    )


def certify(
    path: str | PathLike[str],
    out_dir: str | PathLike[str],
    *,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
    format: str | None = None,
    alias: str = "file-0001",
    name_template: str = DEFAULT_TEMPLATE,
    index: int = 1,
    progress: Progress | None = None,
    issued_at: datetime | None = None,
    certificate_id: str | None = None,
    run_id: str | None = None,
    key: str | PathLike[str] | None = None,
    link_key: bytes | None = None,
    gallery: str | PathLike[str] | None = None,
) -> CertifyResult:
    """Locate, redact, examine and certify one image, or refuse.

    The output appears under its name only with the verdict ``certified`` or ``certified_with_limits``; otherwise it lies in
    ``out_dir/quarantine`` with ``.quarantined`` added to its name. Certificate and report are written in any case.

    Args:
        path: an image file, left untouched.
        out_dir: where output, certificate and report go; created if it is missing.
        plan: decisions to replay; without one the image is searched.
        policy: what to look for and how to remove it.
        format: of the output, such as ``png``; the source's own by default.
        alias: what the certificate calls the file.
        name_template: name of the output without extension, see `indelible.output.output_name`.
        index: place in the run, for ``{index}``.
        progress: called with the name of each stage.
        issued_at: time of issue, the clock's by default.
        certificate_id: a ``urn:uuid:``, random by default.
        run_id: hexadecimal, random by default.
        key: file of the private key to sign with; the user's own by default; without one the certificate is unsigned.
        gallery: a folder with clear faces, one folder or file name per person, for the attacks on faces under a mosaic.
        link_key: 32 bytes for the keyed commitment to the original, random by default; kept in ``out_dir/private``.
    """
    started = time.perf_counter()
    signer = keys.signer(
        Path(key) if key is not None else None
    )  # what cannot sign is told before anything is looked for
    link_key = link_key or commitment.new_key()
    policy = policy or Policy()
    tell = progress or _silent
    timings: dict[str, float] = {}

    def lap(name: str, since: float) -> float:
        now = time.perf_counter()
        timings[name] = now - since
        return now

    original = read_file(Path(path))
    picture = open_picture(original)
    format_for(picture, format)  # what cannot be written is told before anything is looked for
    folder = Path(out_dir)
    previews.check_absent(folder)
    make_folder(folder)
    mark = lap("open", started)
    decided, not_examined = _decided(plan, picture, policy, tell)
    mark = lap("locate", mark)
    tell("redact")
    redactor = PlannedRedactor.bind(decided, picture, format)
    data = redactor.publish(picture.images)
    check_structure(data, redactor.structure)
    mark = lap("redact", mark)
    examination = examine_file(
        data,
        original=original,
        plan=decided,
        policy=policy,
        redactor=redactor,
        regions=redactor.regions,
        not_examined=not_examined,
        located=plan is None,
        extension=redactor.format.extension,
        gallery=_faces(gallery),
        ledger=_LEDGER,
        progress=tell,
    )
    mark = lap("verify", mark)
    tell("report")
    statement = certificates.build(
        examination,
        alias=alias,
        issued_at=issued_at or datetime.now(UTC).replace(microsecond=0),
        certificate_id=certificate_id or f"urn:uuid:{uuid.uuid4()}",
        run_id=run_id or secrets.token_hex(16),
        tool_version=__version__,
        public_key=signer.public_key if signer else None,
        commitment=commitment.commit(original, link_key),
    )
    if certificates.recompute(statement):
        raise internal_error()  # a certificate that contradicts itself is never written
    name = output_name(name_template, digest=examination.sha256, index=index, stem=Path(path).stem)
    published = examination.verdict.word in (VerdictWord.CERTIFIED, VerdictWord.CERTIFIED_WITH_LIMITS)
    report = folder / f"{name}.report.html"
    place = folder / f"{name}{redactor.format.extension}"
    if not published:
        make_folder(folder / "quarantine", private=True)
        place = folder / "quarantine" / f"{place.name}.quarantined"
    check_free(place, data, source=Path(path))  # before anything is written: another file's evidence stays too
    # evidence first: a published file without its certificate would be a claim without proof
    certificate, envelope = write_evidence(folder, name, statement, signer=signer, link_key=link_key)
    write_file(report, render("html", statement, data if published else None))
    write_file(place, data)
    lap("report", mark)
    return CertifyResult(
        file=Path(path),
        seconds=time.perf_counter() - started,
        examination=examination,
        output=place if published else None,
        quarantine=None if published else place,
        certificate=certificate,
        envelope=envelope,
        report=report,
        plan=decided,
        timings=timings,
    )


def verify(
    path: str | PathLike[str],
    *,
    original: str | PathLike[str] | None = None,
    plan: RedactionPlan | None = None,
    policy: Policy | None = None,
    gallery: str | PathLike[str] | None = None,
    progress: Progress | None = None,
) -> VerifyResult:
    """Examine one file, made by any tool.

    Args:
        path: the published file.
        original: its source, if it is at hand: then copies of it in the file and residue of its compression are found.
        plan: what was to be redacted. With the original, and if this version redacts it to the same bytes, the file is
            redacted again with other content in the regions.
        policy: what must not be left in the picture.
        gallery: a folder with clear faces, one folder or file name per person, for the attacks on faces that are not filled.
        progress: called with the id of each check.
    """
    started = time.perf_counter()
    published = read_file(Path(path))
    source = read_file(Path(original)) if original is not None else None
    redactor = _own_redactor(published, source, plan)
    examination = examine_file(
        published,
        original=source,
        plan=plan,
        policy=policy,
        redactor=redactor,
        regions=redactor.regions if redactor else None,
        extension=Path(path).suffix,
        place=place_of(Path(path), Path(original) if original is not None else None),
        gallery=_faces(gallery),
        ledger=_LEDGER,
        progress=progress,
    )
    return VerifyResult(file=Path(path), seconds=time.perf_counter() - started, examination=examination)


def attack(
    path: str | PathLike[str],
    *,
    regions: Sequence[Box] | None = None,
    methods: Sequence[str] | None = None,
    budget: float | None = 120.0,
    reveal: bool = False,
    gallery: str | PathLike[str] | None = None,
    candidates: Sequence[str] = (),
    seed: int = 0,
    progress: Progress | None = None,
) -> AttackFileResult:
    """Try to read what the redactions of one file hide, whoever made them.

    Args:
        path: the published file.
        regions: places in upright pixels; searched for if None.
        methods: only these attacks; every one that applies if None.
        budget: longest time per attack and place, in seconds.
        reveal: whether `AttackFileResult.to_lines` shows what was read. It is personal data.
        gallery: a folder with clear faces, one folder or file name per person.
        candidates: texts that a hidden one may be.
        seed: of everything random.
        progress: called with the name of each attack.

    Raises:
        UsageError: there is no attack of that name.
    """
    from indelible.attacks.methods import ATTACKS
    from indelible.attacks.whole import attack_picture

    started = time.perf_counter()
    unknown = set(methods or ()) - set(ATTACKS.names())
    if unknown:
        raise UsageError("method", "There is no attack of that name.", f"Attacks: {', '.join(ATTACKS.names())}.")
    data = read_file(Path(path))
    attempts = attack_picture(
        open_picture(data),
        data,
        boxes=regions,
        names=methods,
        seconds=budget,
        candidates=candidates,
        gallery=_faces(gallery),
        seed=seed,
        progress=progress,
    )
    return AttackFileResult(file=Path(path), attempts=attempts, seconds=time.perf_counter() - started, reveal=reveal)


def _faces(gallery: str | PathLike[str] | None) -> Mapping[str, tuple[np.ndarray, ...]] | None:
    return None if gallery is None else _read_gallery(Path(gallery))


@lru_cache(maxsize=2)
def _read_gallery(folder: Path) -> Mapping[str, tuple[np.ndarray, ...]]:
    """A gallery's faces, read once per process."""
    from indelible.attacks.gallery import load_gallery

    return load_gallery(folder).faces


def _own_redactor(published: bytes, source: bytes | None, plan: RedactionPlan | None) -> PlannedRedactor | None:
    """Our redactor, if it is the one that made the file: other tools' files cannot be redacted again here."""
    if source is None or plan is None:
        return None
    picture = open_picture(source)
    redactor = PlannedRedactor.bind(plan, picture)
    kind = sniff(published)
    if kind is not None and kind != redactor.format.name and kind in FORMATS.names():
        try:
            redactor = PlannedRedactor.bind(plan, picture, kind)  # written with --format
        except UsageError:
            return None  # this version does not write such a picture in that format
    return redactor if redactor.publish_owned(picture.images) == published else None


def _decided(
    plan: RedactionPlan | None, picture: Picture, policy: Policy, progress: Progress
) -> tuple[RedactionPlan, tuple[NotExamined, ...]]:
    if plan is not None:
        return plan, ()
    found = _located(picture, policy, progress)
    return make_plan(found.detections, policy, picture), found.not_examined


def _located(picture: Picture, policy: Policy, progress: Progress) -> Located:
    found = locate(picture, policy, progress)
    if any(item.reason == "model_missing" for item in found.not_examined):
        raise ModelMissing("model_missing", "A detection model is not installed.", store.REMEDY)
    return found


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _silent(stage: str) -> None:
    del stage
