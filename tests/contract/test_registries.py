"""Whatever lies in a registry keeps its promises, from the moment that it exists."""

import hashlib
import inspect
import io
import re

import numpy as np
import pytest
from PIL import Image

from indelible.detect.registry import DETECTORS
from indelible.detect.scene import Scene
from indelible.media import open_picture
from indelible.model import Box, Detection, FillStyle, Kind, Outcome, Polarity, Policy, Redaction, Region
from indelible.redact.fills import FILLS
from indelible.redact.formats import FORMATS
from indelible.redact.selfcheck import check_structure
from indelible.reports.formats import FORMATS as REPORT_FORMATS
from indelible.verify.checks import CHECKS
from indelible.verify.controls import ControlLedger, observe


@pytest.mark.claim("T-CTL-POS")
@pytest.mark.claim("T-CTL-NEG")
@pytest.mark.parametrize("name", CHECKS.names())
def test_every_check_breaks_its_leaking_control_and_holds_on_its_clean_one(name: str) -> None:
    """A check that cannot do both has no say in a verdict."""
    controls = ControlLedger().arm(CHECKS.get(name))

    assert {control.polarity: control.observed for control in controls} == {
        Polarity.POSITIVE: Outcome.BROKEN,
        Polarity.NEGATIVE: Outcome.HELD,
    }


@pytest.mark.parametrize("name", CHECKS.names())
def test_a_check_says_the_same_twice_and_names_only_its_rules(name: str) -> None:
    """Findings are described: rule, channel, place and remedy, and never anything read from the file."""
    check = CHECKS.get(name)

    first, second = (observe(check, check.leaking()) for _ in range(2))

    assert first == second
    assert first[1].findings
    for finding in first[1].findings:
        assert finding.rule in check.rules
        assert re.fullmatch(r"[a-z0-9_.]+", finding.channel, re.IGNORECASE)
        assert re.fullmatch(r"file|(offset|region|chunk|segment) [a-zA-Z0-9_-]+|box \d+,\d+,\d+,\d+", finding.where), (
            finding.where
        )
        assert finding.remedy.endswith(".")


@pytest.mark.parametrize("name", CHECKS.names())
def test_a_check_explains_itself(name: str) -> None:
    """Its file and its function are its manual page."""
    run = CHECKS.get(name).run

    assert run.__doc__
    assert inspect.getmodule(run).__doc__


@pytest.mark.parametrize("name", DETECTORS.names())
def test_a_detector_is_repeatable_and_leaves_the_picture_alone(name: str) -> None:
    """Twice the same, within the frame, of the kinds that it says."""
    stream = io.BytesIO()
    image = Image.new("RGB", (160, 120), "white")
    image.paste((30, 90, 160), (20, 20, 90, 80))
    image.save(stream, "PNG")
    picture = open_picture(stream.getvalue())
    before = picture.image.tobytes()
    entry = DETECTORS.get(name)

    first, second = (tuple(entry.run(Scene(picture), Policy())) for _ in range(2))

    assert first == second
    assert picture.image.tobytes() == before
    assert all(item.kind in entry.finds for item in first)
    assert all(item.box.inside(160, 120) for item in first if isinstance(item, Detection))


@pytest.mark.parametrize("name", FILLS.names())
def test_a_fill_gives_a_patch_of_the_size_asked_for(name: str) -> None:
    """And a fill that keeps nothing is not shown the pixels."""
    fill = FILLS.get(name)
    style = FillStyle(name)
    redaction = Redaction(
        id="r1",
        kind=Kind.FACE,
        region=Region(box=Box(0, 0, 9, 9)),
        fill=style,
        blocks=4 if style is FillStyle.MOSAIC else None,
    )
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 30, 3), dtype=np.uint8))

    assert (fill.blind is None) != (fill.seeing is None)
    if fill.blind:
        patch = fill.blind(redaction, "RGB", (30, 40))
    else:
        assert fill.seeing
        patch = fill.seeing(redaction, noise)
    assert (patch.size, patch.mode) == ((30, 40), "RGB")


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("name", FORMATS.names())
def test_a_writer_writes_only_what_its_list_names(name: str, mode: str) -> None:
    """From a dirty source: nothing of its metadata is there, and the same bytes come twice."""
    noise = np.random.default_rng(2).integers(0, 256, (80, 96, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0110] = "MARKER-CAMERA"
    stream = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(
        stream,
        ("jpeg" if name == "jpeg" else "png").upper(),
        exif=exif.tobytes(),
        comment=b"MARKER-COMMENT",
        dpi=(300, 300),
        icc_profile=b"MARKER-ICC",
    )
    writer = FORMATS.get(name)
    source = open_picture(stream.getvalue())
    assert b"MARKER" in stream.getvalue()

    data = writer.write(source.image, writer.coding_for(source))

    assert b"MARKER" not in data
    check_structure(data, name)
    assert (
        hashlib.sha256(writer.write(source.image, writer.coding_for(source))).digest() == hashlib.sha256(data).digest()
    )


def test_the_report_formats_of_this_version_are_there() -> None:
    """Being in the folder is the registration."""
    assert {"html", "json"} <= set(REPORT_FORMATS.names())
