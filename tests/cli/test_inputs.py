"""What a folder hands on: everything that may hold a picture, once, in a fixed order."""

import os
from pathlib import Path

import pytest

from indelible.errors import UsageError
from indelible.inputs import walk


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(folder: Path, found: list[Path]) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in found]


def test_a_folder_is_walked_in_sorted_order(tmp_path: Path) -> None:
    """Results do not depend on the order in which a disk lists its files."""
    touch(tmp_path, "b.jpg", "a/2.png", "a/1.png", "c.jpg")

    assert names(tmp_path, list(walk([tmp_path]))) == ["a/1.png", "a/2.png", "b.jpg", "c.jpg"]


def test_inputs_keep_the_order_in_which_they_were_named(tmp_path: Path) -> None:
    """The order of the command line is the order of the results."""
    touch(tmp_path, "a.jpg", "b.jpg")

    assert list(walk([tmp_path / "b.jpg", tmp_path / "a.jpg"])) == [tmp_path / "b.jpg", tmp_path / "a.jpg"]


def test_what_is_not_an_image_is_handed_on(tmp_path: Path) -> None:
    """Nothing is silently left out: its reader refuses it aloud."""
    touch(tmp_path, "notes.txt", "noextension")

    assert names(tmp_path, list(walk([tmp_path]))) == ["noextension", "notes.txt"]


def test_hidden_files_and_our_own_results_are_not_inputs(tmp_path: Path) -> None:
    """A second run over the same folder does not certify certificates."""
    ours = ["quarantine/x.jpg", "x.certificate.json", "x.report.html", "index.html", "x.plan.json"]
    touch(tmp_path, "a.jpg", ".hidden.jpg", ".cache/b.jpg", *ours)

    assert names(tmp_path, list(walk([tmp_path]))) == ["a.jpg"]
    assert list(walk([tmp_path / ".hidden.jpg"])) == [tmp_path / ".hidden.jpg"]


def test_links_that_go_round_in_circles_end(tmp_path: Path) -> None:
    """A folder reached twice is walked once; a link to itself is handed on for its reader to refuse."""
    touch(tmp_path, "photos/a.jpg")
    (tmp_path / "photos/again").symlink_to(tmp_path / "photos", target_is_directory=True)
    (tmp_path / "photos/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "photos/self.jpg").symlink_to("self.jpg")

    assert names(tmp_path, list(walk([tmp_path]))) == ["photos/a.jpg", "photos/self.jpg"]


def test_the_output_folder_inside_an_input_is_left_out(tmp_path: Path) -> None:
    """`certify photos -o photos/out` does not take its results for inputs the next time."""
    touch(tmp_path, "a.jpg", "out/indelible-1.jpg")

    assert names(tmp_path, list(walk([tmp_path], leave_out=(tmp_path / "out",)))) == ["a.jpg"]


def test_any_bytes_make_a_name(tmp_path: Path) -> None:
    """A name need not be text."""
    name = os.fsdecode(b"caf\xe9\n.jpg")
    touch(tmp_path, name)

    assert list(walk([os.fspath(tmp_path)])) == [tmp_path / name]


def test_a_url_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """This version reads local paths; it does not take a URL for a file that is not there."""
    with pytest.raises(UsageError, match="local paths"):
        next(walk([tmp_path, "s3://bucket/photo.jpg"]))
