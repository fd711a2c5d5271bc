"""The report does not leak: other hidden content, the same certificate, page, index and documents, byte for byte."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indelible.api import certify
from indelible.batch.index import write_index
from indelible.model import Box, Kind, Redaction, RedactionPlan, Region, State
from indelible.model.plan import Source
from indelible.reports import commitment, keys
from indelible.reports.certificate import parse
from indelible.reports.formats import FORMATS, RUN_FORMATS, render, render_run
from indelible.reports.run_index import RunFacts
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
    assert result.output is not None and result.certificate is not None
    statement, published = parse(result.certificate.read_bytes()), result.output.read_bytes()
    for form in FORMATS.names():
        if form in RUN_FORMATS.names():
            (folder / "out" / f"run.{form}").write_bytes(render_run(form, [statement, statement]))
        elif form != "pdf":
            (folder / "out" / f"one.{form}").write_bytes(render(form, statement, published))
        elif shutil.which("chromium") and shutil.which("pdftotext"):
            # the browser numbers its own nodes as it likes: what is read from the document has to be the same
            told = subprocess.run(
                ["pdftotext", "-layout", "-", "-"],
                input=render(form, statement, published),
                capture_output=True,
                check=True,
            )
            (folder / "out" / "one.pdf.txt").write_bytes(told.stdout)
    facts = RunFacts(id=PINNED["run_id"], policy="public/1", policy_sha256="0" * 64, suite="2026.11")
    write_index(folder / "out", [result.to_dict()], run=facts)
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
    assert {Path(name).suffix for name in one} >= {".jpg", ".html", ".json", ".dsse", ".junit", ".sarif", ".jsonl"}
    assert {"index.html", "index.json"} <= set(one)
    assert {name for name in one if one[name] != other[name]} == set() and one.keys() == other.keys()


def test_a_certificate_that_depends_on_what_is_hidden_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: the commitment is let in, which differs by design, and every document of it differs."""
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(commitment, "commit", lambda original, key: hashlib.sha256(original).hexdigest())
    one, other = _evidence(tmp_path / "one", 1), _evidence(tmp_path / "other", 2)
    differ = {name for name in one if one[name] != other.get(name)}

    assert {Path(name).suffix for name in differ} >= {".json", ".html", ".jsonl"}
    assert not {name for name in differ if name.endswith(".jpg")}


@pytest.mark.claim("T-LEAK-06")
def test_no_digest_of_the_original_in_the_evidence(tmp_path: Path) -> None:
    """A digest of the original would confirm a guess: it stands in no file that is written for the public."""
    data = _original(1)
    evidence = _evidence(tmp_path / "one", 1)

    for algorithm in ("sha256", "sha1", "md5"):
        digest = hashlib.new(algorithm, data).hexdigest().encode()
        assert all(digest not in content for content in evidence.values())
