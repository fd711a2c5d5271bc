"""What `detect` offers for looking, and what the choices of a policy do to a plan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from indelible.model import Box
from indelible.preview import SUFFIX
from tests.cli.conftest import QUICK, Here


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A white page with one QR code at 60,40."""
    page = Image.new("RGB", (300, 240), "white")
    symbol = Image.fromarray(
        np.array(zxingcpp.create_barcode("Jane Doe", zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    )
    page.paste(symbol.convert("RGB"), (60, 40))
    path = tmp_path / "page.png"
    page.save(path)
    return path


def test_a_preview_shows_the_box_and_says_that_nothing_is_removed(here: Here, code: Path, tmp_path: Path) -> None:
    before = code.read_bytes()

    (line,) = here("detect", code, "--preview", tmp_path / "look", "--json", *QUICK).lines
    with Image.open(line["preview"]) as preview:
        drawn = np.asarray(preview.convert("RGB"), dtype=int)

    strip = drawn.shape[0] - 240
    left, top, width, height = line["detections"][0]["box"]
    edge = drawn[strip + top : strip + top + height, left : left + 2]
    assert (abs(edge - (204, 121, 167)).sum(axis=2) < 90).mean() > 0.6  # the outline has the colour of codes
    assert drawn[:strip].max() > 200  # a line of words above the picture
    assert (tmp_path / "look").stat().st_mode & 0o077 == 0
    assert code.read_bytes() == before


def test_previews_and_certified_files_never_share_a_folder(here: Here, code: Path, tmp_path: Path) -> None:
    certified, looked = tmp_path / "out", tmp_path / "look"
    here("certify", code, "-o", certified, *QUICK)
    here("detect", code, "--preview", looked, *QUICK)

    preview_there = here("detect", code, "--preview", certified, *QUICK)
    certificate_there = here("certify", code, "-o", looked, "--json", *QUICK)

    assert preview_there.code == 2 and "certified files" in preview_there.err
    assert certificate_there.code == 2
    assert certificate_there.lines[0]["error"]["code"] == "certified_beside_preview"
    assert not list(certified.glob(f"*{SUFFIX}"))
    assert [path.name for path in looked.iterdir()] == [f"0001{SUFFIX}"]


def test_an_ignored_box_is_let_stand_and_the_plan_says_so(here: Here, code: Path, tmp_path: Path) -> None:
    assert len(here("detect", code, "--json", *QUICK).lines[0]["detections"]) == 1
    assert here("detect", code, "--json", "--ignore", "50,30,120,120", *QUICK).lines[0]["detections"] == []

    (line,) = here("plan", code, "-o", tmp_path, "--ignore", "50,30,120,120", "--json", *QUICK).lines
    plan = json.loads(Path(line["plan"]).read_text())

    assert [(item["source"], item["state"], item["box"]) for item in plan["redactions"]] == [
        ("policy:ignore", "rejected", [50, 30, 120, 120])
    ]
    # elsewhere nothing changes
    assert len(here("detect", code, "--json", "--ignore", "200,180,50,50", *QUICK).lines[0]["detections"]) == 1


def test_what_is_ignored_becomes_a_limit_of_the_certificate(here: Here, code: Path, tmp_path: Path) -> None:
    (line,) = here("certify", code, "-o", tmp_path / "out", "--ignore", "50,30,120,120", "--json", *QUICK).lines

    assert line["verdict"] == "certified_with_limits"
    assert "L-CLASS-OUT-OF-SCOPE" in line["limits"]


def test_a_policy_may_be_a_toml_file(here: Here, code: Path, tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text('kinds = ["code"]\nmode = "balanced"\n[thresholds]\ncode = 1.0\n[margins]\ncode = 0.0\n')
    margin = here("detect", code, "--json", *QUICK).lines[0]["detections"][0]["box"]

    ran = here("detect", code, "--policy", policy, "--json")

    (found,) = ran.lines[0]["detections"] or [{"box": margin}]
    assert Box.from_list(margin).contains(Box.from_list(found["box"]))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kinds = [", "not TOML"),
        ("kindz = []", "unknown field"),
        ('mode = "fast"', "mode"),
        ("[thresholds]\nface = 2.0", "thresholds"),
        ('head = "yes"', "true or false"),
        ("ignore = [[1, 2, 3]]", "box"),
        ('[text_rules]\ndeny = "Jane"', "text_rules.deny"),
        ('[text_rules]\npatterns = ["a", "(Jane"]', "number 2 is not a regular expression"),
    ],
)
def test_a_wrong_policy_file_says_which_field(here: Here, code: Path, tmp_path: Path, text: str, said: str) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text(text)

    ran = here("detect", code, "--policy", policy)

    assert ran.code == 2
    assert said in ran.err.lower() or said in ran.err
    assert "Jane" not in ran.err


@pytest.mark.parametrize("value", ["1,2,3", "a,b,c,d", "0,0,0,5", "-1,0,5,5"])
def test_a_box_to_ignore_is_checked_before_anything_is_read(here: Here, code: Path, value: str) -> None:
    ran = here("detect", code, f"--ignore={value}", *QUICK)

    assert ran.code == 2 and "--ignore" in ran.err


def test_the_callers_words_and_patterns_are_removed_and_kept(here: Here, tmp_path: Path) -> None:
    """Three lines: one that a rule removes and the caller keeps, one that only the caller knows, one of the caller's shapes."""
    page = Image.new("RGB", (640, 260), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(28)
    for number, text in enumerate(("desk@example.org", "Operation Falcon is on", "badge EMP-104233")):
        pen.text((40, 40 + 70 * number), text, fill="black", font=font)
    file, policy = tmp_path / "page.png", tmp_path / "mine.toml"
    page.save(file)
    policy.write_text(
        'kinds = ["text"]\n[text_rules]\nallow = ["desk@example.org"]\ndeny = ["operation falcon"]\n'
        "patterns = ['EMP-\\d{6}']\n"
    )

    plain = here("detect", file, "--kinds", "text", "--json").lines[0]["detections"]
    mine = here("detect", file, "--policy", policy, "--json").lines[0]["detections"]

    assert [item["box"][1] // 70 for item in plain] == [0]
    assert [item["box"][1] // 70 for item in mine] == [1, 2]
