"""A certificate renewed from the published file alone: nothing gets better on the way, and the chain can be followed."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

import indelible
from indelible import cli
from indelible.model import Kind, Outcome, Policy, RedactionPlan
from indelible.reports import keys, supersession
from indelible.reports.certificate import canonical, issuer_of, parse, recompute, seal
from indelible.reports.statement import SIGNED
from tests.reports.bundles import ISSUER, statement_of, suite_rows, whole
from tests.reports.examinations import arms

Object = dict[str, Any]
QUICK = Policy(kinds=(Kind.CODE,))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small picture with one solid region, certified, and its certificate."""
    folder = tmp_path_factory.mktemp("recheck")
    image = Image.linear_gradient("L").resize((160, 96)).convert("RGB")
    ImageDraw.Draw(image).ellipse((40, 30, 70, 60), fill=(200, 40, 40))
    image.save(folder / "photo.png")
    plan = indelible.plan(folder / "photo.png", policy=QUICK).to_dict()
    plan["redactions"] = [
        {"id": "r1", "kind": "custom", "frame": 0, "box": [36, 26, 40, 40], "fill": "solid", "color": "#000000",
         "source": "human", "score": None, "state": "accepted", "note": ""}
    ]  # fmt: skip
    result = indelible.certify(folder / "photo.png", folder / "out", plan=RedactionPlan.from_dict(plan), policy=QUICK)
    assert result.output is not None, result.to_dict()
    return result.output, result.certificate


def _run(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    capfd.readouterr()
    code = cli.run([str(item) for item in arguments])
    return code, *capfd.readouterr()


def _signed(certificate: Path, folder: Path, **members: Any) -> Path:
    """The certificate as its issuer would have signed it."""
    statement = parse(certificate.read_bytes())
    statement["predicate"] |= {"issuer": issuer_of(ISSUER.public_key), "signature": SIGNED, **members}
    folder.mkdir()
    path = folder / "x.certificate.json"
    path.write_bytes(canonical(statement))
    (folder / "x.certificate.dsse").write_bytes(seal(statement, ISSUER))
    (folder / "issuer.pub").write_bytes(keys.public_pem(ISSUER.public_key))
    return path


@pytest.mark.claim("T-EXP-03")
def test_recheck_needs_no_original(
    published: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A new certificate, signed, by construction as before, that names the old one; the chain checks."""
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "keys"))
    own = keys.new()
    file, certificate = published
    old = _signed(certificate, tmp_path / "old")
    issuer = tmp_path / "old" / "issuer.pub"

    code, out, err = _run(capfd, "recheck", file, "--certificate", old, "--issuer", issuer, "-o", tmp_path / "new")

    new = tmp_path / "new" / "x.certificate.json"
    statement = parse(new.read_bytes())
    body, before = statement["predicate"], parse(old.read_bytes())["predicate"]
    assert code == {"certified": 0, "certified_with_limits": 10}[before["verdict"]], out + err
    assert body["verdict"] == before["verdict"]
    assert body["issuer"]["keyId"] == own.key_id
    assert [item["evidence"] for item in body["plan"]["regions"]] == ["by_construction"]
    assert body["supersedes"]["reason"] == "renewal"
    carried = [row["check"] for row in body["rows"] if row["id"] in body["supersedes"]["carried"]]
    assert "construction.after_decode/1" in carried and not any(name.startswith("residual") for name in carried)
    assert body["original"] == before["original"] and body["policy"] == before["policy"]
    assert body["certificateId"] != before["certificateId"]
    checked, out, _ = _run(capfd, "check", new, "--file", file, "--previous", old, "--json")
    assert (checked, json.loads(out)["state"], json.loads(out)["reasons"]) == (code, "VALID", [])
    assert (tmp_path / "new" / "x.report.html").exists()


def test_nobody_signs_what_somebody_unknown_said(
    published: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Unsigned stays unsigned; a stranger's certificate, another file and a damaged certificate are refused."""
    monkeypatch.setenv("INDELIBLE_KEYS", str(tmp_path / "keys"))
    keys.new()
    file, certificate = published
    stranger = _signed(certificate, tmp_path / "stranger")
    other = tmp_path / "other.png"
    other.write_bytes(file.read_bytes() + b"\0")

    unsigned = tmp_path / "unsigned.certificate.json"
    statement = parse(certificate.read_bytes())
    statement["predicate"] |= {"issuer": None, "signature": "unsigned"}
    unsigned.write_bytes(canonical(statement))

    code, _, err = _run(capfd, "recheck", file, "--certificate", unsigned, "-o", tmp_path / "a")
    assert code in (0, 10), err
    assert parse((tmp_path / "a" / "unsigned.certificate.json").read_bytes())["predicate"]["signature"] == "unsigned"
    assert _run(capfd, "recheck", file, "--certificate", stranger, "-o", tmp_path / "b")[0] == 30
    assert _run(capfd, "recheck", other, "--certificate", unsigned, "-o", tmp_path / "c")[0] == 30
    assert not (tmp_path / "b").exists() and not (tmp_path / "c").exists()


# --- the merging itself, on hand-made examinations --------------------------------------------------------------------


def _blind(**changes: Any) -> Any:
    """What an examination without the original comes to."""
    why = {"construction.rederivation": "no_original", "construction.after_decode": "no_original",
           "construction.before_source_compression": "no_original", "pixels.bleed": "no_plan"}  # fmt: skip
    rows = []
    for row in suite_rows():
        if row.id in why:
            row = replace(row, outcome=Outcome.NOT_APPLICABLE, why=why[row.id], armed_by=(), trials=None)
        rows.append(changes.get(row.id, row))
    return whole(rows=tuple(rows), original_given=False)


def test_carried_rows_keep_what_they_said() -> None:
    """Trials, seed and controls of a carried row are the old ones; the regions stay by construction."""
    old = statement_of()

    merged, carried = supersession.merged(_blind(), old)

    rows = {row.id: row for row in merged.rows}
    assert merged.verdict.word.value == "certified"
    assert len(carried) == 4
    assert rows["construction.after_decode"].trials == 9 and rows["construction.after_decode"].armed


def test_a_fill_that_no_longer_holds_is_no_longer_by_construction() -> None:
    """Nothing that needed the original saves a file in which something is found today."""
    broken = replace(
        suite_rows()[0], id="pixels.fill", family="pixels", outcome=Outcome.BROKEN, why="R-PIXEL-RESIDUE",
        armed_by=arms("pixels.fill"), trials=None,
    )  # fmt: skip

    merged, _ = supersession.merged(_blind(**{"pixels.fill": broken}), statement_of())

    assert merged.verdict.word.value == "refused"
    assert {item.evidence.value for item in merged.regions} == {"unknown"}


def test_limits_stay_limits() -> None:
    """A mosaic's limit is there after every renewal."""
    merged, _ = supersession.merged(_blind(), statement_of("with_limits"))

    assert "L-METHOD-LOSSY" in {limit.value for limit in merged.verdict.limits}


def test_why_there_is_a_new_one() -> None:
    """Closed reasons, by the clock and the suites."""
    old = statement_of()
    until = datetime(2029, 11, 23, tzinfo=UTC)

    def why(now: datetime, newest: str) -> str:
        return supersession.why(old, now=now, until=until, newest_suite=newest)

    assert why(datetime(2026, 12, 1, tzinfo=UTC), "2026.11") == "renewal"
    assert why(datetime(2026, 12, 1, tzinfo=UTC), "2027.01") == "suite_newer"
    assert why(datetime(2030, 1, 1, tzinfo=UTC), "2027.01") == "expired"
    assert recompute(copy.deepcopy(old)) == []
