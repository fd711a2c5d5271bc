"""``indelible corpus``: generated cases for verifiers, and a score for any redactor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from indelible.cli.documents import read_json
from indelible.errors import OutputError, UsageError
from indelible.model import Kind

app = typer.Typer(no_args_is_help=True, help="Generate cases to test a redactor or a verifier with.")


@app.callback()
def corpus() -> None:
    """Generate cases to test a redactor or a verifier with."""


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")] = 0,
) -> None:
    """Write generated files to DIR, and DIR/expected.json with what each must draw.

    [bold]Example[/]

    indelible corpus build cases --seed 7
    """
    from indelible.corpus.build import build as build_corpus

    try:
        count = build_corpus(folder, seed)
    except OSError:
        raise OutputError("cannot_write", "The corpus cannot be written.", "Choose a folder of yours.") from None
    typer.echo(f"{count} cases")


@app.command()
def run(
    redactor: Annotated[
        str,
        typer.Option(
            "--redactor",
            metavar="COMMAND",
            help="The command, with {input} and {output}; or {folder}, {inplace}; {plan} tells it where to redact.",
            show_default=False,
        ),
    ],
    cases: Annotated[int, typer.Option("--cases", min=1, max=10_000, help="How many pictures.")] = 24,
    kinds: Annotated[str, typer.Option("--kinds", metavar="K,K", help="Of the secrets.")] = "face,text,code",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same pictures.")] = 0,
    timeout: Annotated[float, typer.Option("--timeout", min=1, help="Seconds for each picture.")] = 60.0,
    attacks: Annotated[
        float,
        typer.Option("--attacks", metavar="SECONDS", min=0, help="For each attack on what is left; 0 leaves them out."),
    ] = 20.0,
    baseline: Annotated[
        Path | None,
        typer.Option(
            "--baseline", metavar="FILE", help="Exit 30 where the redactor became weaker.", show_default=False
        ),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(
            "--write-baseline", metavar="FILE", help="Keep this scorecard to compare with.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The scorecard as one JSON object.")] = False,
) -> None:
    """Score a redactor, any redactor, over pictures with planted secrets.

    Each picture is redacted twice, the second time with another secret in the same place. A score is no certificate.
    The exit code is 0 when the redactor was scored, 20 when it answered nothing or the baseline is of other pictures, and 30 when
    it is weaker than the baseline.

    [bold]Examples[/]

    indelible corpus run --redactor 'indelible redact {input} -o {folder} --plan {plan}'

    indelible corpus run --redactor 'deface {input} -o {output}' --kinds face --json

    indelible corpus run --redactor 'python blur.py {input} {output}' --baseline strength.json
    """
    from indelible import scorecard
    from indelible.detect import store
    from indelible.exec.redactor import RedactorCommand
    from indelible.output import make_folder, write_file

    ours = {name: value for name, value in os.environ.items() if name.startswith("INDELIBLE_")}
    command = RedactorCommand.parse(
        redactor, timeout_s=timeout, variables={"INDELIBLE_MODELS": os.fspath(store.folder()), **ours}
    )
    wanted = _kinds(kinds)
    before = None if baseline is None else _card(baseline)
    with _bar(cases) as tick:
        card = scorecard.score(command, seed=seed, count=cases, kinds=wanted, attack_s=attacks, progress=tick)
    if as_json:
        typer.echo(json.dumps(card, sort_keys=True))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for line in _lines(card):
            console.print(line)
    if write_baseline is not None:
        make_folder(write_baseline.parent)
        write_file(write_baseline, (json.dumps(card, indent=1, sort_keys=True) + "\n").encode("ascii"))
    raise typer.Exit(_compared(card, before) or (0 if card["answered"] else 20))


def _kinds(text: str) -> tuple[Kind, ...]:
    from indelible.corpus.inputs import KINDS

    named = [name.strip() for name in text.split(",")]
    if not set(named) <= set(KINDS):
        raise UsageError("kinds", "--kinds names a kind that the pictures do not show.", f"Kinds: {', '.join(KINDS)}.")
    return tuple(kind for kind in KINDS if kind in named)


def _compared(card: Mapping[str, Any], before: Mapping[str, Any] | None) -> int:
    from indelible import scorecard

    if before is None:
        return 0
    if not scorecard.comparable(card, before):
        typer.echo(
            "The baseline is of other pictures or of another suite: make it again with --write-baseline.", err=True
        )
        return 20
    try:
        worse = scorecard.weaker(card, before)
    except (KeyError, TypeError, AttributeError):
        raise UsageError("baseline_wrong", "The baseline is no scorecard.", "Make it with --write-baseline.") from None
    for line in worse:
        typer.echo(f"weaker: {line}", err=True)
    return 30 if worse else 0


def _card(path: Path) -> Mapping[str, Any]:
    card = read_json(path, "baseline")
    if not isinstance(card, dict) or not isinstance(card.get("schema"), str):
        raise UsageError("baseline_wrong", "The baseline is no scorecard.", "Make it with --write-baseline.")
    return card


def _lines(card: Mapping[str, Any]) -> Iterator[Text]:
    """The scorecard for people."""
    from indelible.reports.english import ENGLISH

    count = card["corpus"]["cases"]
    how = "told where to redact" if card["told"] else "finding the places by itself"
    yield Text(f"{card['answered']} of {count} pictures answered, {how}", style="bold")
    for code, number in card["failures"].items():
        yield Text(f"    no answer: {code}  {number}", style="red")
    also = ", and another secret gave the same file" if card["told"] else ""
    yield Text(f"{card['clean']} of {count} came out clean: touched all over, every check held{also}")
    yield Text("Touched all over", style="bold")
    for kind, numbers in card["kinds"].items():
        yield Text(f"    {kind.ljust(10)} {numbers['redacted']} of {numbers['planted']}")
    markers, swaps = card["markers"], card["swaps"]
    yield Text(f"    planted markers left in the file: {markers['left']} of {markers['planted']}")
    yield Text(f"    another secret, same file: {swaps['equal']} of {swaps['compared']}")
    yield Text("Leaks by channel, in files", style="bold")
    for leak, number in sorted(card["leaks"].items(), key=lambda item: (-item[1], item[0])):
        rule, _, channel = leak.partition(" ")
        yield Text(f"    {number:4}  {rule}  {ENGLISH.get(f'rule.{rule}', '')} ({channel})")
    yield from _outcomes("Checks", card["checks"])
    if card["attacked"]:
        yield from _outcomes("Attacks on what was left", card["attacks"])


def _outcomes(title: str, counted: Mapping[str, Mapping[str, int]]) -> Iterator[Text]:
    yield Text(title, style="bold")
    for name, outcomes in counted.items():
        told = ", ".join(f"{outcome.replace('_', ' ')} {number}" for outcome, number in outcomes.items())
        yield Text(f"    {name.ljust(40)} {told}", style="red" if "broken" in outcomes else "")


class _bar:
    """A bar on stderr, where somebody watches."""

    def __init__(self, total: int) -> None:
        from rich.progress import Progress

        console = Console(stderr=True)
        self._bar = Progress(console=console, transient=True, disable=not console.is_terminal)
        self._total = total

    def __enter__(self) -> Any:
        self._bar.start()
        task = self._bar.add_task("pictures", total=self._total)
        return lambda number: self._bar.update(task, completed=number)

    def __exit__(self, *problem: object) -> None:
        self._bar.stop()
