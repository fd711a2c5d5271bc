"""Documents of a whole run, on the command line: one file for all certificates, and nothing in it that was in the pictures."""

from __future__ import annotations

import base64
import json
import urllib.parse
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.cli.conftest import QUICK, Here, small

CANARY = "Canary Eriksson <script>&\"'"


@pytest.fixture
def run(here: Here, tmp_path: Path) -> list[Path]:
    """Certificates of two files whose names and metadata hold a canary: one published, one with a trailing picture refused."""
    folder = tmp_path / "Canary Eriksson"
    folder.mkdir()
    text = PngInfo()
    text.add_text("Author", CANARY)
    small().save(folder / "Canary Eriksson <b>.png", pnginfo=text)
    exif = Image.Exif()
    exif[0x010E] = CANARY
    small().save(folder / "Canary Eriksson.jpg", exif=exif)
    ran = here("certify", folder, "-o", tmp_path / "out", "--accept-limits", *QUICK)
    assert ran.code == 0, ran.err
    return sorted((tmp_path / "out").glob("*.certificate.json"))


def _spellings(text: str) -> list[bytes]:
    raw = text.encode()
    return [
        raw,
        base64.b64encode(raw)[:-4],
        raw.hex().encode(),
        urllib.parse.quote(text).encode(),
        text.encode("utf-16-le"),
        text.encode("utf-16-be"),
        json.dumps(text)[1:-1].encode(),
    ]


@pytest.mark.claim("T-LEAK-01")
@pytest.mark.parametrize("form", ["junit", "sarif", "jsonl"])
def test_one_document_for_all_and_no_canary_in_it(here: Here, run: list[Path], tmp_path: Path, form: str) -> None:
    """Author, caption, file name, folder: in none of their spellings."""
    target = tmp_path / f"report.{form}"

    assert here("report", *run, "-o", target, "--format", form).code == 0
    data = target.read_bytes()
    for text in (CANARY, "Canary Eriksson", "Eriksson", str(tmp_path)):
        for spelling in _spellings(text):
            assert spelling not in data
    assert data.count(b"file-0001") and data.count(b"file-0002")


def test_a_folder_takes_the_document_under_its_usual_name(here: Here, run: list[Path], tmp_path: Path) -> None:
    """And its readers find it by its extension."""
    folder = tmp_path / "reports"
    folder.mkdir()

    for form, name in (("junit", "indelible.xml"), ("sarif", "indelible.sarif"), ("jsonl", "indelible.jsonl")):
        assert here("report", *run, "-o", folder, "--format", form).code == 0
        assert (folder / name).exists()
    assert len(ElementTree.parse(folder / "indelible.xml").getroot().findall("testsuite")) == 2
    assert [line.encode() for line in (folder / "indelible.jsonl").read_text().splitlines()] == [
        path.read_bytes() for path in run
    ]


def test_json_into_a_jsonl_file_is_json_lines(here: Here, run: list[Path], tmp_path: Path) -> None:
    """What the name says."""
    assert here("report", *run, "-o", tmp_path / "all.jsonl", "--format", "json").code == 0
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 2


def test_a_document_does_not_replace_a_certificate(here: Here, run: list[Path]) -> None:
    """Not even the second one that was named."""
    before = run[1].read_bytes()

    assert here("report", *run, "-o", run[1], "--format", "junit").code == 2
    assert run[1].read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"{}", b'{"a": 1, "a": 1}', b"\xff\xfe{", b"[" * 5000, b'{"x": 1.5}'])
@pytest.mark.parametrize("form", ["junit", "sarif", "jsonl"])
def test_what_is_no_certificate_is_refused(here: Here, tmp_path: Path, data: bytes, form: str) -> None:
    """Nothing is written."""
    path = tmp_path / "x.certificate.json"
    path.write_bytes(data)

    ran = here("report", path, "-o", tmp_path / "out.xml", "--format", form)

    assert ran.code == 3 and not (tmp_path / "out.xml").exists()
    assert "Traceback" not in ran.err
