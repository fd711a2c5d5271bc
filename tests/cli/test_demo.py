"""The demonstration is a run like any other: with a key its certificates are signed and the run is sealed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import indelible.corpus.demo
from indelible.detect import store
from tests.cli.conftest import Here, small


@pytest.fixture
def one_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """One small picture in place of the three that take a minute."""
    if any(not model.digest_ok for model in store.status()):
        pytest.skip("the models are not installed: run `indelible models install`")

    def write(folder: Path) -> Iterator[Path]:
        folder.mkdir(parents=True, exist_ok=True)
        small().save(folder / "drawing.png")
        yield folder / "drawing.png"

    monkeypatch.setattr(indelible.corpus.demo, "write_inputs", write)


@pytest.mark.claim("T-MRK-01")
def test_the_demonstration_seals_its_run(
    here: Here, one_picture: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `certify` does: proof, policy, index; and a second demonstration is compared with the first."""
    del one_picture
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "keys"))
    here("keys", "new")
    out = tmp_path / "demo"

    assert here("demo", "-o", out).code == 0
    certificate = next(out.glob("*.certificate.json"))
    proof = certificate.with_name(certificate.name.replace(".certificate.json", ".proof.json"))
    checked = here("check", certificate, "--proof", proof, "--accept-limits", "--json").lines[0]
    assert (checked["state"], checked["proof"]) == ("VALID", "holds")
    assert (out / "run" / "checkpoint.dsse").exists() and (out / "run" / "policy.json").exists()

    (tmp_path / "keys" / "signing.pem").unlink()
    assert here("demo", "-o", out).code == 0
    twin = json.loads((out / "index.json").read_bytes())
    assert twin["previous"]["changes"]["same"] == 1
