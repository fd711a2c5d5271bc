"""Plans go out to be reviewed and come back: strictly read, matched by content, never lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from indelible.cli.documents import MAX_BYTES, read_json, write_plan
from indelible.errors import OutputError, UsageError
from indelible.media import open_picture, read_file
from tests.cli.conftest import QUICK, Here, small


def planned(here: Here, photo: Path, folder: Path) -> Path:
    (line,) = here("plan", photo, "-o", folder, "--json", *QUICK).lines
    return Path(line["plan"])


def edited(path: Path, **redaction: Any) -> None:
    """A person adds a region by hand."""
    document = json.loads(path.read_text())
    document["redactions"].append(
        {"id": "mine", "kind": "custom", "box": [8, 8, 32, 24], "state": "accepted", "frame": 0, **redaction}
    )
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("form", ["file", "folder"])
def test_an_edited_plan_is_replayed(here: Here, photo: Path, tmp_path: Path, form: str) -> None:
    """A region that only a person saw is filled in the published file, exactly."""
    plan = planned(here, photo, tmp_path / "plans")
    edited(plan, color="#ff0000")

    ran = here(
        "certify", photo, "-o", tmp_path / "out", "--plan", plan if form == "file" else plan.parent, "--json", *QUICK
    )
    (line,) = ran.lines

    assert ran.code in (0, 10), line
    assert [(region["id"], region["kind"], region["evidence"]) for region in line["regions"]] == [
        ("mine", "custom", "by_construction")
    ]
    picture = open_picture(read_file(Path(line["output"]))).image
    colors = picture.crop((8, 8, 40, 32)).getcolors()
    assert colors is not None and len(colors) == 1


def test_verify_takes_the_original_and_its_plan(here: Here, photo: Path, tmp_path: Path) -> None:
    """Our own output, examined as anybody's: the swap test runs again."""
    plan = planned(here, photo, tmp_path / "plans")
    edited(plan)
    (made,) = here("certify", photo, "-o", tmp_path / "out", "--plan", plan, "--json", *QUICK).lines

    ran = here("verify", made["output"], "--original", photo, "--plan", plan.parent, "--json", *QUICK)

    assert ran.code in (0, 10)
    assert ran.lines[0]["regions"][0]["evidence"] == "by_construction"


def test_a_folder_without_a_plan_for_the_file_is_wrong_use(
    here: Here, photo: Path, drawing: Path, tmp_path: Path
) -> None:
    """Falling back to a search would publish what the reviewer had marked elsewhere."""
    planned(here, photo, tmp_path / "plans")

    ran = here("certify", drawing, photo, "-o", tmp_path / "out", "--plan", tmp_path / "plans", "--json", *QUICK)

    assert ran.code == 2
    assert [line["error"] and line["error"]["code"] for line in ran.lines] == ["plan_not_found", None]


def test_a_plan_for_another_file_is_refused(here: Here, photo: Path, drawing: Path, tmp_path: Path) -> None:
    """Boxes of another picture hide nothing in this one."""
    plan = planned(here, photo, tmp_path / "plans")

    ran = here("certify", drawing, "-o", tmp_path / "out", "--plan", plan, "--json", *QUICK)

    assert ran.code in (2, 3)
    assert ran.lines[0]["error"] is not None and ran.lines[0]["output"] is None


def test_an_original_that_is_not_there_is_said(here: Here, photo: Path, tmp_path: Path) -> None:
    """Without it the verdict would rest on less than was asked for."""
    ran = here("verify", photo, "--original", tmp_path / "nosuch.jpg", "--json", *QUICK)

    assert ran.code == 2
    assert ran.lines[0]["error"]["code"] == "original_not_found"


def plan_of(digest: str, **fields: Any) -> dict[str, Any]:
    source = {"sha256": digest * 64, "width": 96, "height": 64, "frames": 1}
    return {"schema": "indelible/plan/1", "source": source, "policy": "public", "redactions": [], **fields}


def test_pictures_of_one_name_get_plans_of_two(tmp_path: Path) -> None:
    """a/photo.jpg and b/photo.jpg: neither plan replaces the other."""
    first = write_plan(tmp_path, "photo", plan_of("a"))
    second = write_plan(tmp_path, "photo", plan_of("b"))

    assert (first.name, second.name) == ("photo.plan.json", "photo-2.plan.json")


def test_an_edited_plan_is_never_replaced(tmp_path: Path) -> None:
    """An hour of review is not lost to a second run; an unchanged plan is no error."""
    path = write_plan(tmp_path, "photo", plan_of("a"))
    assert write_plan(tmp_path, "photo", plan_of("a")) == path
    edited(path)
    work = path.read_text()

    with pytest.raises(OutputError, match="Move it away"):
        write_plan(tmp_path, "photo", plan_of("a"))
    assert path.read_text() == work


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "{'a': 1}", "\ufeff{}", "", " " * (MAX_BYTES + 1)],
    ids=["twice", "nan", "deep", "quotes", "bom", "empty", "large"],
)
def test_a_plan_is_strict_json_of_bounded_size(tmp_path: Path, text: str) -> None:
    """Two readings of one plan would be two redactions."""
    path = tmp_path / "x.plan.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match="plan file"):
        read_json(path, "plan")


def test_a_policy_file_is_taken(here: Here, photo: Path, tmp_path: Path) -> None:
    """Choices that a team has agreed on, in one file."""
    policy = tmp_path / "ours.json"
    policy.write_text('{"name": "ours", "kinds": ["code"], "accept_limits": ["L-NO-REGIONS"]}')

    assert here("certify", photo, "-o", tmp_path / "out", "--policy", policy).code == 0
    policy.write_text('{"kind": ["code"]}')
    assert here("certify", photo, "-o", tmp_path / "out", "--policy", policy).code == 2


def test_plans_in_the_folder_of_a_second_picture_are_found(here: Here, photo: Path, tmp_path: Path) -> None:
    """The plan is matched by the picture's bytes, whatever anybody has renamed."""
    plan = planned(here, photo, tmp_path / "plans")
    edited(plan)
    plan.rename(plan.with_name("renamed.plan.json"))
    small(80, 80).save(tmp_path / "other.png")
    here("plan", tmp_path / "other.png", "-o", tmp_path / "plans", *QUICK)

    (line,) = here("redact", photo, "-o", tmp_path / "out", "--plan", tmp_path / "plans", "--json").lines

    assert [region["id"] for region in line["regions"]] == ["mine"]
