"""containers.walk and file.type: the row that a container earns, and why."""

from __future__ import annotations

import pytest

from indelible.model import Finding, Outcome, Severity
from indelible.verify.checks import CHECKS, decide
from indelible.verify.containers.rules import SEVERITY, reason_of
from indelible.verify.plants import clean_jpeg, clean_png, exif_block, payload, with_exif, with_segment
from indelible.verify.samples import encoded, texture
from indelible.verify.subject import Subject

WALK = CHECKS.get("containers.walk")
TYPE = CHECKS.get("file.type")


@pytest.mark.parametrize("check", [WALK, TYPE], ids=lambda check: str(check.id))
def test_both_controls_are_effective(check: object) -> None:
    """The leaking control breaks, the clean one holds."""
    assert check in (WALK, TYPE)
    for item in (WALK, TYPE):
        assert Outcome.BROKEN is decide(item.run(item.leaking()))
        assert Outcome.HELD is decide(item.run(item.clean()))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (clean_jpeg() + payload(0), "R-TRAILING-DATA"),
        (with_segment(clean_jpeg(), 0xFE, payload(0)), "R-META-RESIDUE"),
        (with_exif(clean_jpeg(), exif_block(thumbnail=clean_jpeg(1, (16, 16)))), "R-THUMB-ORIGINAL"),
    ],
)
def test_a_broken_row_gives_the_reason_of_its_worst_finding(data: bytes, why: str) -> None:
    """Bytes behind the end, metadata and hidden pictures are told apart."""
    seen = WALK.run(Subject(published=data))

    assert (Outcome.BROKEN, why) == (decide(seen), seen.why)


@pytest.mark.parametrize(
    "data", [clean_jpeg()[:-200], clean_png()[:-30], b"GIF89a\1\0\1\0\0\0\0", b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]
)
def test_what_cannot_be_walked_is_undecided(data: bytes) -> None:
    """Truncated files and formats without a walker are never held."""
    seen = WALK.run(Subject(published=data))

    assert (Outcome.INCONCLUSIVE, "R-UNKNOWN-STRUCTURE") == (decide(seen), seen.why)


def test_a_hundred_clean_files_have_no_finding() -> None:
    """Pillow's writers with empty info, many seeds: nothing above info."""
    for seed in range(100):
        image = texture(24 + seed % 17, 24 + seed % 13, seed)
        for data in (encoded(image, "jpeg", quality=30 + seed % 70), encoded(image, "png")):
            assert not [
                item for item in WALK.run(Subject(published=data)).findings if item.severity is not Severity.INFO
            ]


@pytest.mark.parametrize(
    ("extension", "outcome"),
    [(".png", Outcome.HELD), (".PNG", Outcome.HELD), (".jpg", Outcome.BROKEN), (".zip", Outcome.BROKEN)],
)
def test_the_extension_must_say_the_type(extension: str, outcome: Outcome) -> None:
    """Capitals do not matter; another type does."""
    assert outcome is decide(TYPE.run(Subject(published=clean_png(), extension=extension)))


def test_a_file_without_a_name_has_no_type_row() -> None:
    """Nothing to compare is not a pass."""
    assert "no_name" == TYPE.applies(Subject(published=clean_png()))


def test_rules_that_cannot_tell_do_not_break() -> None:
    """A parser that gave up makes a row undecided; together with a leak the row is broken."""
    stopped = Finding(rule="L310", channel="x", severity=SEVERITY["L310"], where="file", remedy="", cannot_tell=True)
    leak = Finding(rule="L112", channel="x", severity=SEVERITY["L112"], where="file", remedy="")

    assert Outcome.INCONCLUSIVE is reason_of([stopped])[0]
    assert Outcome.BROKEN is reason_of([stopped, leak])[0]
