"""``indelible detect``: what is in the pictures; nothing is written but previews, if they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indelible.cli import choices, show
from indelible.cli.stream import files_of, process, tasks_of
from indelible.cli.work import detect_file

Preview = Annotated[
    Path | None,
    typer.Option(
        "--preview",
        metavar="DIR",
        help="Write NNNN.preview.jpg per picture, with the boxes drawn. It shows what redaction would hide.",
        show_default=False,
    ),
]


def detect(
    inputs: choices.Inputs,
    policy: choices.PolicyName = "public",
    kinds: choices.Kinds = None,
    text: choices.Text = None,
    balanced: choices.Balanced = False,
    head: choices.Head = False,
    ignore: choices.Ignore = None,
    preview: Preview = None,
    jobs: choices.Jobs = 1,
    as_json: choices.AsJson = False,
) -> None:
    """Find faces, plates, text, codes and signatures. The inputs stay as they are; what nobody looked for is listed too.

    Boxes are \\[x, y, width, height] in upright pixels, with the margin of their kind.

    [bold]Examples[/]

    indelible detect photo.jpg

    indelible detect photos/ --kinds face,code --json

    indelible detect photos/ --balanced --preview look
    """
    chosen = choices.policy_of(policy, kinds, text, balanced=balanced, head=head, ignore=ignore)
    if preview is not None:
        from indelible.preview import check_folder

        check_folder(preview)
    files = files_of(inputs)
    code = process(
        detect_file,
        tasks_of(files, chosen, out=preview),
        total=len(files),
        jobs=jobs,
        show=show.detected,
        as_json=as_json,
    )
    raise typer.Exit(code)
