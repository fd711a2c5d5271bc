"""A face that is left is found by a detector of another make; a picture without people stays silent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from indelible.detect import blazeface, store
from indelible.errors import ModelMissing
from indelible.media import open_picture, read_file
from indelible.model import Box, Kind, Outcome, Policy, State
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.controls import observe
from indelible.verify.leaks import residual_faces

installed = {row.name for row in store.status() if row.digest_ok}
needs_model = pytest.mark.skipif(
    not {"face_detection_short_range", "face_detection_full_range_sparse"} <= installed,
    reason="the models are not installed (indelible models install)",
)
SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")

ONE_CHECK = """
from indelible.verify.checks import CHECKS, decide
check = CHECKS.get("residual.faces")
print(decide(check.run(check.leaking())).value, decide(check.run(check.clean())).value)
"""


@needs_model
def test_controls_come_out_as_they_must() -> None:
    """The portrait breaks, the same portrait with its face filled holds."""
    check = CHECKS.get("residual.faces")
    leaking = check.run(check.leaking())

    assert decide(leaking) is Outcome.BROKEN
    assert leaking.why == "R-DETECTOR-HIT"
    assert {(f.rule, f.channel, f.severity.value) for f in leaking.findings} == {("L421", "residual.face", "critical")}
    assert decide(check.run(check.clean())) is Outcome.HELD


@needs_model
def test_a_small_face_in_a_large_picture_is_found_in_the_tiles() -> None:
    """72 px of face in 1600 px of picture."""
    scene = samples.texture(1600, 1000, 3)
    face = residual_faces._portrait().resize((160, 160), Image.Resampling.LANCZOS)
    scene.paste(face, (1200, 700))

    hits = residual_faces.find_faces(scene)

    assert any(hit.intersection(Box(1270, 725, 50, 60)) for hit in hits)


def test_a_disc_with_initials_is_no_face_and_a_face_is_no_disc() -> None:
    """On a screen one strong colour fills the disc; skin is never so even, whatever the picture's tint."""
    disc = Image.new("RGB", (80, 80), (250, 250, 252))
    pen = ImageDraw.Draw(disc)
    pen.ellipse((4, 4, 76, 76), fill=(80, 160, 170))
    pen.text((40, 40), "DK", fill="white", font=ImageFont.load_default(size=24), anchor="mm")
    whole = Box(10, 10, 60, 60)
    portrait = residual_faces._portrait()
    grey = portrait.convert("L").point(lambda value: 255 * (value > 110)).convert("RGB")

    assert residual_faces.is_painted(disc, whole)
    assert residual_faces.is_painted(open_picture(samples.encoded(disc, "jpeg", quality=90)).image, whole)
    assert not residual_faces.is_painted(portrait, residual_faces._FACE)
    assert not residual_faces.is_painted(grey, residual_faces._FACE)


@needs_model
def test_a_person_may_waive_a_hit() -> None:
    """A rejected redaction over the face."""
    check = CHECKS.get("residual.faces")
    subject = check.leaking()
    plan = samples.plan_for(subject.published, [Box(150, 40, 150, 160)], kind=Kind.FACE)
    rejected = replace(plan, redactions=(replace(plan.redactions[0], state=State.REJECTED),))

    assert decide(check.run(replace(subject, plan=plan))) is Outcome.BROKEN
    assert decide(check.run(replace(subject, plan=rejected))) is Outcome.HELD


def test_a_missing_model_never_passes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The check says that its model is missing."""
    check = CHECKS.get("residual.faces")
    monkeypatch.setenv("INDELIBLE_MODELS", os.fspath(tmp_path))
    monkeypatch.setattr(residual_faces, "_NETS", {})

    with pytest.raises(ModelMissing):
        check.run(check.leaking())


@needs_model
def test_a_missing_runtime_never_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package that runs the models the row is inconclusive."""
    check = CHECKS.get("residual.faces")
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.setattr(residual_faces, "_NETS", {})

    outcome, observation = observe(check, check.clean())

    assert (outcome, observation.why) == (Outcome.INCONCLUSIVE, "R-MODEL-MISSING")


def test_it_runs_only_where_faces_are_in_the_policy() -> None:
    """A policy without faces does not ask."""
    check = CHECKS.get("residual.faces")
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)), policy=Policy(kinds=(Kind.CODE,)))

    assert check.applies(subject) == "kind_not_in_policy"


