"""What a report draws: only what may be seen, and the numbers that the certificate has."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from indelible.model import Check, Evidence, Kind, Limit, Outcome
from indelible.reports import safe
from indelible.reports.certificate import build
from indelible.reports.formats import render
from indelible.reports.pictures import MAX_RECONSTRUCTIONS, RECONSTRUCTION_PX
from indelible.reports.view_evidence import tried_view
from indelible.reports.view_figures import before_after_view, rank_view
from indelible.verify.examination import Examination
from tests.reports.browser import Chromium, needs_browser
from tests.reports.examinations import CHECKS, EVERY, PINNED, arms, examination, held, region, with_limits
from tests.reports.test_report_axe import mosaic_file

FILE = mosaic_file()
DRAWN = 'id="reconstructed"'


def about(examined: Examination, data: bytes = FILE) -> dict[str, Any]:
    """The certificate of an examination, about a file."""
    return build(replace(examined, sha256=hashlib.sha256(data).hexdigest()), **PINNED)


def test_mosaic_that_resisted_stands_beside_its_reconstruction() -> None:
    """Two small pictures made from the published file alone, with the warning."""
    page = render("html", about(with_limits()), FILE).decode()
    shown = page.partition('class="pairs"')[2].partition("</ul>")[0]
    pictures = [base64.b64decode(text) for text in re.findall(r'src="data:image/jpeg;base64,([^"]+)"', shown)]

    assert DRAWN in page and "If you can read or recognise one of these, do not publish the file." in page
    assert len(pictures) == 2
    for data in pictures:
        with Image.open(io.BytesIO(data)) as image:
            assert max(image.size) <= RECONSTRUCTION_PX and not image.getexif()


def test_reconstruction_keeps_the_means_and_softens_the_edges() -> None:
    """It is made of the blocks and of nothing else: the same means, no jumps."""
    (_, *pair), *_ = safe.reconstructions(about(with_limits()), FILE)[0]
    one, other = (Image.open(io.BytesIO(base64.b64decode(safe.printed(item).partition(",")[2]))) for item in pair)
    published, made = (np.asarray(image.convert("L"), dtype=np.float64) for image in (one, other))

    assert abs(published.mean() - made.mean()) < 3
    assert np.abs(np.diff(made, axis=1)).max() < np.abs(np.diff(published, axis=1)).max() / 2


def _came_through(region_id: str | None, outcome: Outcome, why: str) -> Examination:
    """One more attack, which the policy does not demand, on the region or on the whole file; the verdict still passes."""
    examined = with_limits()
    row = Check(
        id="attack.candidate_match", version=1, family="attack", outcome=outcome, why=why, region=region_id,
        armed_by=arms("attack.candidate_match"),
    )  # fmt: skip
    return examination(
        examined.regions, (*examined.rows, row), (Limit.METHOD_LOSSY, Limit.BEYOND_POLICY), examined.required
    )


@pytest.mark.claim("T-LEAK-03")
@pytest.mark.parametrize("region_id", ["r2", None])
@pytest.mark.parametrize(
    ("outcome", "why"),
    [(Outcome.BROKEN, "R-ATK-BROKEN"), (Outcome.INCONCLUSIVE, "R-BUDGET-CUT"), (Outcome.ERROR, "R-TOOL-ERROR")],
)
def test_what_any_attack_came_through_is_never_drawn(region_id: str | None, outcome: Outcome, why: str) -> None:
    """Whatever the verdict says, whether it was demanded or not, on the region or on the whole file."""
    statement = about(_came_through(region_id, outcome, why))

    assert statement["predicate"]["verdict"] in ("certified_with_limits", "certified")
    assert DRAWN not in render("html", statement, FILE).decode()


@pytest.mark.claim("T-LEAK-03")
@pytest.mark.parametrize("evidence", [Evidence.BROKEN, Evidence.UNKNOWN, Evidence.BY_CONSTRUCTION])
def test_only_what_resisted_is_drawn(evidence: Evidence) -> None:
    """Not what was broken, not what is undecided; and of a fill there is nothing to draw."""
    statement = about(with_limits())
    statement["predicate"]["plan"]["regions"][1]["evidence"] = evidence.value

    assert safe.reconstructions(statement, FILE) == ([], 0)


@pytest.mark.parametrize("verdict", ["refused", "inconclusive"])
def test_no_reconstruction_of_a_file_that_may_not_be_shown(verdict: str) -> None:
    """The verdict comes first."""
    statement = about(with_limits())
    statement["predicate"]["verdict"] = verdict

    assert safe.reconstructions(statement, FILE) == ([], 0)
    assert safe.reconstructions(about(with_limits()), FILE + b"x") == ([], 0)
    assert safe.reconstructions(about(with_limits()), None) == ([], 0)


def many(count: int) -> Examination:
    """So many mosaics that all resisted."""
    regions = tuple(region(n + 1, Evidence.RESISTED, "mosaic/1", Kind.PERSON) for n in range(count))
    rows = [held(check, family) for check, family in CHECKS]
    rows += [held("attack.face_parrot", "attack", item.id, 200) for item in regions]
    return examination(regions, tuple(rows), (Limit.METHOD_LOSSY,))


@pytest.fixture(scope="module")
def worst() -> bytes:
    """Twenty mosaics in twelve megapixels that do not compress."""
    noise = np.random.default_rng(7).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG", quality=60)
    return render("html", about(many(20), buffer.getvalue()), buffer.getvalue())


@pytest.mark.claim("T-REP-05")
def test_the_worst_page_of_the_budget_fits(worst: bytes) -> None:
    """1.5 MB at most, and it says how many are not drawn."""
    assert len(worst) <= 1_500_000
    assert worst.count(b"as published</figcaption>") == MAX_RECONSTRUCTIONS
    assert f"Further regions under a mosaic, not shown: {20 - MAX_RECONSTRUCTIONS}.".encode() in worst


@needs_browser
@pytest.mark.claim("T-REP-05")
def test_the_worst_page_opens_at_once(worst: bytes, tmp_path: Path) -> None:
    """A quarter of a second on two busy cores; ten times that here, because tests share their machine."""
    (tmp_path / "worst.html").write_bytes(worst)
    with Chromium(tmp_path / "profile") as browser:
        with browser.open((tmp_path / "worst.html").as_uri(), scripts=True) as page:
            took_ms = page.run("performance.getEntriesByType('navigation')[0].loadEventEnd")

    assert 0 < took_ms < 2500


@pytest.mark.parametrize(("name", "drawn"), [("with_limits", True), ("certified", False), ("crowd", False)])
def test_rank_chart_only_where_a_person_is_under_a_mosaic(name: str, drawn: bool) -> None:
    """A chart about mosaics says nothing on a file that has none."""
    assert ('class="chart"' in render("html", about(EVERY[name]()), FILE).decode()) is drawn


def test_rank_chart_has_the_numbers_of_its_record() -> None:
    """Each curve falls with the gallery, lies between its bounds, and stands in the table; the solid fill is near a guess."""
    record = json.loads((files("indelible.reports") / "calibration.json").read_text("ascii"))
    view = rank_view(about(with_limits())["predicate"])
    assert view is not None

    for curve in record["curves"]:
        rates = [float(point["rate"]) for point in curve["points"]]
        assert rates == sorted(rates, reverse=True)
        assert all(float(point["low"]) <= float(point["rate"]) <= float(point["high"]) for point in curve["points"])
    solid = next(curve for curve in record["curves"] if curve["blocks"] is None)["points"]
    assert all(float(point["low"]) <= 1 / point["gallery"] <= float(point["high"]) for point in solid)
    assert len(view["table"]) == len(record["curves"])
    labels = sorted(int(safe.printed(item["label"])) for item in [*view["lines"], view["chance"]])
    assert min(late - early for early, late in zip(labels, labels[1:], strict=False)) >= 14


def test_census_before_and_after() -> None:
    """What was there and is gone, what was not there and is left; counts in buckets only."""
    view = before_after_view(about(EVERY["certified"]())["predicate"])
    lines = {safe.printed(item["name"]): (safe.printed(item["count"]), safe.printed(item["now"])) for item in view}

    assert lines == {
        "EXIF": ("10-50", "gone"),
        "XMP": ("2-9", "gone"),
        "Thumbnail": ("1", "gone"),
        "JFIF": ("none", "left"),
    }


def test_census_without_the_original_compares_nothing() -> None:
    """What nobody has seen is not said to have been none."""
    view = before_after_view(about(EVERY["inconclusive"]())["predicate"])

    assert {safe.printed(item["count"]) for item in view if safe.printed(item["name"]) == "JFIF"} == {"not compared"}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_tiles_lead_to_their_sections(name: str) -> None:
    """Each tile is a link on the page; none of them is green on a file that is not certified for it."""
    page = render("html", about(EVERY[name]()), FILE).decode()
    tiles = re.findall(r'<li><a class="(\w+)" href="#(\w+)"><strong>', page)

    assert 6 <= len(tiles) <= 8
    assert all(f'id="{section}"' in page for _, section in tiles)
    if name == "refused":
        assert ("broken", "regions") in tiles and ("broken", "tried") in tiles
    if name == "inconclusive":
        assert ("inconclusive", "controls") in tiles and ("inconclusive", "tried") in tiles


def test_contradicting_certificate_has_no_tiles() -> None:
    """Numbers of a certificate that is invalid are not put on top of it."""
    mutant = about(EVERY["refused"]())
    mutant["predicate"].update(verdict="certified", reasons=[])

    assert 'class="glance"' not in render("html", mutant, FILE).decode()


def test_claim_about_regions_that_covers_none_says_so() -> None:
    """A file with a mosaic alone is never said not to depend on what was hidden, as a whole."""
    examined = examination((region(2, Evidence.UNKNOWN, "mosaic/1", Kind.PERSON),), limits=(Limit.METHOD_LOSSY,))
    page = render("html", about(examined), FILE).decode()
    row = page.partition("<code>PIX-NI</code>")[2].partition("</tr>")[0]

    assert "<td>no region</td>" in row and "whole file" not in row


@pytest.mark.parametrize("member", ["leakedBits", "leaked_bits"])
def test_row_that_bounds_what_leaked_says_how_much(member: str) -> None:
    """The bound stands beside trials and seed; one that is no number of the closed form is not printed."""
    body = about(with_limits())["predicate"]
    row = next(row for row in body["rows"] if row["region"] == "r2")
    row[member] = "12.5"
    shown = [
        safe.printed(item["tried"])
        for family in tried_view(body)["families"]
        for item in family["ran"]
        if item["tried"]
    ]

    assert any("bits at most: 12.5" in text for text in shown)
    row[member] = "<b>"
    with pytest.raises(ValueError):
        tried_view(body)
