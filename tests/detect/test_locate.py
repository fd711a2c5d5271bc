"""What was not examined is told, whatever the reason: never a crash, never silence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.detect import locate as module
from indelible.detect.locate import locate
from indelible.detect.registry import DETECTORS, DetectorEntry, detector
from indelible.detect.scene import Scene
from indelible.errors import ModelMissing
from indelible.media import Picture
from indelible.model import Box, Detection, Kind, NotExamined, Policy, TextMode

PICTURE = Picture(format="png", sha256="0" * 64, image=Image.new("RGB", (64, 48)), stored_size=(64, 48), orientation=1)


def face(x: int, y: int, kind: Kind = Kind.FACE) -> Detection:
    return Detection(kind=kind, box=Box(x, y, 8, 8), score=0.5, detector="face.test")


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the registry by the given detectors, each a function and the kinds it finds."""

    def put(*detectors: tuple[Callable[[Scene, Policy], tuple[Detection, ...]], Kind]) -> None:
        entries = [
            (str(n), DetectorEntry(name=str(n), finds=frozenset({kind}), version=1, models=(), run=run))
            for n, (run, kind) in enumerate(detectors)
        ]
        monkeypatch.setattr(module, "DETECTORS", entries)

    return put


def missing(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    raise ModelMissing("model_missing", "Missing.", "Install it.")


def broken(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    raise ZeroDivisionError


def outside(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    return (face(60, 40),)


def working(scene: Scene, policy: Policy) -> tuple[Detection, ...]:
    return (face(30, 5), face(3, 20), face(3, 5), face(3, 5), face(1, 1, Kind.CODE))


def told(policy: Policy) -> dict[Kind, str]:
    return {item.kind: item.reason for item in locate(PICTURE, policy).not_examined}


@pytest.mark.parametrize(("run", "reason"), [(missing, "model_missing"), (broken, "error"), (outside, "error")])
def test_a_detector_that_could_not_work_is_told(
    only: Callable[..., None], run: Callable[[Scene, Policy], tuple[Detection, ...]], reason: str
) -> None:
    only((run, Kind.FACE), (working, Kind.CODE))

    located = locate(PICTURE, Policy(kinds=(Kind.FACE, Kind.CODE)))

    assert {item.kind: item.reason for item in located.not_examined} == {Kind.FACE: reason}
    assert [item.kind for item in located.detections] == [Kind.CODE]


def test_results_are_sorted_and_said_once(only: Callable[..., None]) -> None:
    only((working, Kind.FACE))

    located = locate(PICTURE, Policy(kinds=(Kind.FACE,)))

    assert [item.box.to_list()[:2] for item in located.detections] == [[3, 5], [30, 5], [3, 20]]
    assert located.not_examined == ()


def test_a_second_detector_does_not_hide_that_the_first_failed(only: Callable[..., None]) -> None:
    only((broken, Kind.FACE), (working, Kind.FACE))

    located = locate(PICTURE, Policy(kinds=(Kind.FACE,)))

    assert len(located.detections) == 3
    assert [item.reason for item in located.not_examined] == ["error"]


def test_kinds_without_a_detector_are_told(only: Callable[..., None]) -> None:
    only((working, Kind.FACE))

    assert told(Policy(kinds=(Kind.FACE, Kind.PLATE, Kind.SIGNATURE, Kind.PERSON))) == {
        Kind.PLATE: "not_in_this_version",
        Kind.SIGNATURE: "not_in_this_version",
    }


def test_text_that_was_not_asked_for_is_told(only: Callable[..., None]) -> None:
    only((broken, Kind.TEXT))

    assert told(Policy(kinds=(Kind.TEXT,), text=TextMode.NONE)) == {Kind.TEXT: "not_requested"}


def test_every_kind_that_is_no_persons_decision_has_a_detector() -> None:
    found = set().union(*(entry.finds for _, entry in DETECTORS))

    assert found == set(Kind) - {Kind.PERSON, Kind.CUSTOM}


def test_a_second_detector_of_one_name_is_an_error() -> None:
    DETECTORS.load()

    with pytest.raises(ValueError, match="registered twice"):
        detector("code.zxing", finds={Kind.CODE}, version=1)(working)


def test_without_the_face_model_the_rest_is_still_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The real detectors, on a machine where nobody ran `indelible models install`."""
    from indelible.detect import centerface

    monkeypatch.setenv("INDELIBLE_MODELS", str(tmp_path_factory.mktemp("empty")))
    centerface._session.cache_clear()
    page = Image.new("RGB", (500, 120), "white")
    ImageDraw.Draw(page).text((20, 40), "jane.doe@example.org", fill="black", font=ImageFont.load_default(30))
    picture = Picture(format="png", sha256="0" * 64, image=page, stored_size=page.size, orientation=1)

    located = locate(picture, Policy())
    centerface._session.cache_clear()

    assert [item.kind for item in located.detections] == [Kind.TEXT]
    assert {item.kind: item.reason for item in located.not_examined} == {Kind.FACE: "model_missing"}


def test_a_detector_says_what_it_left_out(only: Callable[..., None]) -> None:
    """A part that was not looked at is told beside what was found; a whole kind that failed is told as that."""

    def in_part(scene: Scene, policy: Policy) -> tuple[Detection | NotExamined, ...]:
        return (face(3, 5), NotExamined(kind=Kind.FACE, reason="small_subjects"))

    only((in_part, Kind.FACE))
    located = locate(PICTURE, Policy(kinds=(Kind.FACE,)))
    assert len(located.detections) == 1
    assert [item.reason for item in located.not_examined] == ["small_subjects"]

    only((in_part, Kind.FACE), (broken, Kind.FACE))
    assert [item.reason for item in locate(PICTURE, Policy(kinds=(Kind.FACE,))).not_examined] == ["error"]


@pytest.mark.parametrize(("threshold", "count"), [(0.5, 3), (0.51, 0)])
def test_a_threshold_is_of_one_kind(only: Callable[..., None], threshold: float, count: int) -> None:
    only((working, Kind.FACE))

    policy = Policy(kinds=(Kind.FACE,), thresholds={Kind.FACE: threshold, Kind.CODE: 1.0})

    assert len(locate(PICTURE, policy).detections) == count


def test_progress_names_each_detector(only: Callable[..., None]) -> None:
    only((working, Kind.FACE), (working, Kind.CODE))
    told: list[str] = []

    locate(PICTURE, Policy(kinds=(Kind.CODE,)), told.append)

    assert told == ["1"]