@needs_model
@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_face_on_its_side_is_found_where_it_is(turn: Image.Transpose) -> None:
    """A scan without an orientation tag; the box is that of the turned face."""
    side = 320
    box = residual_faces._FACE.corners
    mask = Image.new("L", (side, side))
    mask.paste(255, box)
    where = mask.transpose(turn).getbbox()
    assert where is not None
    face = Box(where[0], where[1], where[2] - where[0], where[3] - where[1])

    hits = residual_faces.find_faces(residual_faces._portrait().transpose(turn))

    shared = [part.area / hit.area for hit in hits if (part := hit.intersection(face)) is not None]
    assert max(shared, default=0) > 0.6


@needs_model
def test_the_same_picture_has_the_same_hits() -> None:
    """To the last bit of a score."""
    image = residual_faces._portrait()

    assert residual_faces.candidates(image) == residual_faces.candidates(image)


@needs_model
@pytest.mark.parametrize("size", [(1, 1), (1, 700), (2000, 3), (513, 40)])
def test_pictures_of_odd_shapes_are_looked_at(size: tuple[int, int]) -> None:
    """A sliver has no face and crashes nothing."""
    assert residual_faces.find_faces(Image.new("L", size, 128)) == ()


@given(width=st.integers(1, 3000), side=st.sampled_from(residual_faces.TILES_PX))
def test_tiles_cover_every_pixel_and_overlap(width: int, side: int) -> None:
    """No face falls between two tiles."""
    starts = residual_faces._starts(width, side)

    assert starts[0] == 0
    assert starts[-1] + side >= width
    assert all(0 < after - before <= 0.76 * side for before, after in zip(starts, starts[1:], strict=False))


@given(turns=st.integers(1, 3), x=st.integers(0, 30), y=st.integers(0, 20), size=st.tuples(*[st.integers(1, 9)] * 2))
def test_hits_are_turned_back_to_their_place(turns: int, x: int, y: int, size: tuple[int, int]) -> None:
    """A marked rectangle, turned with the picture, comes back as it was."""
    pixels = np.zeros((32, 48), np.uint8)
    pixels[y : y + size[1], x : x + size[0]] = 1
    rows, columns = np.nonzero(np.rot90(pixels, turns))
    low, high = (columns.min(), rows.min()), (columns.max() + 1, rows.max() + 1)
    hit = (float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]), 0.9)

    assert residual_faces._turned_back(hit, turns, pixels.shape) == (x, y, *size, 0.9)


@pytest.mark.parametrize(("model", "count"), [(blazeface.FULL_RANGE, 2304), (blazeface.SHORT_RANGE, 896)])
def test_anchors_are_as_many_as_the_models_outputs(model: blazeface.Model, count: int) -> None:
    """In the middle of their cells, inside the input."""
    centres = blazeface.anchors(model)

    assert centres.shape == (count, 2)
    assert 0 < centres.min() < centres.max() < 1


def test_only_the_known_line_is_kept_off_the_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """What else the runtime says, and an exception, come through."""
    with pytest.raises(RuntimeError), blazeface._without_chatter():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nERROR: something else\n")
        raise RuntimeError

    assert capfd.readouterr().err == "ERROR: something else\n"


@needs_model
def test_no_socket_is_opened() -> None:
    """The kernel is asked, not Python: the models run in native code, whose calls an audit hook does not see."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run([strace, "-qq", "/bin/true"], capture_output=True, timeout=30)
    if probe.returncode != 0:
        pytest.skip("this machine does not let a process be traced")

    quiet = _traced(strace, ONE_CHECK)
    loud = _traced(strace, "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()")

    assert quiet.stdout == "broken held\n"
    assert quiet.stderr == ""
    assert "socket(AF_INET" in loud.stderr


def _traced(strace: str, code: str) -> subprocess.CompletedProcess[str]:
    """Network calls, of all threads and children, on the standard error."""
    command = [strace, "-f", "-qq", "-e", "trace=network", "-e", "signal=none", sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@needs_model
@needs_samples
@pytest.mark.parametrize(("group", "step"), [("negatives", 3), ("codes", 8)])
def test_pictures_without_people_stay_silent(group: str, step: int) -> None:
    """Each false hit would refuse a certificate."""
    files = sorted((SAMPLES / group).glob("*.[jp]*g"))[::step]

    assert len(files) >= 5
    assert [file.name for file in files if residual_faces.find_faces(_opened(file))] == []


@needs_model
@needs_samples
def test_portraits_on_documents_are_seen() -> None:
    """Both portraits of a specimen passport, the second one small and pale."""
    hits = residual_faces.find_faces(_opened(SAMPLES / "documents" / "specimen_100_pass-cze.jpg"))

    assert len(hits) == 2


def _opened(file: Path) -> Image.Image:
    return open_picture(read_file(file)).image
