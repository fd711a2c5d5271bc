"""``indelible report`` for people: one file, a folder of files, or paper."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indelible import cli
from tests.cli.conftest import QUICK, Here, small

needs_browser = pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over two files; certificates beside what was published."""
    folder = tmp_path_factory.mktemp("in")
    small().save(folder / "one.png")
    small(128, 64).save(folder / "other.png")
    out = tmp_path_factory.mktemp("run") / "out"
    assert cli.run(["certify", str(folder), "-o", str(out), "--accept-limits", *QUICK]) == 0
    return out


@pytest.fixture
def run(certified: Path, tmp_path: Path) -> list[Path]:
    """The certificates, in a copy of the run."""
    shutil.copytree(certified, tmp_path / "out")
    return sorted((tmp_path / "out").glob("*.certificate.json"))


def test_split_layout_is_a_folder(here: Here, run: list[Path], tmp_path: Path) -> None:
    """Page, style sheet, pictures; the page's path is what is printed."""
    target = tmp_path / "site"
    ran = here("report", run[0], "-o", target, "--layout", "split")
    names = {path.name for path in target.iterdir()}

    assert ran.code == 0 and ran.out.strip() == str(target / "report.html")
    assert {"report.html", "report.css"} < names
    assert all(name.startswith("picture-") for name in names - {"report.html", "report.css"})


def test_split_layout_leaves_no_picture_of_an_earlier_report(here: Here, run: list[Path], tmp_path: Path) -> None:
    """The folder of one report takes the next one; what that one may not show is gone."""
    target = tmp_path / "site"
    assert here("report", run[0], "-o", target, "--layout", "split").code == 0
    (target / "picture-99.jpg").write_bytes(b"an earlier one")

    assert here("report", run[1], "-o", target, "--layout", "split").code == 0
    assert not (target / "picture-99.jpg").exists()


def test_split_layout_touches_nothing_else(here: Here, run: list[Path], tmp_path: Path) -> None:
    """A folder that holds other things gets a folder inside; a report's own folder with other things in it is refused."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "picture-01.jpg").write_bytes(b"mine")
    (tmp_path / "site" / "notes.txt").write_text("mine", "ascii")
    inside = tmp_path / "site" / run[0].name.replace(".certificate.json", ".report")

    assert here("report", run[0], "-o", tmp_path / "site", "--layout", "split").code == 0
    assert (inside / "report.html").is_file() and (tmp_path / "site" / "picture-01.jpg").read_bytes() == b"mine"

    (inside / "notes.txt").write_text("mine", "ascii")
    assert here("report", run[0], "-o", tmp_path / "site", "--layout", "split").code == 2
    assert (inside / "notes.txt").exists()


def test_split_layout_of_several_is_a_folder_for_each(here: Here, run: list[Path], tmp_path: Path) -> None:
    """Under the names of their certificates."""
    assert here("report", *run, "-o", tmp_path / "site", "--layout", "split").code == 0
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        path.name.replace(".certificate.json", ".report") for path in run
    ]
    assert all((path / "report.html").is_file() for path in (tmp_path / "site").iterdir())


def test_what_lies_beside_the_certificate_is_shown(here: Here, run: list[Path], tmp_path: Path) -> None:
    """Without ``--file``; and not if it is another file under that name."""
    assert here("report", run[0], "-o", tmp_path / "one.html").code == 0
    assert "<image" in (tmp_path / "one.html").read_text("utf-8")

    picture = run[0].with_name(run[0].name.replace(".certificate.json", ".png"))
    picture.write_bytes(picture.read_bytes() + b"\0")
    assert here("report", run[0], "-o", tmp_path / "other.html").code == 0
    assert "<image" not in (tmp_path / "other.html").read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [("--layout", "both"), ("--layout", "split", "--format", "junit"), ("--layout", "split", "--format", "pdf")],
)
def test_layout_that_makes_no_sense(here: Here, run: list[Path], tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Wrong use; nothing is written."""
    ran = here("report", run[0], "-o", tmp_path / "x", *arguments)

    assert ran.code == 2 and not (tmp_path / "x").exists()


def test_split_layout_into_a_file_is_refused(here: Here, run: list[Path]) -> None:
    """The certificate stays what it is."""
    before = run[0].read_bytes()

    assert here("report", run[0], "-o", run[0], "--layout", "split").code == 2
    assert run[0].read_bytes() == before


@needs_browser
def test_pdf(here: Here, run: list[Path], tmp_path: Path) -> None:
    """A document, the same twice; several into a folder."""
    assert here("report", run[0], "-o", tmp_path / "a.pdf", "--format", "pdf").code == 0
    assert here("report", *run, "-o", tmp_path / "paper", "--format", "pdf").code == 0
    again = tmp_path / "paper" / run[0].name.replace(".certificate.json", ".report.pdf")

    assert (tmp_path / "a.pdf").read_bytes() == again.read_bytes()
    assert again.read_bytes().startswith(b"%PDF-")


def test_pdf_without_a_browser(here: Here, run: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4, what to install, and no file."""
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = here("report", run[0], "-o", tmp_path / "a.pdf", "--format", "pdf")

    assert ran.code == 4
    assert "chromium is not installed" in ran.err and "apt-get install chromium" in ran.err
    assert not (tmp_path / "a.pdf").exists()
