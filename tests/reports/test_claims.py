"""Claims that cross the parts: each carries the id under which the legal map names it, and can turn red."""

from __future__ import annotations

import copy
import hashlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

import indelible
from indelible.attacks.scoring import lower_bound, upper_bound
from indelible.corpus.case import cases
from indelible.model import Box, Check, Kind, Outcome, Policy, Reason, Redaction, RedactionPlan, Region, Source, State
from indelible.reports.certificate import CertificateInvalid, build, canonical, parse, recompute
from indelible.reports.formats import render
from indelible.verify.checks import CHECKS
from indelible.verify.controls import observe
from indelible.verify.place import FilePlace
from indelible.verify.run import lay_out
from tests.reports.examinations import PINNED, examination, held, statement, with_limits

PICTURE_FREE = ("containers.walk", "containers.carve", "previews.embedded")


def _found(recipe: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Findings in the leaky twin and in the clean one, and those that are expected, by the checks of the container."""
    found = []
    leaky, clean = cases(5, 1, frozenset({recipe}))
    for case in (leaky, clean):
        subject = lay_out(case.published, original=case.original, plan=case.plan, extension=case.extension)
        findings = [item for name in PICTURE_FREE for item in observe(CHECKS.get(name), subject)[1].findings]
        found.append({(item.rule, item.channel) for item in findings if item.severity != "info"})
    return found[0], found[1], leaky.expected


@pytest.mark.claim("T-META-ALLOW")
@pytest.mark.parametrize(
    "recipe", ["jpeg.exif.gps", "jpeg.xmp.gps", "png.text.compressed", "jpeg.irb", "png.rawprofile"]
)
def test_metadata_off_the_list_is_found(recipe: str) -> None:
    """A position only in XMP, a compressed text: the leaky twin breaks, the clean one holds."""
    leaky, clean, expected = _found(recipe)

    assert leaky & expected and not clean


@pytest.mark.claim("T-META-THUMB")
@pytest.mark.parametrize("recipe", ["jpeg.irb.thumbnail", "jpeg.app0.thumbnail", "png.chunk.preview"])
def test_an_embedded_preview_is_found(recipe: str) -> None:
    """In EXIF's neighbours as well: image resources, JFIF, private chunks."""
    leaky, clean, expected = _found(recipe)

    assert leaky & expected and not clean


@pytest.mark.claim("T-CONT-TRAIL")
@pytest.mark.claim("T-CONT-APP")
@pytest.mark.claim("T-CONT-C2PA")
@pytest.mark.claim("T-CONT-MOTION")
@pytest.mark.parametrize("recipe", ["jpeg.trailer.picture", "jpeg.app1.vendor", "jpeg.c2pa", "jpeg.trailer.video"])
def test_a_container_that_carries_more_is_found(recipe: str) -> None:
    """A picture behind the end, a vendor's segment, a provenance store, a motion photo."""
    leaky, clean, expected = _found(recipe)

    assert leaky & expected and not clean


@pytest.mark.claim("T-NAME-01")
def test_a_telling_name_is_found_and_not_repeated() -> None:
    """The finding says that the name says something; the name is not in it."""
    image = io.BytesIO()
    Image.new("RGB", (8, 8)).save(image, "PNG")
    check = CHECKS.get("file.name")
    telling, plain = (
        observe(check, lay_out(image.getvalue(), extension=".png", place=FilePlace(name=name)))
        for name in ("DSC_04711_anna.eriksson@example.org.png", "indelible-0123456789ab.png")
    )

    assert (telling[0], plain[0]) == (Outcome.BROKEN, Outcome.HELD)
    assert "eriksson" not in repr(telling[1]).lower()


def _source(folder: Path) -> tuple[Path, RedactionPlan]:
    """A small JPEG with one box planned."""
    image = Image.linear_gradient("L").resize((160, 120)).convert("RGB")
    ImageDraw.Draw(image).text((50, 50), "Eriksson", fill="white")
    path = folder / "in.jpg"
    image.save(path, quality=88)
    plan = RedactionPlan(
        source=Source(sha256=hashlib.sha256(path.read_bytes()).hexdigest(), width=160, height=120),
        policy="public",
        redactions=(
            Redaction(id="r1", kind=Kind.CUSTOM, region=Region(box=Box(48, 48, 60, 18)), state=State.ACCEPTED),
        ),
    )
    return path, plan


@pytest.mark.claim("T-RED-01")
@pytest.mark.claim("T-IMM-01")
@pytest.mark.claim("T-REC-01")
def test_again_the_same_and_the_input_untouched(tmp_path: Path) -> None:
    """Redacted twice: the same bytes. Examined twice: the same rows. The input keeps its bytes and its time."""
    path, plan = _source(tmp_path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    policy = Policy(kinds=(Kind.CODE,))

    results = [indelible.certify(path, tmp_path / name, plan=plan, policy=policy) for name in ("one", "two")]
    outputs = [result.output for result in results]
    assert all(output is not None for output in outputs)
    again = [indelible.verify(output, original=path, plan=plan, policy=policy) for output in outputs if output]

    assert outputs[0] is not None and outputs[1] is not None
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    assert again[0].examination.rows == again[1].examination.rows
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.claim("T-SCH-01")
@pytest.mark.claim("T-SCH-03")
@pytest.mark.parametrize("field", sorted(statement("certified")["predicate"]))
def test_a_certificate_without_a_field_is_none(field: str) -> None:
    """Attacker, recipient, custody, review and every other place has to be there."""
    cut = copy.deepcopy(statement("certified"))
    del cut["predicate"][field]

    with pytest.raises(CertificateInvalid):
        parse(canonical(cut))


@pytest.mark.claim("T-SCH-03")
@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("attackerModel", "otherImages"), "some"),
        (("releaseContext", "recipient"), "Anna Eriksson"),
        (("original", "custody"), "in a drawer"),
    ],
)
def test_attacker_recipient_and_custody_are_closed_words(place: tuple[str, str], value: str) -> None:
    """No free text, so no name."""
    changed = copy.deepcopy(statement("certified"))
    changed["predicate"][place[0]][place[1]] = value

    with pytest.raises(CertificateInvalid):
        parse(canonical(changed))


