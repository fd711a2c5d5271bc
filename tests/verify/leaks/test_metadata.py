"""metadata.exiftool and metadata.witnesses: a second parser, an allow-list on group and name, and the original's values."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from indelible.exec import exiftool
from indelible.media import open_picture
from indelible.model import Outcome
from indelible.verify.census import bucket, take_census
from indelible.verify.checks import CHECKS, decide
from indelible.verify.containers.tags import judge_tag
from indelible.verify.plants import (
    clean_jpeg,
    clean_png,
    exif_block,
    payload,
    with_chunk,
    with_exif,
    with_segment,
    with_xmp,
)
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

EXIFTOOL = CHECKS.get("metadata.exiftool")
WITNESSES = CHECKS.get("metadata.witnesses")
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "metadata"


@pytest.mark.parametrize("name", ["metadata.exiftool", "metadata.witnesses"])
def test_both_controls_are_effective(name: str) -> None:
    """The leaking control breaks, the clean one holds."""
    check = CHECKS.get(name)

    assert check.applies(check.clean()) is None
    assert Outcome.BROKEN is decide(check.run(check.leaking()))
    assert Outcome.HELD is decide(check.run(check.clean()))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (with_segment(clean_jpeg(), 0xFE, payload(0)), "L112"),
        (clean_jpeg() + payload(0), "L301"),
        (with_exif(clean_jpeg(), exif_block(gps=True)), "L102"),
        (with_exif(clean_jpeg(), exif_block(text=b"somebody")), "L104"),
        (with_exif(clean_jpeg(), exif_block(thumbnail=clean_jpeg(1, (16, 16)))), "L201"),
        (with_xmp(clean_jpeg(), b'exif:GPSLatitude="1,2N"'), "L102"),
        (with_chunk(clean_png(), b"tEXt", b"Comment\0" + payload(0)), "L112"),
        (with_chunk(clean_png(), b"eXIf", exif_block(gps=True)), "L102"),
        (with_chunk(clean_png(), b"pHYs", b"\0\0\1\0\0\0\1\0\1"), "L113"),
    ],
)
def test_what_exiftool_shows_beyond_the_list_breaks_the_row(data: bytes, rule: str) -> None:
    """Identifying tags have the rule of their kind; a comment does not hide in group File."""
    seen = EXIFTOOL.run(Subject(published=data))

    assert Outcome.BROKEN is decide(seen)
    assert rule in {item.rule for item in seen.findings}


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "LA", "RGBA", "1"])
def test_clean_files_hold(mode: str) -> None:
    """What a bare writer writes is inside the list, whatever the picture's mode."""
    image = texture(40, 30, 3)
    files = [encoded(image.convert(mode), "png")]
    if mode in ("RGB", "L"):
        files += [encoded(image.convert(mode), "jpeg", progressive=flag) for flag in (False, True)]
    exiftool.prefetch(files)
    for data in files:
        subject = Subject(published=data, picture=open_picture(data))
        assert Outcome.HELD is decide(EXIFTOOL.run(subject))
        assert Outcome.HELD is decide(WITNESSES.run(subject))


def test_a_name_is_nothing_without_its_group() -> None:
    """A width in another group is not the picture's width; copies are judged like the first."""
    assert judge_tag("png", "PNG:ImageWidth", 3) is None
    assert judge_tag("png", "PNG:Copy1:ImageWidth", 3) is None
    assert judge_tag("png", "EXIF:IFD0:ImageWidth", 3) is not None
    assert judge_tag("jpeg", "PNG:ImageWidth", 3) is not None
    assert judge_tag("jpeg", "JFIF:ResolutionUnit", 1) is not None


