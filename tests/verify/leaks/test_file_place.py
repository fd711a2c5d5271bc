"""Names, attributes and neighbours of a published file: found where they tell, and never said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import indelible
from indelible.model import Outcome, Severity
from indelible.output import FIXED_TIME_S, write_file
from indelible.verify.checks import CHECKS, Observation, decide
from indelible.verify.leaks.file_names import tells
from indelible.verify.place import FilePlace, place_of
from indelible.verify.plants import clean_png
from indelible.verify.subject import Subject

NAME, ATTRIBUTES, SIDECARS = (CHECKS.get(name) for name in ("file.name", "file.attributes", "file.sidecars"))

TELLING = (
    "IMG_4711", "IMG_E4711", "_MG_0815", "DSC_0042", "DSC06379", "DSCF1234", "DSCN0001", "P1010042", "PXL_20230716_101112",
    "MVIMG_20190716_094210", "IMG-20190716-WA0012", "GOPR1234", "GH010042", "DJI_0042", "100_4711", "R0012345", "img_4711",
    "redacted_IMG_4711", "Screenshot_2024-05-01-10-11-12", "Screen Shot 2024-05-01 at 10.11.12", "Screenshot from 2024",
    "20190716_094210", "2019-07-16", "16.07.2019", "7-16-2019", "2019_07_16 garden", "16 July 2019", "juli-2019", "Aug2021",
    "1563270130123", "1563270130", "Anna Eriksson", "Anna_Eriksson", "AnnaEriksson", "Eriksson, Anna", "Eriksson-Anna-passport",
    "Mr Novak", "Dr_Okafor", "Anna's garden", "anna.eriksson@example.org", "José Núñez", "scan Anna Maria Eriksson",
)  # fmt: skip
NEUTRAL = (
    "indelible-0f3c2ab1c9de", "indelible-f1234567ab12", "indelible-120190716abc", "press-0001-0f3c2ab1c9de", "image", "photo",
    "picture-0007", "public_17", "x", "0001", "page 12", "Screen Shot", "Purple Square", "New Image", "Final Version",
    "output", "cover-front", "file-0001", "a" * 200, "portrait 2", "", "...", "v1.2.3", "frame-000123", "README",
)  # fmt: skip


def subject(place: FilePlace | None) -> Subject:
    return Subject(published=clean_png(), format="png", extension=".png", place=place)


def channels(observation: Observation) -> set[tuple[str, str]]:
    return {(item.rule, item.channel) for item in observation.findings if item.severity is not Severity.INFO}


@pytest.mark.parametrize("stem", TELLING)
def test_a_telling_name_is_found(stem: str) -> None:
    """Counters, dates and names of people; the finding does not repeat them."""
    seen = NAME.run(subject(FilePlace(name=f"{stem}.png")))

    assert (Outcome.BROKEN, "R-NAME-PII") == (decide(seen), seen.why)
    assert {("L150", "file.name")} == channels(seen)
    assert stem not in repr(seen)


@pytest.mark.parametrize("stem", NEUTRAL)
def test_a_neutral_name_is_not(stem: str) -> None:
    """What says nothing of the picture passes."""
    assert not tells(stem)


def test_the_folder_is_looked_at_as_it_was_named() -> None:
    """A day in the folder's name travels with the folder."""
    seen = NAME.run(subject(FilePlace(name="x.png", folder="2019-07-16 garden")))

    assert {("L150", "file.directory")} == channels(seen)


def test_a_file_without_a_place_has_no_such_rows() -> None:
    """Bytes alone have neither name nor neighbours: that is not a pass."""
    for check in (NAME, ATTRIBUTES, SIDECARS):
        assert check.applies(subject(None)) == "no_name"


def test_the_stem_of_the_source_is_found(tmp_path: Path) -> None:
    """A published name that carries the source's along leads back to it."""
    source, published = tmp_path / "garden.jpg", tmp_path / "Garden_redacted.png"
    for path in (source, published):
        path.write_bytes(clean_png())

    place = place_of(published, source)

    assert place is not None and place.stem_of_original
    assert {("L150", "file.name")} == channels(NAME.run(subject(place)))
    other = place_of(published, tmp_path / "Garden_redacted.png")
    assert other is not None and not other.same_time_as_original


def test_a_fresh_output_has_nothing(tmp_path: Path) -> None:
    """What our own writer leaves: a neutral name, the fixed time, no attributes, no neighbours."""
    path = tmp_path / "indelible-0f3c2ab1c9de.png"
    write_file(path, clean_png())
    (tmp_path / "indelible-0f3c2ab1c9de.certificate.json").write_text("{}")
    (tmp_path / "indelible-0f3c2ab1c9de.report.html").write_text("")

    place = place_of(path)

    assert place is not None
    for check in (NAME, ATTRIBUTES, SIDECARS):
        assert Outcome.HELD is decide(check.run(subject(place))), check.id


