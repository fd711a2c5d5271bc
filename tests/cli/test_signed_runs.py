"""A run from the key to the proof, as its user and its auditor see it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import QUICK, Here


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty key folder, so that nobody's real key signs a test."""
    folder = tmp_path / "keys"
    monkeypatch.setenv("INDELIBLE_KEYS", str(folder))
    return folder


@pytest.mark.claim("T-MRK-01")
def test_a_run_is_signed_and_checked_offline(here: Here, photo: Path, drawing: Path, tmp_path: Path) -> None:
    """keys new, certify, check with file, key and proof: nothing else is needed."""
    out = tmp_path / "out"
    assert here("keys", "new").code == 0
    public = tmp_path / "issuer.pub"
    public.write_text(here("keys", "show").out)
    ran = here("certify", photo, drawing, "-o", out, *QUICK, "--json")

    for line in ran.lines:
        certificate = Path(line["certificate"])
        proof = certificate.with_name(certificate.name.replace(".certificate.json", ".proof.json"))
        checked = here("check", certificate, "--file", line["output"], "--key", public, "--proof", proof, "--json")
        answer = checked.lines[0]

        assert (answer["state"], answer["signature"], answer["key"]) == ("VALID", "verifies", "pinned")
        assert (answer["file"], answer["proof"], answer["verdict"]) == ("matches", "holds", line["verdict"])
        assert checked.code == (10 if line["verdict"] == "certified_with_limits" else 0)
        link = out / "private" / certificate.name.replace(".certificate.json", ".link.json")
        assert stat.S_IMODE(link.stat().st_mode) == 0o600
        linked = here("check", certificate, "--original", line["file"], "--link", link, "--json")
        assert linked.lines[0]["original"] == "matches"
    runs = {json.loads(Path(line["certificate"]).read_bytes())["predicate"]["runId"] for line in ran.lines}
    assert runs == {json.loads((out / "run" / "checkpoint.json").read_bytes())["runId"]}


def test_without_a_key_certificates_are_unsigned_and_say_so(here: Here, drawing: Path, tmp_path: Path) -> None:
    """As before; and a signature left over from an earlier run does not stay beside them."""
    out = tmp_path / "out"
    here("certify", drawing, "-o", out, *QUICK, "--json")
    unsigned = here("certify", drawing, "-o", out, *QUICK, "--json").lines[0]

    assert unsigned["envelope"] is None and not list(out.rglob("*.dsse")) and not list(out.rglob("*.proof.json"))
    checked = here("check", unsigned["certificate"], "--json")
    assert (checked.code, checked.lines[0]["reasons"]) == (20, ["unsigned"])


def test_a_signature_left_over_goes(here: Here, drawing: Path, tmp_path: Path, own_keys: Path) -> None:
    """Signed first, then certified again without the key: no envelope of other bytes stands beside the certificate."""
    out = tmp_path / "out"
    here("keys", "new")
    signed = here("certify", drawing, "-o", out, *QUICK, "--json").lines[0]
    assert Path(signed["envelope"]).exists()
    (own_keys / "signing.pem").unlink()
    again = here("certify", drawing, "-o", out, *QUICK, "--json").lines[0]

    assert again["certificate"] == signed["certificate"] and not Path(signed["envelope"]).exists()


def test_a_wrong_signing_key_is_told_before_any_work(here: Here, drawing: Path, tmp_path: Path) -> None:
    """Wrong use, and nothing is written."""
    (tmp_path / "key.pem").write_text("no key")
    (tmp_path / "key.pem").chmod(0o600)

    assert here("certify", drawing, "-o", tmp_path / "out", "--key", tmp_path / "key.pem", *QUICK).code == 2
    assert not (tmp_path / "out").exists()
