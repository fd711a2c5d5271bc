"""``indelible verify``: examine anybody's output, with or without its original."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indelible.cli import choices, show
from indelible.cli.documents import read_plans
from indelible.cli.stream import files_of, process, tasks_of
from indelible.cli.work import verify_file, with_originals
from indelible.errors import UsageError


def verify(
    inputs: choices.Inputs,
    original: Annotated[
        Path | None,
        typer.Option(
            "--original",
            metavar="FILE|DIR",
            help="The source; of a folder, the file of the same name.",
            show_default=False,
        ),
    ] = None,
    plan: choices.PlanPath = None,
    policy: choices.PolicyName = "public",
    kinds: choices.Kinds = None,
    text: choices.Text = None,
    gallery: choices.Gallery = None,
    jobs: choices.Jobs = 1,
    accept_limits: choices.AcceptLimits = False,
    as_json: choices.AsJson = False,
) -> None:
    """Examine redacted images, made by any tool, and say what they still give away.

    With the original, copies of it inside the file are found; with the plan as well, the swap test can run.

    [bold]Examples[/]

    indelible verify published.jpg

    indelible verify published.jpg --original photo.jpg --plan photo.plan.json --json
    """
    chosen = choices.policy_of(policy, kinds, text)
    plans = read_plans(plan) if plan is not None else None
    files = files_of(inputs)
    if original is not None and not original.is_dir() and len(files) > 1:
        raise UsageError(
            "one_original", "One original was named for several files.", "Name a folder of originals, or one file."
        )
    code = process(
        verify_file,
        with_originals(tasks_of(files, chosen, gallery=gallery), original, plans),
        total=len(files),
        jobs=jobs,
        show=show.examined,
        as_json=as_json,
        accept_limits=accept_limits,
    )
    raise typer.Exit(code)
