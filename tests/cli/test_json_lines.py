"""The lines that other tools read: DESIGN.md section 6."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import QUICK, Here, program

EXAMINED = {"file", "verdict", "sha256", "seconds", "regions", "findings", "checks", "limits", "reasons", "error"}
KEYS = {
    "certify": EXAMINED | {"output", "certificate", "report"},
    "verify": EXAMINED,
    "detect": {"file", "width", "height", "frames", "seconds", "detections", "not_examined", "error"},
    "redact": {"file", "output", "sha256", "error"},
    "plan": {"file", "plan", "error"},
}


@pytest.mark.parametrize("verb", sorted(KEYS))
def test_a_line_has_the_contracts_keys_with_and_without_a_result(
    here: Here, drawing: Path, tmp_path: Path, verb: str
) -> None:
    """A reader never asks whether a key is there."""
    into = () if verb in ("detect", "verify") else ("-o", tmp_path / "out")
    ran = here(verb, drawing, tmp_path / "nosuch.png", *into, "--json", *QUICK)
    good, bad = ran.lines

    assert set(good) >= KEYS[verb]
    assert set(good) == set(bad)
    assert good["error"] is None
    assert set(bad["error"]) == {"code", "message", "remedy"}
    assert (good["file"], bad["file"]) == (str(drawing), str(tmp_path / "nosuch.png"))
    assert all(not value for key, value in bad.items() if key not in ("file", "error"))


def test_the_digest_is_the_outputs(here: Here, photo: Path, tmp_path: Path) -> None:
    """The original's digest would link the published file to it."""
    import hashlib

    (line,) = here("certify", photo, "-o", tmp_path / "out", "--json", *QUICK).lines

    assert line["sha256"] == hashlib.sha256(Path(line["output"]).read_bytes()).hexdigest()
    assert line["sha256"] != hashlib.sha256(photo.read_bytes()).hexdigest()
    assert Path(line["certificate"]).is_file() and Path(line["report"]).is_file()
    assert (tmp_path / "out" / "index.html").is_file()


def test_lines_come_in_input_order_whatever_the_number_of_jobs(
    here: Here, photo: Path, drawing: Path, tmp_path: Path
) -> None:
    """Two workers give the same bytes in the same order as none."""
    files = [drawing, tmp_path / "nosuch.jpg", photo]

    alone = here("redact", *files, "-o", tmp_path / "a", "--json", *QUICK)
    together = here("redact", *files, "-o", tmp_path / "b", "--json", "--jobs", "2", *QUICK)

    assert alone.code == together.code == 3
    assert [line["file"] for line in together.lines] == [str(path) for path in files]
    assert [line["sha256"] for line in alone.lines] == [line["sha256"] for line in together.lines]


def test_names_of_any_bytes_survive(drawing: Path, tmp_path: Path) -> None:
    """A newline, a leading dash and bytes that are no text: each file has its line, and its name comes back."""
    names = [b"new\nline.png", b"-rf.png", b"caf\xe9.png", b"[bold]x.png"]
    for name in names:
        Path(tmp_path / name.decode("utf-8", "surrogateescape")).write_bytes(drawing.read_bytes())

    ran = program(["detect", "--json", *QUICK, "--", *names], cwd=tmp_path)

    assert ran.code == 0
    assert [line["file"].encode("utf-8", "surrogateescape") for line in ran.lines] == names
    assert ran.out.isascii()

    words = program(["detect", *QUICK, "--", *names], cwd=tmp_path)

    assert words.code == 0
    assert len([line for line in words.out.splitlines() if "found" in line]) == 4
    assert "[bold]x.png" in words.out and "new\\nline.png" in words.out


def test_people_get_words(here: Here, photo: Path, tmp_path: Path) -> None:
    """Without --json a person can read the result."""
    ran = here("certify", photo, tmp_path / "nosuch.jpg", "-o", tmp_path / "out", *QUICK)

    assert "certified with limits" in ran.out and "L-NO-REGIONS" in ran.out
    assert "There is no such file." in ran.out
    with pytest.raises(json.JSONDecodeError):
        _ = ran.lines
