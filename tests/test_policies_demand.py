"""What a policy demands is what an examination holds a file against: nothing of a court's line, a person's decision, the level."""

from __future__ import annotations

import copy
import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.media import Picture, open_picture
from indelible.model import (
    Box,
    Detection,
    Kind,
    Limit,
    Mode,
    Outcome,
    Policy,
    Redaction,
    RedactionPlan,
    Region,
    Source,
    State,
    VerdictWord,
)
from indelible.policies import named
from indelible.redact.apply import PlannedRedactor
from indelible.reports.certificate import build, canonical, parse, recompute
from indelible.reports.projection import level_of, policy_of
from indelible.verify import samples
from indelible.verify.checks import CHECKS, decide
from indelible.verify.controls import ControlLedger
from indelible.verify.examination import Examination
from indelible.verify.run import examine_file
from tests.reports.examinations import PINNED, statement

LEDGER = ControlLedger()

#: What US rules let stand in parts (last four digits, year of birth, initials), and we do not.
COURT = ("Account 4111 1111 1111 1111", "Born 12 May 1961, child A. B.", "SSN 078-05-1120, Elm Street 9")


@pytest.mark.claim("T-POL-03")
def test_court_takes_every_letter_of_every_line() -> None:
    """No last four digits, no year, no initials: the ink of the whole page lies under its boxes."""
    page = Image.new("RGB", (640, 260), "white")
    for place, line in enumerate(COURT):
        ImageDraw.Draw(page).text((40, 40 + 60 * place), line, fill="black", font=ImageFont.load_default(26))
    picture = Picture(format="png", sha256="0" * 64, image=page, stored_size=page.size, orientation=1)

    found = [item for item in find_text(Scene(picture), named("court")) if isinstance(item, Detection)]
    ink = np.asarray(page.convert("L")) < 128
    left = ink.copy()
    for item in found:
        left[item.box.y : item.box.bottom, item.box.x : item.box.right] = False

    assert ink.sum() > 1000 and left.sum() == 0


@pytest.mark.claim("T-POL-03")
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
@pytest.mark.parametrize(("left_px", "outcome"), [(0, Outcome.HELD), (52, Outcome.BROKEN), (75, Outcome.BROKEN)])
@pytest.mark.parametrize("number", ["4929 5831 7264 3805", "4111 1111 1111 1111"])
def test_court_refuses_a_part_that_another_tool_left(number: str, left_px: int, outcome: Outcome) -> None:
    """The last four digits, then five or more: under this policy a part is a leak, whatever a rule allows."""
    image = samples.page((f"Account {number}",), size=(420, 60), text_px=22)
    box = Box(8, 8, _end(image) - left_px - 8 + (0 if left_px else 20), 44)
    image.paste((0, 0, 0), box.corners)
    region = samples.region(box, kind=Kind.TEXT, name="r1")
    subject = samples.subject(samples.encoded(image), [region], policy=named("court"))

    assert decide(CHECKS.get("residual.text").run(subject)) is outcome


def _end(image: Image.Image) -> int:
    """Where the ink ends."""
    return int(np.flatnonzero((np.asarray(image.convert("L")) < 128).any(0)).max())


# --- a person's decision ----------------------------------------------------------------------------------------------

DEMANDING = Policy(name="examined", kinds=(Kind.FACE, Kind.CODE), human_review=True)


def _examined(policy: Policy, *redactions: Redaction) -> Examination:
    rng = np.random.default_rng(4)
    picture = Image.fromarray(rng.integers(40, 200, (6, 8, 3), dtype=np.uint8))
    stream = io.BytesIO()
    picture.resize((200, 160), Image.Resampling.BICUBIC).save(stream, "PNG")
    original = stream.getvalue()
    opened = open_picture(original)
    source = Source(sha256=opened.sha256, width=200, height=160)
    plan = RedactionPlan(source=source, policy="examined", redactions=redactions)
    redactor = PlannedRedactor.bind(plan, opened)
    return examine_file(
        redactor.publish(redactor.decode(original)),
        original=original,
        plan=plan,
        policy=policy,
        redactor=redactor,
        regions=redactor.regions,
        extension=".png",
        ledger=LEDGER,
    )


FOUND = Redaction(
    id="r1", kind=Kind.FACE, region=Region(box=Box(60, 50, 50, 60)), source="detector:face.centerface", score=0.9
)
DRAWN = replace(FOUND, id="r2", region=Region(box=Box(8, 8, 30, 30)), source="human", score=None)
LET_STAND = replace(FOUND, id="r3", region=Region(box=Box(140, 100, 30, 30)), state=State.REJECTED)


@pytest.mark.claim("T-HR-01")
def test_a_review_that_is_demanded_and_absent_is_a_limit() -> None:
    """Nobody drew a region or let one stand: certified, with the limit, and the certificate says so itself."""
    alone = _examined(DEMANDING, FOUND)

    assert alone.verdict.word is VerdictWord.CERTIFIED_WITH_LIMITS
    assert alone.verdict.limits == (Limit.NO_HUMAN_REVIEW,)
    one = build(alone, **PINNED)
    assert one["predicate"]["policy"]["humanReview"] and not one["predicate"]["humanReview"]["performed"]
    assert recompute(parse(canonical(one))) == []


@pytest.mark.claim("T-HR-01")
def test_a_region_that_a_person_drew_or_let_stand_is_the_record() -> None:
    """Then the limit is not raised; nor where the policy does not ask."""
    drawn, stands = _examined(DEMANDING, FOUND, DRAWN), _examined(DEMANDING, FOUND, LET_STAND)
    unasked = _examined(replace(DEMANDING, human_review=False), FOUND)

    assert drawn.verdict.word is unasked.verdict.word is VerdictWord.CERTIFIED
    assert stands.verdict.limits == (Limit.CLASS_OUT_OF_SCOPE,)  # what stands is said, as always


@pytest.mark.claim("T-HR-01")
def test_a_certificate_that_keeps_silent_about_the_review_contradicts_itself() -> None:
    """Whoever strikes the limit out is found out by the certificate's own fields."""
    silent = copy.deepcopy(statement("certified"))
    silent["predicate"]["policy"]["humanReview"] = True
    silent["predicate"]["humanReview"].update(performed=False)

    assert "limit_missing" in recompute(silent)


# --- the level --------------------------------------------------------------------------------------------------------


@pytest.mark.claim("T-POL-02")
def test_the_level_follows_from_what_is_demanded() -> None:
    """Enhanced: every line, the whole head, every kind, nothing let stand. One step back, and it is basic."""
    court = named("court")
    steps: tuple[Policy, ...] = (
        court.with_choices(kinds=(Kind.FACE, Kind.TEXT)),
        replace(court, head=False),
        replace(court, mode=Mode.BALANCED),
        replace(court, people="mosaic"),
        replace(court, accept_limits=("L-GEOMETRY",)),
        replace(court, ignore=(Box(0, 0, 9, 9),)),
        replace(court, thresholds={Kind.FACE: 0.5}),
        replace(court, margins={**court.margins, Kind.FACE: 0.05}),
        named("public"),
        named("internal"),
    )

    assert policy_of(court)["level"] == level_of(replace(court, name="mine")) == "enhanced"
    assert {level_of(policy) for policy in steps} == {"basic"}
