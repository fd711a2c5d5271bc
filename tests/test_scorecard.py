"""Scores of redactors: strong ones come out clean, weak ones by the channel where they leak, and a lost check is noticed."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from indelible import cli, scorecard
from indelible.corpus.inputs import CARRIERS, KINDS, inputs
from indelible.errors import ToolError
from indelible.media import open_picture
from indelible.model import RedactionPlan
from indelible.redact.apply import PlannedRedactor

BLUR = Path(__file__).parents[1] / "benchmarks" / "redactors" / "pillow_blur.py"


@dataclass(frozen=True)
class _Told:
    """A redactor in this process."""

    function: Callable[[bytes, RedactionPlan], bytes]
    is_told: bool = True

    def redact(self, data: bytes, extension: str, plan: bytes) -> bytes:
        return self.function(data, RedactionPlan.from_dict(json.loads(plan)))


def _ours(data: bytes, plan: RedactionPlan) -> bytes:
    picture = open_picture(data)
    return PlannedRedactor.bind(plan, picture).publish(picture.images)


def _blurred(data: bytes, plan: RedactionPlan) -> bytes:
    picture = open_picture(data).image.copy()
    area = plan.redactions[0].region.box.corners
    picture.paste(picture.crop(area).filter(ImageFilter.GaussianBlur(8)), area[:2])
    stream = io.BytesIO()
    picture.save(stream, "PNG" if data.startswith(b"\x89PNG") else "JPEG")
    return stream.getvalue()


def _nothing(data: bytes, plan: RedactionPlan) -> bytes:
    return data


def _silent(data: bytes, plan: RedactionPlan) -> bytes:
    raise ToolError("redactor_timeout", "The redactor did not finish in time.", "Run it by hand.")


def test_inputs_show_every_kind_in_every_carrier_and_repeat() -> None:
    """The first 24; the same seed gives the same bytes, and a twin differs inside its box alone."""
    first, again = list(inputs(3, 24)), list(inputs(3, 24))

    assert {(item.kind, item.carrier) for item in first} == {(kind, carrier) for kind in KINDS for carrier in CARRIERS}
    assert [(item.data, item.twin) for item in first] == [(item.data, item.twin) for item in again]
    assert all((item.marker in item.data or item.carrier == "png.text") for item in first if item.marker)
    for item in first:
        if not item.carrier.startswith("png"):
            continue
        one, other = (open_picture(data).image for data in (item.data, item.twin))
        one.paste(0, item.box.corners)
        other.paste(0, item.box.corners)
        assert one.tobytes() == other.tobytes()


@pytest.mark.claim("T-CI-01")
def test_our_own_redactor_comes_out_clean() -> None:
    """No leak, no marker, and another secret gives the same file."""
    card = scorecard.score(_Told(_ours), seed=1, count=6)

    assert (card["answered"], card["clean"], card["leaks"]) == (6, 6, {})
    assert card["swaps"] == {"compared": 6, "equal": 6}
    assert all(numbers["redacted"] == numbers["planted"] for numbers in card["kinds"].values())


@pytest.mark.claim("T-CI-01")
def test_a_weaker_redactor_scores_lower_and_the_baseline_notices() -> None:
    """Blur instead of a box: touched everywhere, and still every picture is broken; then doing nothing at all."""
    strong, blur, nothing = (
        scorecard.score(_Told(function), seed=1, count=3) for function in (_ours, _blurred, _nothing)
    )

    assert [numbers["redacted"] for numbers in blur["kinds"].values()] == [1, 1, 1]
    assert [numbers["redacted"] for numbers in nothing["kinds"].values()] == [0, 0, 0]
    assert (strong["clean"], blur["clean"], nothing["clean"]) == (3, 0, 0)
    assert blur["leaks"]["L403 region.not_constant"] == 3
    assert scorecard.weaker(strong, strong) == ()
    assert "clean: 0, was 3" in scorecard.weaker(blur, strong)
    assert "pixels.fill broken: 3, was 0" in scorecard.weaker(blur, strong)
    assert "face redacted: 0, was 1" in scorecard.weaker(nothing, blur)
    assert scorecard.weaker(strong, blur) == ()


def test_a_redactor_without_an_answer_is_never_clean() -> None:
    """It is counted by its reason."""
    card = scorecard.score(_Told(_silent), seed=0, count=2)

    assert (card["answered"], card["clean"], card["failures"]) == (0, 0, {"redactor_timeout": 2})
    assert scorecard.comparable(card, {**card, "suite": "1999.01"}) is False


def test_the_command_line_fails_where_strength_drops(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A baseline kept from a redactor that leaves nothing, then one that blurs: exit 30, and it says where."""
    base = tmp_path / "strength.json"
    base.write_text(json.dumps(scorecard.score(_Told(_ours), seed=0, count=2)))
    command = f"'{sys.executable}' '{BLUR}' {{input}} {{output}} {{plan}}"
    arguments = [
        "corpus",
        "run",
        "--attacks",
        "0",
        "--redactor",
        command,
        "--cases",
        "2",
        "--baseline",
        str(base),
        "--json",
    ]

    assert cli.run(arguments) == 30
    out, err = capsys.readouterr()
    assert json.loads(out)["clean"] == 0
    assert "weaker: pixels.fill broken: 2, was 0" in err
    assert cli.run([*arguments, "--seed", "4"]) == 20
    assert "other pictures" in capsys.readouterr().err


