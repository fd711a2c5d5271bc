"""``indelible detect``: what is in the pictures; nothing is written."""

from __future__ import annotations

import typer

from indelible.cli import choices, show
from indelible.cli.stream import files_of, process, tasks_of
from indelible.cli.work import detect_file


def detect(
    inputs: choices.Inputs,
    policy: choices.PolicyName = "public",
    kinds: choices.Kinds = None,
    text: choices.Text = None,
    jobs: choices.Jobs = 1,
    as_json: choices.AsJson = False,
) -> None:
    """Find faces, text and codes. Nothing is written; what nobody looked for is listed too.

    Boxes are \\[x, y, width, height] in upright pixels, with the margin of their kind.

    [bold]Examples[/]

    indelible detect photo.jpg

    indelible detect photos/ --kinds face,code --json
    """
    chosen = choices.policy_of(policy, kinds, text)
    files = files_of(inputs)
    code = process(
        detect_file,
        tasks_of(files, chosen),
        total=len(files),
        jobs=jobs,
        show=show.detected,
        as_json=as_json,
    )
    raise typer.Exit(code)
