"""Personal data that is left is read by a second reader; other text and photographs stay silent."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from PIL import Image

from indelible.model import Box, Kind, Outcome, Policy, TextMode
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.leaks.residual_text import papered

pytestmark = pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")

SIZE = (420, 100)


def _outcome(lines: tuple[str, ...], policy: Policy, *boxes: Box) -> Outcome:
    image = samples.page(lines, size=SIZE, text_px=22)
    for box in boxes:
        image.paste((0, 0, 0), box.corners)
    regions = [samples.region(box, kind=Kind.TEXT, name=f"r{number}") for number, box in enumerate(boxes)]
    subject = samples.subject(samples.encoded(image), regions, policy=policy)
    return decide(CHECKS.get("residual.text").run(subject))


def test_controls_come_out_as_they_must() -> None:
    """A card number and a mail address break; both filled hold."""
    check = CHECKS.get("residual.text")
    leaking = check.run(check.leaking())

    assert decide(leaking) is Outcome.BROKEN
    assert {(f.rule, f.channel) for f in leaking.findings} == {("L422", "residual.text")}
    assert not any("4111" in repr(finding) for finding in leaking.findings)
    assert decide(check.run(check.clean())) is Outcome.HELD


def test_text_that_is_no_personal_data_counts_only_where_all_text_must_go() -> None:
    """The policy decides."""
    lines = ("Opening hours every weekday", "Please close the door")

    assert _outcome(lines, Policy()) is Outcome.HELD
    assert _outcome(lines, Policy(text=TextMode.ALL)) is Outcome.BROKEN


def test_one_line_left_of_two_breaks() -> None:
    """The mail address stays."""
    lines = ("Card 4111 1111 1111 1111", "mail erika.muster@example.com")

    assert _outcome(lines, Policy(), Box(14, 14, 392, 34)) is Outcome.BROKEN


def test_a_photograph_holds() -> None:
    """Nothing to read."""
    subject = samples.subject(samples.encoded(samples.texture(240, 180, 4)), policy=Policy(text=TextMode.ALL))

    assert decide(CHECKS.get("residual.text").run(subject)) is Outcome.HELD


def test_it_runs_only_where_text_is_in_the_policy() -> None:
    """No text, or no kind text."""
    check = CHECKS.get("residual.text")
    subject = samples.subject(samples.encoded(samples.texture(64, 64, 1)))

    assert check.applies(subject) is None
    assert check.applies(replace(subject, policy=Policy(text=TextMode.NONE))) == "kind_not_in_policy"
    assert check.applies(replace(subject, policy=Policy(kinds=(Kind.FACE,)))) == "kind_not_in_policy"


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_what_is_left_beside_a_bar_is_read(colour: tuple[int, int, int]) -> None:
    """The bar ends where the number of an account begins. A bar over all of it holds."""
    image = samples.page(("IBAN GB82 WEST 1234 5698 7654 32",), size=(420, 60), text_px=22)
    found = []
    for width in (56, 400):
        box = Box(14, 14, width, 34)
        covered = image.copy()
        covered.paste(colour, box.corners)
        subject = samples.subject(samples.encoded(covered), [samples.region(box, kind=Kind.TEXT)], policy=Policy())
        found.append(decide(CHECKS.get("residual.text").run(subject)))

    assert found == [Outcome.BROKEN, Outcome.HELD]


def test_the_paper_round_a_box_is_put_over_it() -> None:
    """Grey or colour, at the border of the picture, and over all of it; the picture itself is left as it is."""
    for mode, paper in (("L", 200), ("RGB", (210, 220, 230))):
        image = Image.new(mode, (60, 40), paper)
        image.paste(0 if mode == "L" else (0, 0, 0), (0, 10, 30, 20))
        before = image.tobytes()

        assert papered(image, [Box(0, 10, 30, 10)]).tobytes() == Image.new(mode, (60, 40), paper).tobytes()
        assert papered(image, [Box(0, 0, 60, 40)]).tobytes() == before == image.tobytes()