@pytest.mark.parametrize("text", ['{"schema": 7}', "[]", '{"schema": "indelible/scorecard/1"', "7"])
def test_a_baseline_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    """Before a picture is redacted."""
    base = tmp_path / "strength.json"
    base.write_text(text)

    assert cli.run(["corpus", "run", "--redactor", "true {input} {output}", "--baseline", str(base)]) == 2


def test_the_scorecard_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of leaks and checks, and no name of a file."""
    command = f"'{sys.executable}' '{BLUR}' {{input}} {{output}} {{plan}}"

    assert cli.run(["corpus", "run", "--redactor", command, "--cases", "1", "--attacks", "0"]) == 0
    out = capsys.readouterr().out
    assert "1 of 1 pictures answered, told where to redact" in out
    assert "L403  Fill is not constant" in out
    assert "/tmp" not in out and "input-" not in out


def test_cards_survive_a_picture_that_is_none() -> None:
    """A redactor that answers with something else is not clean."""
    card = scorecard.score(_Told(lambda data, plan: b"no picture"), seed=0, count=1)

    assert (card["answered"], card["clean"]) == (1, 0)
    assert card["kinds"]["face"]["redacted"] == 0


def test_size_of_the_inputs_is_modest() -> None:
    """A run takes a moment for a picture."""
    assert max(len(item.data) for item in inputs(0, 6)) < 1_000_000
    assert max(Image.open(io.BytesIO(item.data)).width for item in inputs(0, 6)) < 1000


def test_a_tool_for_faces_is_scored_on_faces(capsys: pytest.CaptureFixture[str]) -> None:
    """The kinds are the caller's; one that no picture shows is wrong use."""
    card = scorecard.score(_Told(_nothing), seed=0, count=2, kinds=(KINDS[0],))

    assert card["kinds"] == {"face": {"planted": 2, "redacted": 0}}
    assert cli.run(["corpus", "run", "--redactor", "cp {input} {output}", "--kinds", "gait"]) == 2
    assert "Kinds: face, text, code" in capsys.readouterr().err


def test_a_fill_leaves_nothing_to_attack() -> None:
    """Attacks and their controls cost time only where something is left."""
    card = scorecard.score(_Told(_ours), seed=1, count=2, attack_s=5.0)

    assert (card["attacked"], card["attacks"], card["clean"]) == (True, {}, 2)


def test_an_attack_that_gets_through_is_weaker() -> None:
    """And scorecards with and without attacks are not compared."""
    before = scorecard.score(_Told(_ours), seed=1, count=1, attack_s=5.0)
    now = {**before, "attacks": {"candidate_match": {"broken": 1}}}

    assert scorecard.weaker(now, before) == ("attack candidate_match broke: 1, was 0",)
    assert not scorecard.comparable(before, {**before, "attacked": False})
