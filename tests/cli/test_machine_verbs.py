"""Models, doctor, report, corpus: what the machine has, and what a certificate says."""

import os
import shutil
from pathlib import Path

import pytest

from indelible.detect import store
from indelible.doctor import PACKAGES, examine
from tests.cli.conftest import QUICK, Here, program


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("INDELIBLE_MODELS", str(folder))
    return folder


def installed_models() -> Path:
    if any(not model.digest_ok for model in store.status()):
        pytest.skip("the models are not installed: run `indelible models install`")
    return store.folder()


def test_missing_models_are_4_with_the_command_that_installs_them(here: Here, no_models: Path) -> None:
    """Both verbs that look say so."""
    verified, doctored = here("models", "verify"), here("doctor")

    assert (verified.code, doctored.code) == (4, 4)
    assert "indelible models install" in verified.err
    assert "-> indelible models install" in doctored.out
    assert here("models", "list").out.count("missing") == len(store.status())


def test_a_missing_model_is_never_a_clean_result(no_models: Path, drawing: Path, tmp_path: Path) -> None:
    """No face detector: no certificate, exit code 4, and the remedy."""
    ran = program(["certify", drawing, "-o", tmp_path / "out", "--kinds", "face", "--json"])

    assert ran.code == 4
    assert ran.lines[0]["verdict"] is None
    assert "models install" in ran.lines[0]["error"]["remedy"]
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").glob("*.png"))


def test_models_are_installed_from_a_folder(here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without network, from files that somebody carried there; a wrong one is refused."""
    ready = installed_models()
    monkeypatch.setenv("INDELIBLE_MODELS", str(tmp_path / "new"))
    carried = tmp_path / "carried"
    shutil.copytree(ready, carried)

    assert here("models", "install", "--from", carried).code == 0
    assert here("models", "verify").code == 0
    damaged = tmp_path / "new" / "centerface.onnx"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\0\0")
    assert here("models", "verify").code == 4


def test_doctor_sees_every_package_that_the_project_requires() -> None:
    """A new requirement is a new line of doctor."""
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    required = {item.split(">")[0].split("=")[0].strip() for item in project["dependencies"]}

    assert required <= {name for name, _ in PACKAGES}


def test_doctor_finds_this_machine_fit_and_says_what_mends_it() -> None:
    """Every fault comes with a command; here only what is optional may be at fault."""
    items = examine()

    assert all(item.remedy for item in items if item.state.value == "missing")
    assert [item.name for item in items if item.needed and item.state.value == "missing"] == []


def test_doctor_counts_the_typefaces_that_the_attacks_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence of an attack on a face that is not installed is no strength, so a user is told before he relies on it."""
    from indelible import doctor
    from indelible.attacks.fonts import Font

    many = tuple(
        Font(family=f"Family {i}", style=style, path="/home/somebody/x.ttf") for i in range(30) for style in "ab"
    )
    for fonts, state in ((many, "ok"), (many[:4], "note")):
        monkeypatch.setattr(doctor, "installed_fonts", lambda fonts=fonts: fonts)
        (item,) = (item for item in examine() if "typefaces" in item.name)
        assert (item.state.value, item.detail.split()[0]) == (state, str(len(fonts) // 2))
        assert "somebody" not in item.detail and item.remedy


def test_doctor_without_programs_names_their_packages(tmp_path: Path) -> None:
    """The exact command, as a person can paste it."""
    environment = {**os.environ, "PATH": str(tmp_path)}
    ran = program(["doctor", "--json"], env=environment)
    remedies = {line["name"]: line["remedy"] for line in ran.lines if line["state"] == "missing"}

    assert ran.code == 4
    assert remedies["exiftool"] == "sudo apt-get install -y libimage-exiftool-perl"
    assert remedies["tesseract"] == "sudo apt-get install -y tesseract-ocr tesseract-ocr-eng"


def test_a_report_is_made_from_a_certificate(here: Here, photo: Path, tmp_path: Path) -> None:
    """HTML to read, JSON as the same bytes again; a forged one is an input that cannot be read."""
    (line,) = here("certify", photo, "-o", tmp_path / "out", "--json", *QUICK).lines
    certificate = Path(line["certificate"])

    page = here("report", certificate, "-o", tmp_path / "r.html", "--file", line["output"])
    same = here("report", certificate, "-o", tmp_path / "r.json", "--format", "json")

    assert (page.code, same.code) == (0, 0)
    assert (tmp_path / "r.html").read_text("utf-8").lstrip().lower().startswith("<!doctype html>")
    assert (tmp_path / "r.json").read_bytes() == certificate.read_bytes()
    forged = tmp_path / "forged.certificate.json"
    forged.write_text('{"verdict": "certified"}')
    assert here("report", forged, "-o", tmp_path / "f.html").code == 3
    assert not (tmp_path / "f.html").exists()
    assert here("report", certificate, "-o", tmp_path / "f.html", "--format", "docx").code == 2


def test_a_report_never_replaces_its_certificate(here: Here, photo: Path, tmp_path: Path) -> None:
    """The JSON form over the certificate would be a way to lose it."""
    (line,) = here("certify", photo, "-o", tmp_path / "out", "--json", *QUICK).lines
    before = Path(line["certificate"]).read_bytes()

    assert here("report", line["certificate"], "-o", line["certificate"], "--format", "json").code == 2
    assert Path(line["certificate"]).read_bytes() == before
