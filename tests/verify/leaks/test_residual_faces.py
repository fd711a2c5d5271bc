"""A face that is left is found by a detector of another make; a picture without people stays silent."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from indelible.detect import store
from indelible.errors import ModelMissing
from indelible.model import Box, Kind, Outcome, Policy, State
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks import residual_faces

installed = {row.name for row in store.status() if row.digest_ok}
needs_model = pytest.mark.skipif(
    "face_detection_short_range" not in installed, reason="the model is not installed (indelible models install)"
)
NEGATIVES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "negatives"


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
    monkeypatch.setattr(residual_faces, "_NET", [])

    with pytest.raises(ModelMissing):
        check.run(check.leaking())


def test_it_runs_only_where_faces_are_in_the_policy() -> None:
    """A policy without faces does not ask."""
    check = CHECKS.get("residual.faces")
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)), policy=Policy(kinds=(Kind.CODE,)))

    assert check.applies(subject) == "kind_not_in_policy"


@needs_model
@pytest.mark.skipif(not NEGATIVES.is_dir(), reason="the shared samples are not here")
def test_pictures_without_people_stay_silent() -> None:
    """Each false hit would refuse a certificate."""
    files = sorted(NEGATIVES.glob("*.[jp]*g"))[::4]

    assert [file.name for file in files if residual_faces.find_faces(Image.open(file).convert("RGB"))] == []
