"""The pytest plugin in somebody else's suite: it fails on a leak, says why, and gets in nobody's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from indelible.errors import UsageError
from indelible.pytest_plugin import RedactionBroken, assert_redaction_holds

HIDDEN = (64, 48, 136, 88)
CANARY = "Canary-Eriksson"

SUITE = '''
"""Tests of a redactor that is not ours."""
import reports  # a package of theirs, named like one of our folders
from indelible.pytest_plugin import assert_redaction_holds

BOX = (64, 48, 72, 40)


def test_box(redaction_holds, redaction_plan):
    result = redaction_holds("in.jpg", "box.png", plan=redaction_plan("in.jpg", [(64, 48, 72, 40)], kind="face"))
    assert reports.THEIRS and not [row for row in result.examination.rows if row.outcome == "broken"]


def test_blur(redaction_plan):
    assert_redaction_holds("in.jpg", "blur.png", plan=redaction_plan("in.jpg", [BOX]), accept_limits=["L-NO-RERUN"])


def test_metadata(redaction_holds, redaction_plan):
    redaction_holds("in.jpg", "comment.png", plan=redaction_plan("in.jpg", [BOX]))
'''


def _project(folder: Path) -> None:
    """A foreign project: a source, three redactions by Pillow, and a suite. The box is grown to the source's grid."""
    ground = np.linspace(40, 210, 208 * 160 * 3).reshape(160, 208, 3).astype(np.uint8)
    ground[48:88, 64:136] = np.random.default_rng(1).integers(0, 256, (40, 72, 3), dtype=np.uint8)
    Image.fromarray(ground).save(folder / "in.jpg", quality=90, subsampling=2)
    source = Image.open(folder / "in.jpg").convert("RGB")
    box = source.copy()
    box.paste((0, 0, 0), (63, 47, 145, 97))
    box.save(folder / "box.png", compress_level=1)  # not as we write it, so that it cannot be made again
    blur = source.copy()
    blur.paste(blur.crop(HIDDEN).filter(ImageFilter.GaussianBlur(6)), HIDDEN[:2])
    blur.save(folder / "blur.png")
    from PIL.PngImagePlugin import PngInfo

    comment = PngInfo()
    comment.add_text("Author", CANARY)
    box.save(folder / "comment.png", pnginfo=comment)
    (folder / "reports").mkdir()
    (folder / "reports" / "__init__.py").write_text("THEIRS = True\n")
    (folder / "test_redactor.py").write_text(SUITE)
    (folder / "pytest.ini").write_text("[pytest]\nindelible_accept_limits = L-NO-RERUN L-SOURCE-CODEC\n")


def _pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.claim("T-CI-01")
def test_a_foreign_suite_is_red_where_its_redactor_leaks(tmp_path: Path) -> None:
    """A solid box holds, a blur and a left comment do not; the log says rule and remedy, and no value."""
    _project(tmp_path)

    done = _pytest(tmp_path, "-q")

    assert "2 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "L403 critical: Fill is not constant" in done.stdout
    assert "what to do: Fill the whole area with one opaque colour" in done.stdout
    assert "L112" in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_options_of_the_command_line_count_more_than_the_settings(tmp_path: Path) -> None:
    """With no limit accepted, a file whose redactor cannot be run again does not pass."""
    _project(tmp_path)

    done = _pytest(tmp_path, "-q", "-k", "box", "--indelible-accept-limits", "L-GEOMETRY")

    assert "1 failed" in done.stdout, done.stdout + done.stderr
    assert "L-NO-RERUN" in done.stdout
    assert "accept_limits=['L-NO-RERUN']" in done.stdout


def test_the_plugin_imports_nothing_heavy() -> None:
    """It is loaded into everybody's pytest: no imaging library, no model."""
    code = (
        "import sys, indelible.pytest_plugin; "
        "print([name for name in ('numpy', 'PIL', 'cv2', 'onnxruntime', 'rich', 'typer') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_limit_that_does_not_exist_is_told(tmp_path: Path) -> None:
    """A typing mistake accepts nothing silently."""
    with pytest.raises(UsageError, match="L-METHOD-LOSSY"):
        assert_redaction_holds(None, tmp_path / "x.png", accept_limits=["L-EVERYTHING"])


def test_the_failure_carries_the_examination(tmp_path: Path) -> None:
    """For tests that want to look closer; and no path is in the message."""
    _project(tmp_path)

    with pytest.raises(RedactionBroken) as caught:
        assert_redaction_holds(tmp_path / "in.jpg", tmp_path / "comment.png", accept_limits="L-NO-RERUN")

    assert caught.value.result.verdict.word == "refused"
    assert str(tmp_path) not in str(caught.value)