def test_a_finding_never_names_what_the_file_invented() -> None:
    """Group and tag names can come from the file: a channel is made of listed words only."""
    item = judge_tag("jpeg", "XMP:XMP-plantaganet:Plantaganet", "Plantaganet")
    other = judge_tag("jpeg", "Plantaganet:Plantaganet", 1)

    assert item is not None and other is not None
    assert "lantaganet" not in repr((item, other))


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_value_of_the_original_is_found_wherever_it_went(coding: str) -> None:
    """The author's name of the source, left in a private chunk in any encoding, breaks the row."""
    original = with_exif(clean_jpeg(), exif_block(text=b"Plantaganet"))
    published = with_chunk(clean_png(), b"prVt", b"\1" + "Plantaganet".encode(coding))

    seen = EXIFTOOL.run(Subject(published=published, original=original))

    assert "probe.text" in {item.channel for item in seen.findings}
    assert "Plantaganet" not in repr(seen)


def test_a_piece_of_an_embedded_picture_is_found() -> None:
    """The middle of the source's thumbnail, carried along anywhere, is a hidden picture."""
    thumbnail = clean_jpeg(3, (32, 24))
    original = with_exif(clean_jpeg(), exif_block(thumbnail=thumbnail))

    seen = EXIFTOOL.run(Subject(published=clean_jpeg(7) + thumbnail[100:], original=original))

    assert ("L201", "probe.picture") in {(item.rule, item.channel) for item in seen.findings}


def test_a_clean_copy_of_a_dirty_original_holds() -> None:
    """Nothing of the original is in the published file."""
    original = with_exif(clean_jpeg(), exif_block(text=b"Plantaganet", gps=True, thumbnail=clean_jpeg(3, (32, 24))))

    assert Outcome.HELD is decide(EXIFTOOL.run(Subject(published=clean_jpeg(4), original=original)))


def test_what_our_walker_misses_is_a_disagreement(monkeypatch: pytest.MonkeyPatch) -> None:
    """If exiftool shows what our walker does not, the row is undecided, not held."""
    from indelible.verify.containers.notes import Inspection
    from indelible.verify.containers.walkers import inspect_file
    from indelible.verify.leaks import metadata

    def blind(data: bytes) -> Inspection | None:
        del data
        return inspect_file(clean_jpeg())

    monkeypatch.setattr(metadata, "inspect_file", blind)
    seen = WITNESSES.run(Subject(published=with_segment(clean_jpeg(), 0xFE, b"hello world")))

    assert (Outcome.INCONCLUSIVE, "R-PARSERS-DISAGREE") == (decide(seen), seen.why)
    assert {"L193"} == {item.rule for item in seen.findings}


def test_without_exiftool_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing witness leaves the rows undecided."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(exiftool, "_SESSION", None)
    subject = Subject(published=clean_jpeg(991))
    for check in (EXIFTOOL, WITNESSES, CHECKS.get("previews.embedded")):
        check.applies(subject)
        seen = check.run(subject)
        assert (Outcome.INCONCLUSIVE, "R-TOOL-ERROR") == (decide(seen), seen.why)
        assert {"L192"} == {item.rule for item in seen.findings}


def test_the_census_counts_and_says_no_value() -> None:
    """Groups that went and groups that stayed, in buckets."""
    original = with_exif(clean_jpeg(), exif_block(text=b"Plantaganet", gps=True))
    clean, dirty = take_census(clean_jpeg(2), original), take_census(original)

    assert () == clean.left and 0 == clean.unknown_bytes
    assert clean.removed is not None and "EXIF" in clean.removed
    assert "EXIF" in dirty.left
    assert dirty.removed is None
    assert "Plantaganet" not in repr((clean, dirty))
    assert ["1", "2-9", "2-9", "10-50", "50+"] == [bucket(count) for count in (1, 2, 9, 10, 51)]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the labelled metadata samples are not on this machine")
def test_every_labelled_sample_is_flagged() -> None:
    """Each JPEG and PNG of the labelled set that carries something breaks or stops the container walk."""
    walk = CHECKS.get("containers.walk")
    with (SAMPLES / "MANIFEST.csv").open(newline="", encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["format"] in ("jpg", "png") and row["leak_channels"]]
    missed = [
        row["file"]
        for row in rows
        if decide(walk.run(Subject(published=(SAMPLES / row["file"]).read_bytes()))) is Outcome.HELD
    ]

    assert len(rows) > 50
    assert [] == missed
