"""How strong a redactor is, any redactor: it is given pictures whose secrets we planted, and its outputs are examined.

Counted are: whether it answers, whether the secret was touched at all, what the checks found by channel, which checks and attacks
broke its outputs, planted markers that came through, and whether another secret in the same place gives another file. The
detectors of the examination are left out, because the corpus knows where its secrets lie.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from PIL import Image

from indelible.attacks.methods import Target
from indelible.attacks.suite import concerned, run_attack
from indelible.corpus.inputs import CANDIDATES, KINDS, VERSION, Input, inputs
from indelible.errors import IndelibleError
from indelible.media import open_picture
from indelible.model import Box, Kind, Outcome, Severity
from indelible.verify.checks import CHECKS, SUITE
from indelible.verify.controls import ControlLedger, observe
from indelible.verify.run import lay_out
from indelible.verify.uniform import is_flat

SCHEMA = "indelible/scorecard/1"

#: Not run: second detectors look for what a first one overlooked, and take seconds per file.
LEFT_OUT = frozenset({"residual"})
#: A cell of the secret counts as untouched while its edges differ by less than this share of what they were.
_UNTOUCHED = 0.35
#: Share of the secret's structured cells that may be untouched in a picture that counts as redacted.
_MOST_UNTOUCHED = 0.1
_CELL_PX = 8

#: Called after each picture with its number.
Progress = Callable[[int], None]


class Redactor(Protocol):
    """What is scored."""

    @property
    def is_told(self) -> bool:
        """Whether it gets a plan that says where the secret lies."""
        ...

    def redact(self, data: bytes, extension: str, plan: bytes) -> bytes:
        """The redacted file. Raises `IndelibleError` where there is none."""
        ...


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """Counts, while they are made."""

    failures: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    redacted: Counter[str] = field(default_factory=Counter)
    leaks: Counter[str] = field(default_factory=Counter)
    checks: dict[str, Counter[str]] = field(default_factory=dict)
    markers: Counter[str] = field(default_factory=Counter)
    attacks: dict[str, Counter[str]] = field(default_factory=dict)
    swaps: Counter[str] = field(default_factory=Counter)
    clean: int = 0


def score(
    redactor: Redactor,
    *,
    seed: int,
    count: int,
    kinds: Sequence[Kind] = KINDS,
    attack_s: float = 0.0,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """The scorecard, a JSON object without times or paths; a deterministic redactor gets the same one every time.

    Args:
        redactor: what is scored; called twice for each picture.
        seed: same seed, same pictures.
        count: how many pictures.
        kinds: of the secrets, in turn; a tool for faces is scored on faces.
        attack_s: longest time for each attack on what is left in a secret's place; 0 leaves the attacks out. What the clock
            cuts off is undecided, so that a slow machine may see less.
        progress: called after each picture.
    """
    sheet, ledger = _Sheet(), ControlLedger()
    for number, item in enumerate(inputs(seed, count, kinds), start=1):
        _score_one(redactor, item, sheet, ledger, attack_s)
        if progress is not None:
            progress(number)
    return {
        "schema": SCHEMA,
        "corpus": {"version": VERSION, "seed": seed, "cases": count, "kinds": [kind.value for kind in kinds]},
        "suite": SUITE,
        "told": redactor.is_told,
        "answered": count - sum(sheet.failures.values()),
        "failures": dict(sorted(sheet.failures.items())),
        "kinds": {
            kind: {"planted": sheet.planted[kind], "redacted": sheet.redacted[kind]} for kind in sorted(sheet.planted)
        },
        "clean": sheet.clean,
        "leaks": dict(sorted(sheet.leaks.items())),
        "checks": _outcomes(sheet.checks),
        "attacked": attack_s > 0,
        "attacks": _outcomes(sheet.attacks),
        "markers": {"planted": sheet.markers["planted"], "left": sheet.markers["left"]},
        "swaps": {"compared": sheet.swaps["compared"], "equal": sheet.swaps["equal"]},
    }


def _outcomes(counted: Mapping[str, Counter[str]]) -> dict[str, dict[str, int]]:
    """By name, in fixed orders; outcomes that did not come up are left out."""
    return {
        name: {outcome.value: counted[name][outcome.value] for outcome in Outcome if counted[name][outcome.value]}
        for name in sorted(counted)
    }


def _score_one(redactor: Redactor, item: Input, sheet: _Sheet, ledger: ControlLedger, attack_s: float) -> None:
    sheet.planted[item.kind.value] += 1
    try:
        output = _answer(redactor, item, item.data)
    except IndelibleError as problem:
        sheet.failures[problem.code] += 1
        return
    if item.marker:
        sheet.markers["planted"] += 1
        sheet.markers["left"] += item.marker in output
    touched = _is_redacted(item, output)
    sheet.redacted[item.kind.value] += touched
    outcomes = _examine(item, output, sheet, ledger)
    if touched and attack_s > 0:
        outcomes |= _attack(item, output, sheet, attack_s)
    try:
        other = _answer(redactor, item, item.twin)
    except IndelibleError:
        equal = False  # one secret gives a file and the other does not: that tells them apart
    else:
        equal = hashlib.sha256(other).digest() == hashlib.sha256(output).digest()
    sheet.swaps["compared"] += 1
    sheet.swaps["equal"] += equal
    # a box that was found by itself may differ with what it was found on: that is told, and is no leak of pixels
    sheet.clean += touched and outcomes == {Outcome.HELD} and (equal or not redactor.is_told)


def _answer(redactor: Redactor, item: Input, data: bytes) -> bytes:
    plan = json.dumps(item.plan_for(data).to_dict()).encode("ascii")
    return redactor.redact(data, item.extension, plan)


def _examine(item: Input, output: bytes, sheet: _Sheet, ledger: ControlLedger) -> set[Outcome]:
    """Every check that applies, but the detectors; the outcomes that came up."""
    subject = lay_out(output, original=item.data, plan=item.plan_for(item.data), extension=item.extension)
    outcomes = set()
    found: set[str] = set()
    for name, check in CHECKS:
        if check.family in LEFT_OUT or check.applies(subject) is not None:
            continue
        outcome, observation = observe(check, subject)
        controls = ledger.arm(check)
        if outcome is Outcome.HELD and not all(control.effective for control in controls):
            outcome = Outcome.INCONCLUSIVE  # it did not prove itself in this run
        outcomes.add(outcome)
        sheet.checks.setdefault(name, Counter())[outcome.value] += 1
        found |= {f"{leak.rule} {leak.channel}" for leak in observation.findings if leak.severity is not Severity.INFO}
    if subject.picture is None:
        outcomes.add(Outcome.INCONCLUSIVE)
        found.add("L310 file")
    sheet.leaks.update(found)
    return outcomes


def _attack(item: Input, output: bytes, sheet: _Sheet, seconds: float) -> set[Outcome]:
    """Every attack that concerns the kind, where something is left to attack; the outcomes that came up."""
    picture = open_picture(output)
    if is_flat(picture.image, item.box):
        return set()
    target = Target(
        image=picture.image,
        box=item.box,
        kind=item.kind,
        jpeg=picture.jpeg,
        frames=picture.images,
        file=output,
        candidates=CANDIDATES if item.kind is Kind.TEXT else (),
    )
    outcomes: set[Outcome] = set()
    for entry in concerned(target):
        outcome = run_attack(entry, target, seconds=seconds, seed=0).outcome
        if outcome is not Outcome.NOT_APPLICABLE:
            outcomes.add(outcome)
            sheet.attacks.setdefault(entry.name, Counter())[outcome.value] += 1
    return outcomes


def _is_redacted(item: Input, output: bytes) -> bool:
    """Whether something was done to the secret, all over it: how well, the checks say."""
    try:
        after = open_picture(output)
    except IndelibleError:
        return False
    before = open_picture(item.data)
    if after.image.size != before.image.size:
        return False
    then, now = (_edges(picture.image, item.box) for picture in (before, after))
    changed = np.abs(now - then)
    cells = list(_cells(then, changed))
    busy = float(np.median([edge for edge, _ in cells]))
    telling = [change < _UNTOUCHED * edge for edge, change in cells if edge >= busy and edge > 0]
    return bool(telling) and sum(telling) <= _MOST_UNTOUCHED * len(telling)


def _edges(image: Image.Image, box: Box) -> np.ndarray:
    """Size of the steps to the right and down, float64, of the box in grey."""
    grey = np.asarray(image.convert("L").crop(box.corners), np.float64)
    down, right = np.gradient(grey)
    return np.asarray(np.hypot(down, right))


def _cells(edges: np.ndarray, changed: np.ndarray) -> Iterator[tuple[float, float]]:
    for y in range(0, edges.shape[0], _CELL_PX):
        for x in range(0, edges.shape[1], _CELL_PX):
            cell = np.s_[y : y + _CELL_PX, x : x + _CELL_PX]
            yield float(edges[cell].mean()), float(changed[cell].mean())


def weaker(now: Mapping[str, Any], before: Mapping[str, Any]) -> tuple[str, ...]:
    """What became worse, as short sentences; empty if nothing did. For scorecards that `comparable` accepts."""
    return tuple(_weaker(now, before))


def comparable(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether two scorecards were made from the same pictures by the same suite, and the redactor was told as much."""
    return all(now[name] == before.get(name) for name in ("schema", "corpus", "suite", "told", "attacked"))


