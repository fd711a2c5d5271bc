"""The index of a run on the command line: the run before it, and runs that go wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import QUICK, Here


def _twin(out: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((out / "index.json").read_bytes())
    return found


def test_a_second_run_is_compared_with_the_first(here: Here, drawing: Path, photo: Path, tmp_path: Path) -> None:
    """Into the same folder without a word; into another with --previous. The first has nothing to compare with."""
    out, other = tmp_path / "out", tmp_path / "other"
    here("certify", drawing, "-o", out, *QUICK)
    first = _twin(out)
    assert first["previous"] is None
    assert "There is no previous run" in (out / "index.html").read_text("utf-8")

    here("certify", drawing, photo, "-o", out, *QUICK)
    here("certify", drawing, "-o", other, "--previous", out, *QUICK)

    changes = [_twin(folder)["previous"]["changes"] for folder in (out, other)]  # type: ignore[index]
    assert changes[0] == {"worse": 0, "better": 0, "same": 1, "unmatched": 1, "gone": 0}
    assert changes[1] == {"worse": 0, "better": 0, "same": 1, "unmatched": 0, "gone": 1}
    assert _twin(out)["previous"]["run"] == first["run"]  # type: ignore[index]
    certificate = next(out.glob("*.certificate.json"))
    body = json.loads(certificate.read_bytes())["predicate"]
    assert _twin(out)["run"] == {
        "id": body["runId"],
        "policy": {name: body["policy"][name] for name in ("id", "digest")},
        "suite": body["suite"]["version"],
    }


@pytest.mark.parametrize("data", [None, b"", b'{"a": 1, "a": 2}', b"\xff\xfe"])
def test_a_previous_run_that_was_named_and_is_none_is_told_before_any_work(
    here: Here, drawing: Path, tmp_path: Path, data: bytes | None
) -> None:
    """Wrong use, and nothing is written."""
    named = tmp_path / "index.json"
    if data is not None:
        named.write_bytes(data)

    ran = here("certify", drawing, "-o", tmp_path / "out", "--previous", named, *QUICK)

    assert ran.code == 2 and "--previous" in ran.err
    assert not (tmp_path / "out").exists()


def test_an_index_that_is_damaged_where_it_stands_stops_nothing(here: Here, drawing: Path, tmp_path: Path) -> None:
    """The page says so, and takes its place."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "index.json").write_text("<html>")

    assert here("certify", drawing, "-o", out, "--accept-limits", *QUICK).code == 0
    assert "cannot be read as one" in (out / "index.html").read_text("utf-8")
    assert _twin(out)["previous"] is None


def test_a_run_without_a_certificate_does_not_leave_the_page_of_another(
    here: Here, drawing: Path, tmp_path: Path
) -> None:
    """Every file failed: the index says that, and not what the run before said. Where there was none, none is made."""
    (tmp_path / "bad.png").write_bytes(b"no picture")
    out = tmp_path / "out"
    here("certify", tmp_path / "bad.png", "-o", out, *QUICK)
    assert not (out / "index.html").exists()

    here("certify", drawing, "-o", out, *QUICK)
    here("certify", tmp_path / "bad.png", "-o", out, *QUICK)

    twin = _twin(out)
    assert twin["counts"]["not_examined"] == twin["counts"]["files"] == 1  # type: ignore[index]
    assert "file-0002" not in (out / "index.html").read_text("utf-8")


@pytest.mark.parametrize("name", ["_a.png", "-a.png", ".a.png", "a b<script>.png", f"{'x' * 180}.png"])
def test_a_name_that_was_asked_for_does_not_lose_the_page(here: Here, drawing: Path, tmp_path: Path, name: str) -> None:
    """With {stem} in the template a link carries the input's name, cleaned; the page stands whatever it is."""
    source = tmp_path / "in" / name
    source.parent.mkdir()
    source.write_bytes(drawing.read_bytes())
    out = tmp_path / "out"

    ran = here("certify", source, "-o", out, "--name-template", "{stem}", "--accept-limits", *QUICK)

    assert ran.code == 0, ran.err
    page = (out / "index.html").read_text("utf-8")
    assert "<script" not in page
    report = _twin(out)["files"][0]["report"]  # type: ignore[index]
    assert (out / report).exists() and f'href="{report}"' in page