def test_the_time_of_a_foreign_file_is_only_a_note(tmp_path: Path) -> None:
    """Every copy has a time; the original's own is one that may say when the picture was taken."""
    path, source = tmp_path / "x.png", tmp_path / "y.png"
    for file in (path, source):
        file.write_bytes(clean_png())
    os.utime(path, (1_563_270_130, 1_563_270_130))
    os.utime(source, (1_563_270_130, 1_563_270_130))

    alone, beside = (ATTRIBUTES.run(subject(place_of(path, original))) for original in (None, source))

    assert [("L151", Severity.INFO)] == [(item.rule, item.severity) for item in alone.findings]
    assert Outcome.HELD is decide(alone)
    assert {("L151", "file.time")} == channels(beside)


def test_an_attribute_is_found_by_its_name_alone(tmp_path: Path) -> None:
    """Where a download came from; the address itself is never read."""
    path = tmp_path / "x.png"
    path.write_bytes(clean_png())
    try:
        os.setxattr(path, "user.xdg.origin.url", b"https://example.org/annas-album")
    except (OSError, AttributeError):
        pytest.skip("this file system has no extended attributes")

    place = place_of(path)

    assert place is not None
    assert {("L152", "file.xattr")} == channels(ATTRIBUTES.run(subject(place)))
    assert "xdg" not in repr(place) and "x.png" not in repr(place)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (("security.selinux",), set()),
        (("system.posix_acl_access",), {("L154", "file.acl")}),
        (("com.apple.quarantine",), {("L152", "file.xattr")}),
        (("com.apple.metadata:kMDItemWhereFroms", "system.nfs4_acl"), {("L152", "file.xattr"), ("L154", "file.acl")}),
    ],
)
def test_attributes_by_kind(attributes: tuple[str, ...], expected: set[tuple[str, str]]) -> None:
    """The system's own labels are no leak; access lists are their own rule."""
    place = FilePlace(name="x.png", modified_s=FIXED_TIME_S, attributes=attributes)

    assert expected == channels(ATTRIBUTES.run(subject(place)))


def test_what_cannot_be_listed_is_undecided() -> None:
    """No answer is not an empty answer."""
    place = FilePlace(name="x.png", modified_s=FIXED_TIME_S, attributes=None, neighbours=None)

    assert Outcome.INCONCLUSIVE is decide(ATTRIBUTES.run(subject(place)))
    assert Outcome.INCONCLUSIVE is decide(SIDECARS.run(subject(place)))


@pytest.mark.parametrize(
    ("other", "kind"),
    [
        ("photo.xmp", "sidecar"), ("photo.jpg.xmp", "sidecar"), ("photo.AAE", "sidecar"), ("PHOTO.THM", "sidecar"),
        ("photo.mov", "sidecar"), ("photo.CR2", "sidecar"), ("photo.jpg_original", "backup"), ("photo.jpg~", "backup"),
        ("photo.jpg.bak", "backup"), ("photo_original.jpg", "backup"), (".photo.jpg.swp", "backup"),
        ("Thumbs.db", "thumbnail_cache"), (".picasa.ini", "thumbnail_cache"), ("other.xmp", None), ("photo.png", None),
        ("photo2.xmp", None), ("photo.certificate.json", None), ("photo.report.html", None), ("photo-1.jpg", None),
    ],
)  # fmt: skip
def test_neighbours(tmp_path: Path, other: str, kind: str | None) -> None:
    """Side-cars, backups and caches of thumbnails; not other pictures, and not our own evidence."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(clean_png())
    (tmp_path / other).write_bytes(b"")

    place = place_of(path)

    assert place is not None
    assert place.neighbours == (() if kind is None else (kind,))
    seen = SIDECARS.run(subject(place))
    assert channels(seen) == (set() if kind is None else {("L220", f"file.{kind}")})
    assert "photo" not in repr(seen)


def test_verify_looks_at_the_place(tmp_path: Path) -> None:
    """From Python and from the command line: a clean file under a telling name is refused for its name."""
    path = tmp_path / "Anna Eriksson.png"
    path.write_bytes(clean_png())

    result = indelible.verify(path)

    row = next(row for row in result.examination.rows if row.id == "file.name")
    assert (Outcome.BROKEN, "R-NAME-PII") == (row.outcome, row.why)
    assert "Eriksson" not in repr(result.examination)