@pytest.mark.claim("T-SCH-04")
@pytest.mark.parametrize("method", ["Solid fill", "blur", "mosaic/1; rm", ""])
def test_a_method_has_a_closed_form(method: str) -> None:
    """A technique and its version."""
    changed = copy.deepcopy(statement("certified"))
    changed["predicate"]["plan"]["regions"][0]["method"] = method

    with pytest.raises(CertificateInvalid):
        parse(canonical(changed))


@pytest.mark.claim("T-STAT-01")
def test_the_bound_is_stated_and_not_the_point_estimate() -> None:
    """No success in nine trials is no "never": the page prints the one-sided 95 % bound, rounded against us."""
    page = render("html", statement("certified")).decode()

    assert upper_bound(0, 9) == pytest.approx(1 - 0.05 ** (1 / 9))
    assert lower_bound(9, 9) == pytest.approx(0.05 ** (1 / 9))
    assert upper_bound(0, 0) == 1.0 and upper_bound(0, 299) <= 0.01 < upper_bound(0, 298)
    assert "bounds the share of contents that would show at 29 %" in page
    assert "one-sided Clopper-Pearson bound at 0.95" in page


@pytest.mark.claim("T-STAT-02")
def test_the_largest_risk_counts_and_says_so() -> None:
    """Each region has a bound of its own; one that is weak is not averaged away by others; rates that are averages are called so."""
    one = statement("with_limits")
    body = one["predicate"]
    bits = {item["region"]: int(item["bitsAtMost"]) for item in body["leakage"]}
    page = render("html", one).decode()

    assert (
        bits.keys() == {item["id"] for item in body["plan"]["regions"]}
        and 0 in bits.values()
        and max(bits.values()) > 0
    )
    assert body["verdict"] == "certified_with_limits"  # although most regions are by construction
    assert "the largest risk of any region counts, none is averaged" in page
    assert "averages over the pictures on which they were measured" in page


