"""The suite over its attacks: armed by controls, fail closed, and only what concerns a region."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from indelible.attacks import suite
from indelible.attacks.methods import ATTACKS, Attack, Budget, Target
from indelible.attacks.suite import arms_of, concerned, run_attack
from indelible.model import Box, Kind, Outcome, Reason
from indelible.model.attack import AttackResult

FLAT = Target(image=Image.new("RGB", (80, 60), "navy"), box=Box(10, 10, 40, 30))


@pytest.fixture
def fresh_arms() -> Iterator[None]:
    """Controls run again, before and after a test that changes an attack."""
    arms_of.cache_clear()
    yield
    arms_of.cache_clear()


def replaced(monkeypatch: pytest.MonkeyPatch, name: str, outcome: Outcome) -> Attack:
    """The attack of that name with its work taken out: it says one thing of every target."""
    real = ATTACKS.get(name)

    def lazy(target: Target, budget: Budget, seed: int) -> AttackResult:
        del target, budget, seed
        return AttackResult(attack=name, rule=real.rule, outcome=outcome)

    fake = replace(real, run=lazy)
    monkeypatch.setitem(ATTACKS._entries, name, fake)
    return fake


@pytest.mark.parametrize("name", ATTACKS.names())
@pytest.mark.claim("T-CTL-KILL")
def test_an_attack_that_does_nothing_decides_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, fresh_arms: None
) -> None:
    """Whatever it says: its positive control does not break, so a region that it "held" is undecided."""
    fake = replaced(monkeypatch, name, Outcome.HELD)

    result = run_attack(fake, fake.broken_one())

    assert (result.outcome, result.why) == (Outcome.INCONCLUSIVE, Reason.CONTROL_UNARMED.value)


@pytest.mark.parametrize("name", ATTACKS.names())
@pytest.mark.claim("T-CTL-KILL")
def test_an_attack_that_cries_wolf_decides_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, fresh_arms: None
) -> None:
    """One that breaks everything breaks its negative control, and is not believed."""
    fake = replaced(monkeypatch, name, Outcome.BROKEN)
    if fake.applies(fake.held_one()) is not None:
        pytest.skip("its negative control is turned away before the attack runs")

    result = run_attack(fake, fake.broken_one())

    assert (result.outcome, result.why, result.guesses) == (Outcome.INCONCLUSIVE, Reason.CONTROL_UNARMED.value, ())


def test_a_crash_is_an_error_and_never_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile picture reaches every line of an attack."""
    real = ATTACKS.get("cover_stretch")

    def crash(target: Target, budget: Budget, seed: int) -> AttackResult:
        raise RuntimeError("secret")

    result = run_attack(replace(real, run=crash), real.broken_one())

    assert (result.outcome, result.why) == (Outcome.ERROR, Reason.TOOL_ERROR.value)
    assert "secret" not in repr(result)


def test_text_is_not_read_from_faces_nor_faces_told_from_text() -> None:
    """And a region of which nobody says what it hides gets both."""
    names = {
        kind: {entry.name for entry in concerned(replace(FLAT, kind=kind))} for kind in (Kind.FACE, Kind.TEXT, None)
    }

    assert "mosaic_text" not in names[Kind.FACE] and "face_parrot" in names[Kind.FACE]
    assert "mosaic_text" in names[Kind.TEXT] and "face_parrot" not in names[Kind.TEXT]
    assert {"mosaic_text", "face_parrot"} <= names[None]
    assert [entry.name for entry in concerned(FLAT, ["tail_restore"])] == ["tail_restore"]


def test_every_attack_has_a_rule_of_its_own_and_a_sentence() -> None:
    """They stand in certificates."""
    entries = [entry for _, entry in ATTACKS]

    assert len({entry.rule for entry in entries}) == len(entries)
    assert all(entry.breaks for entry in entries)
    assert suite._FOR.keys() <= set(ATTACKS.names())
