"""From a file to an examination: regions, limits, evidence and the verdict together, on real files."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from indelible.corpus.case import cases
from indelible.media import open_picture
from indelible.model import (
    Box,
    Evidence,
    Kind,
    Limit,
    NotExamined,
    Outcome,
    Policy,
    Reason,
    Redaction,
    RedactionPlan,
    Region,
    Source,
    State,
    TextMode,
    VerdictWord,
)
from indelible.redact.apply import PlannedRedactor
from indelible.verify.controls import ControlLedger
from indelible.verify.examination import Examination
from indelible.verify.run import examine_file

LEDGER = ControlLedger()
#: Only what this version examines, so that plain ``certified`` can be reached.
POLICY = Policy(name="examined", kinds=(Kind.FACE, Kind.TEXT, Kind.CODE))


def scene(**options: object) -> bytes:
    """A soft colourful picture as a 4:2:0 JPEG, or as asked for."""
    rng = np.random.default_rng(4)
    image = Image.fromarray(rng.integers(40, 200, (6, 8, 3), dtype=np.uint8)).resize(
        (200, 160), Image.Resampling.BICUBIC
    )
    kind = str(options.pop("kind", "JPEG"))
    stream = io.BytesIO()
    (image.quantize(32) if options.pop("palette", False) else image).save(stream, kind, **options)
    return stream.getvalue()


def redactor_for(original: bytes, *redactions: Redaction) -> PlannedRedactor:
    """Our redactor for these decisions, one face by default."""
    picture = open_picture(original)
    one = Redaction(id="r1", kind=Kind.FACE, region=Region(box=Box(60, 50, 50, 60)))
    source = Source(sha256=picture.sha256, width=picture.width, height=picture.height)
    plan = RedactionPlan(source=source, policy="examined", redactions=redactions or (one,))
    return PlannedRedactor.bind(plan, picture)


def examined(original: bytes, redactor: PlannedRedactor, *, policy: Policy = POLICY, **changes: object) -> Examination:
    """As `certify` does it."""
    published = redactor.publish(redactor.decode(original))
    given: dict[str, object] = {
        "original": original,
        "plan": redactor.plan,
        "policy": policy,
        "redactor": redactor,
        "regions": redactor.regions,
        "extension": redactor.format.extension,
        "ledger": LEDGER,
    }
    published = changes.pop("published", published)  # type: ignore[assignment]
    return examine_file(published, **(given | changes))  # type: ignore[arg-type]


def test_a_solid_region_is_certified_by_construction() -> None:
    """Every row held, armed, both levels of the swap test, no limit: the first word."""
    original = scene()
    examination = examined(original, redactor_for(original))

    assert examination.verdict.word is VerdictWord.CERTIFIED, examination.rows
    assert [region.evidence for region in examination.regions] == [Evidence.BY_CONSTRUCTION]
    assert dict(examination.levels) == {"after_decode": "held", "before_source_compression": "held"}
    assert all(row.armed for row in examination.rows if row.outcome is Outcome.HELD)


@pytest.mark.claim("T-VER-02")
def test_any_change_of_the_published_bytes_is_noticed() -> None:
    """One byte at the end, one in the middle."""
    original = scene()
    redactor = redactor_for(original)
    published = redactor.publish(redactor.decode(original))
    middle = len(published) // 2
    changed = published[:middle] + bytes([published[middle] ^ 0x55]) + published[middle + 1 :]

    for spoiled in (published + b"x", changed):
        examination = examined(original, redactor, published=spoiled)
        assert examination.verdict.word is VerdictWord.REFUSED
        assert Reason.REDERIVE_MISMATCH in examination.verdict.reasons


def test_without_the_original_nothing_is_by_construction() -> None:
    """The areas are found, said to be unknown, and the file is undecided."""
    original = scene()
    redactor = redactor_for(original)
    published = redactor.publish(redactor.decode(original))

    examination = examine_file(published, policy=POLICY, extension=".jpg", ledger=LEDGER)

    assert examination.verdict.word is VerdictWord.INCONCLUSIVE
    assert Limit.NO_ORIGINAL in examination.verdict.limits
    assert [region.evidence for region in examination.regions] == [Evidence.UNKNOWN]
    assert examination.regions[0].region.box.intersection(Box(60, 50, 50, 60))


@pytest.mark.parametrize(("change", "limit"), [
    ({"policy": replace(POLICY, kinds=(*POLICY.kinds, Kind.PERSON))}, Limit.CLASS_OUT_OF_SCOPE),
    ({"policy": POLICY.with_choices(kinds=(Kind.FACE,))}, Limit.CLASS_OUT_OF_SCOPE),
    ({"policy": replace(POLICY, text=TextMode.NONE)}, Limit.CLASS_OUT_OF_SCOPE),
])  # fmt: skip
def test_what_nobody_looks_for_is_a_limit(change: dict[str, object], limit: Limit) -> None:
    """Whoever switched it off."""
    original = scene()
    examination = examined(original, redactor_for(original), **change)  # type: ignore[arg-type]

    assert examination.verdict.word is VerdictWord.CERTIFIED_WITH_LIMITS
    assert examination.verdict.limits == (limit,)


def test_a_picture_without_regions_says_so() -> None:
    """Nothing was redacted, and no person confirmed that."""
    original = scene()
    picture = open_picture(original)
    source = Source(sha256=picture.sha256, width=picture.width, height=picture.height)
    empty = PlannedRedactor.bind(RedactionPlan(source=source, policy="examined", redactions=()), picture)

    examination = examined(original, empty)

    assert examination.verdict.limits == (Limit.NO_REGIONS,)


def test_a_rejected_region_and_a_tight_text_box_are_limits() -> None:
    """The first is still in the picture, the second tells the length of its text."""
    original = scene()
    rejected = Redaction(id="r1", kind=Kind.FACE, region=Region(box=Box(5, 5, 20, 20)), state=State.REJECTED)
    tight = Redaction(id="r2", kind=Kind.TEXT, region=Region(box=Box(60, 50, 57, 20)))

    examination = examined(original, redactor_for(original, rejected, tight))

    assert set(examination.verdict.limits) == {Limit.CLASS_OUT_OF_SCOPE, Limit.GEOMETRY}
    assert examination.rejected_regions == 1


@pytest.mark.claim("T-NI-04")
def test_a_palette_source_carries_its_limit() -> None:
    """The palette saw everything: level 1 alone."""
    original = scene(kind="PNG", palette=True)

    examination = examined(original, redactor_for(original))

    assert examination.verdict.limits == (Limit.SOURCE_CODEC,)
    assert examination.levels["before_source_compression"] == "not_applicable"
    assert examination.regions[0].evidence is Evidence.BY_CONSTRUCTION


def test_a_mosaic_is_never_by_construction() -> None:
    """And undecided without a gallery to attack it with."""
    original = scene()
    face = Redaction(id="r1", kind=Kind.FACE, region=Region(box=Box(40, 30, 96, 96)))
    mosaic = replace(face, fill=type(face.fill)("mosaic"), blocks=5)

    examination = examined(original, redactor_for(original, mosaic))

    assert examination.regions[0].evidence is Evidence.UNKNOWN
    assert examination.verdict.word is VerdictWord.INCONCLUSIVE
    assert Limit.METHOD_LOSSY in examination.verdict.limits


def test_a_detector_that_failed_leaves_the_file_undecided() -> None:
    """Not found and not looked for are two things."""
    original = scene()
    failed = (NotExamined(kind=Kind.FACE, reason="error"),)

    examination = examined(original, redactor_for(original), not_examined=failed)

    assert examination.verdict.word is VerdictWord.INCONCLUSIVE
    assert Reason.TOOL_ERROR in examination.verdict.reasons


@pytest.mark.parametrize("data", [b"", b"nothing", b"\xff\xd8\xff\xd9", scene()[:900], scene(kind="PNG")[:300]])
def test_what_cannot_be_read_is_never_certified(data: bytes) -> None:
    """Undecided or refused, with every row saying why."""
    examination = examine_file(data, policy=POLICY, ledger=LEDGER)

    assert examination.verdict.word in (VerdictWord.INCONCLUSIVE, VerdictWord.REFUSED)
    assert all(row.why for row in examination.rows if row.outcome is not Outcome.HELD)


def test_a_region_of_the_plan_that_was_cut_off_is_not_passed_over() -> None:
    """The published file is another frame than the plan's: undecided, and the region is still listed."""
    original = scene()
    redactor = redactor_for(original, Redaction(id="r1", kind=Kind.FACE, region=Region(box=Box(150, 20, 40, 40))))
    stream = io.BytesIO()
    open_picture(original).image.crop((0, 0, 120, 160)).save(stream, "PNG")

    examination = examine_file(stream.getvalue(), plan=redactor.plan, policy=POLICY, ledger=LEDGER)

    assert [region.id for region in examination.regions] == ["r1"]
    assert examination.verdict.word in (VerdictWord.INCONCLUSIVE, VerdictWord.REFUSED)


def test_a_deep_file_is_held_against_its_plan_though_it_cannot_be_redacted() -> None:
    """The low byte of a 16-bit fill spells the content: found, not only undecided."""
    (case,) = (case for case in cases(1, 1, frozenset({"deep.low_byte"})) if case.leaky)

    examination = examine_file(case.published, plan=case.plan, policy=POLICY, ledger=LEDGER)

    assert examination.verdict.word is VerdictWord.REFUSED
    assert "L405" in {finding.rule for row in examination.rows for finding in row.findings}


def test_the_same_examination_twice() -> None:
    """No clock, no order of threads, no path in it."""
    original = scene()
    redactor = redactor_for(original)

    assert examined(original, redactor) == examined(original, redactor)