@pytest.mark.claim("T-BUD-01")
def test_a_cut_budget_is_undecided_and_said() -> None:
    """Fewer trials than planned: the row cannot hold, and the certificate does not say how many were planned."""
    cut = Check(
        id="attack.face_parrot",
        version=1,
        family="attack",
        outcome=Outcome.INCONCLUSIVE,
        why=Reason.BUDGET_CUT.value,
        region="r2",
        trials=12,
    )
    full = with_limits()
    rows = tuple(cut if row.id == cut.id else row for row in full.rows)
    short = build(examination(full.regions, rows, full.verdict.limits, full.required), **PINNED)
    row = next(item for item in short["predicate"]["rows"] if item["check"] == "attack.face_parrot/1")

    assert short["predicate"]["verdict"] == "inconclusive"
    assert row["trials"] == {"planned": None, "done": 12}
    assert recompute(short) == []
    assert held("attack.face_parrot", "attack", "r2", 20000).trials == 20000


@pytest.mark.claim("T-REP-01")
def test_the_report_has_the_fields_of_a_laboratory_report() -> None:
    """ISO/IEC 17025, 7.8.2.1: title, unique id, end mark, item, dates, method, results, units, the items tested alone, issuer."""
    one = statement("certified")
    page = re.sub(r"<[^>]+>", " ", render("html", one).decode().partition("</style>")[2])
    body = one["predicate"]

    for text in (
        "Verification certificate",
        body["certificateId"],
        "End of report",
        "file-0007",
        one["subject"][0]["digest"]["sha256"],
        "2026-11-23 03:00 UTC",
        "pixels",
        "What was tried",
        "worst outcome wins",
        "The results relate only to the file named above",
        "This certificate is unsigned",
        "indelible 0.1.0",
    ):
        assert text in page, text


@pytest.mark.claim("T-REP-02")
def test_opinions_stand_apart_from_results() -> None:
    """In a section that says so, behind everything that was measured."""
    page = render("html", statement("with_limits")).decode()
    opinion = page.index('<section class="opinion"')

    assert page.index('id="tried"') < opinion
    assert "Opinion, apart from the results above." in page[opinion:]


@pytest.mark.claim("T-COV-01")
@pytest.mark.parametrize("kind", [Kind.PLATE, Kind.TEXT])
def test_a_kind_that_nobody_looked_for_is_listed(kind: Kind) -> None:
    """Switched off by the caller, it is named in the certificate, and a checker that misses it says so."""
    body: dict[str, Any] = copy.deepcopy(statement("certified"))
    body["predicate"]["coverage"]["notExamined"].append({"kind": kind.value, "reason": "not_requested"})
    body["predicate"]["coverage"]["outOfScope"] = [
        item for item in body["predicate"]["coverage"]["outOfScope"] if item != kind.value
    ]

    assert "out_of_scope_incomplete" in recompute(body)


@pytest.mark.claim("T-CAL-01")
def test_a_rate_has_its_record_and_its_number_of_labels() -> None:
    """A measured rate names the record that it comes from by digest, how many labels, and on which pictures."""
    one = statement("certified")
    rates = [rate for item in one["predicate"]["detectors"] for rate in item["calibrations"]]
    assert rates and all(len(rate["record"]["sha256"]) == 64 and rate["labels"] > 0 for rate in rates)

    for field in ("record", "labels", "heldOut", "low", "high"):
        cut = copy.deepcopy(one)
        del next(item for item in cut["predicate"]["detectors"] if item["calibrations"])["calibrations"][0][field]
        with pytest.raises(CertificateInvalid):
            parse(canonical(cut))


@pytest.mark.claim("T-MARK-01")
@pytest.mark.parametrize("name", ["certified", "with_limits", "crowd", "refused"])
def test_every_redaction_is_listed_and_drawn(name: str) -> None:
    """Nothing is removed silently: each region stands in the table and as an outline on the picture or its schematic."""
    one = statement(name)
    page = render("html", one).decode()
    regions = one["predicate"]["plan"]["regions"]

    assert page.count('<g class="mark ') == len(regions)
    assert all(f'id="region-{item["id"]}"' in page for item in regions)
