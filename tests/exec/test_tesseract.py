"""Tesseract reads words and places, fails loudly, and keeps what it read out of every representation."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from indelible.errors import MissingError, ToolError
from indelible.exec import tesseract
from indelible.verify import samples

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")


@needs_tesseract
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_words_come_with_places_in_the_picture(scale: float) -> None:
    """Whatever the scale at which they were read."""
    page = samples.page(("Harbour Lighthouse",), size=(320, 70), text_px=24)

    words = [word for line in tesseract.read_lines(page, scale=scale) for word in line]

    assert [word.text for word in words] == ["Harbour", "Lighthouse"]
    assert all(word.confidence > 0.8 and 18 <= word.box.x < word.box.right <= 300 for word in words)
    assert "Harbour" not in repr(words)


@needs_tesseract
def test_an_empty_page_has_no_words() -> None:
    """No words is an answer."""
    assert tesseract.read_lines(Image.new("L", (200, 100), 255)) == ()


def _fake(folder: Path, script: str) -> None:
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="ascii")
    program.chmod(0o755)


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo nonsense",
        "sleep 30",
        "kill -SEGV $$",
        "printf 'level\\tpage_num\\tblock_num\\n5\\t1\\t1\\t1\\t1\\t1\\tx\\t0\\t1\\t1\\t9\\ta\\n'",
    ],
)
def test_a_reader_that_crashes_lies_or_hangs_is_an_error(
    script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Never an empty result."""
    _fake(tmp_path, script)
    monkeypatch.setenv("PATH", os.pathsep.join((os.fspath(tmp_path), os.defpath)))

    with pytest.raises(ToolError):
        tesseract.read_lines(Image.new("L", (40, 40)), timeout_s=1.0)


def test_a_missing_reader_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its exit code 4."""
    monkeypatch.setenv("PATH", os.fspath(tmp_path))

    with pytest.raises(MissingError) as caught:
        tesseract.read_lines(Image.new("L", (40, 40)))

    assert caught.value.exit_code == 4