def _weaker(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    for name in ("answered", "clean"):
        yield from _less(name, now[name], before[name])
    for kind in now["kinds"]:
        yield from _less(f"{kind} redacted", now["kinds"][kind]["redacted"], before["kinds"][kind]["redacted"])
    yield from _less("equal after a swap", now["swaps"]["equal"], before["swaps"]["equal"])
    yield from _more("markers left", now["markers"]["left"], before["markers"]["left"])
    for leak in sorted(now["leaks"]):
        yield from _more(f"leaks {leak}", now["leaks"][leak], before["leaks"].get(leak, 0))
    for name in sorted({*now["attacks"], *before["attacks"]}):
        broken = [card["attacks"].get(name, {}).get(Outcome.BROKEN.value, 0) for card in (now, before)]
        yield from _more(f"attack {name} broke", *broken)
    for name in sorted({*now["checks"], *before["checks"]}):
        held = [card["checks"].get(name, {}).get(Outcome.HELD.value, 0) for card in (now, before)]
        broken = [card["checks"].get(name, {}).get(Outcome.BROKEN.value, 0) for card in (now, before)]
        yield from _less(f"{name} held", *held)
        yield from _more(f"{name} broken", *broken)


def _less(name: str, now: int, before: int) -> Sequence[str]:
    return (f"{name}: {now}, was {before}",) if now < before else ()


def _more(name: str, now: int, before: int) -> Sequence[str]:
    return (f"{name}: {now}, was {before}",) if now > before else ()
