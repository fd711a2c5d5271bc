"""The front doors, where one file's result could touch another's."""

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image

import indelible
from indelible.errors import OutputError
from indelible.model import Kind, RedactionPlan, Source

POLICY = indelible.Policy(kinds=(Kind.CODE,))


def picture(path: Path, seed: int) -> RedactionPlan:
    """A small PNG, and the plan that leaves it as it is."""
    Image.linear_gradient("L").rotate(seed).resize((64, 48)).save(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return RedactionPlan(source=Source(sha256=digest, width=64, height=48), policy="public", redactions=())


def test_a_name_that_is_taken_leaves_the_other_files_evidence_alone(tmp_path: Path) -> None:
    """The second run is refused before it writes; file and certificate of the first still belong together."""
    out, template = tmp_path / "out", "press-{index}"
    plans = [picture(tmp_path / f"{seed}.png", seed) for seed in (0, 90)]
    first = indelible.certify(tmp_path / "0.png", out, plan=plans[0], policy=POLICY, name_template=template)
    before = {item.name: item.read_bytes() for item in out.rglob("*") if item.is_file()}

    with pytest.raises(OutputError, match="Another file"):
        indelible.certify(tmp_path / "90.png", out, plan=plans[1], policy=POLICY, name_template=template)

    assert {item.name: item.read_bytes() for item in out.rglob("*") if item.is_file()} == before
    assert first.output is not None
    stated = json.loads(first.certificate.read_bytes())["subject"][0]["digest"]["sha256"]
    assert stated == hashlib.sha256(first.output.read_bytes()).hexdigest()
