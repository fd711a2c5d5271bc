"""The report does not leak: other hidden content, the same certificate and the same page, byte for byte."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.api import certify
from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, State
from indelible.model.plan import Source
from indelible.reports import commitment, keys
from tests.reports.examinations import PINNED

SIZE = (208, 160)
HIDDEN = Box(64, 48, 72, 40)


def _original(seed: int) -> bytes:
    """A JPEG, 4:2:0, whose hidden area comes from the seed; everything else is the same."""
    ground = np.linspace(40, 210, SIZE[0] * SIZE[1] * 3).reshape(SIZE[1], SIZE[0], 3).astype(np.uint8)
    hidden = np.random.default_rng(seed).integers(0, 256, (HIDDEN.height, HIDDEN.width, 3), dtype=np.uint8)
    ground[HIDDEN.y : HIDDEN.bottom, HIDDEN.x : HIDDEN.right] = hidden
    buffer = io.BytesIO()
    Image.fromarray(ground).save(buffer, "JPEG", quality=88, subsampling=2)
    return buffer.getvalue()


def _evidence(folder: Path, seed: int, key: Path | None = None) -> dict[str, bytes]:
    """Certificate, envelope and page of one original, clock and ids pinned."""
    data = _original(seed)
    folder.mkdir()
    source = folder / "in.jpg"
    source.write_bytes(data)
    plan = RedactionPlan(
        source=Source(sha256=hashlib.sha256(data).hexdigest(), width=SIZE[0], height=SIZE[1]),
        policy="public",
        redactions=(Redaction(id="r1", kind=Kind.FACE, region=Region(box=HIDDEN), state=State.ACCEPTED),),
    )
    result = certify(
        source,
        folder / "out",
        plan=plan,
        alias=PINNED["alias"],
        issued_at=PINNED["issued_at"],
        certificate_id=PINNED["certificate_id"],
        run_id=PINNED["run_id"],
        key=key,
    )
    assert result.output is not None
    return {path.name: path.read_bytes() for path in sorted((folder / "out").iterdir()) if path.is_file()}


@pytest.mark.claim("T-LEAK-07")
def test_two_originals_one_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two originals that differ only inside the region: every byte that is written for the public is the same.

    The keyed commitment differs by design; it is held still here, and tested in test_keys.py.
    """
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "keys"))
    keys.new()
    monkeypatch.setattr(commitment, "commit", lambda original, key: "c" * 64)
    one, other = _evidence(tmp_path / "one", 1), _evidence(tmp_path / "other", 2)

    assert _original(1) != _original(2)
    assert len(one) == 4
    assert one == other


@pytest.mark.claim("T-LEAK-06")
def test_no_digest_of_the_original_in_the_evidence(tmp_path: Path) -> None:
    """A digest of the original would confirm a guess: it stands in no file that is written for the public."""
    data = _original(1)
    evidence = _evidence(tmp_path / "one", 1)

    for algorithm in ("sha256", "sha1", "md5"):
        digest = hashlib.new(algorithm, data).hexdigest().encode()
        assert all(digest not in content for content in evidence.values())
