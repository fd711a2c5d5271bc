"""``indelible plan``: decisions to be reviewed, edited and replayed; no picture is written."""

from __future__ import annotations

import os

import typer

from indelible.cli import choices, show
from indelible.cli.documents import write_plan
from indelible.cli.stream import files_of, process, tasks_of
from indelible.cli.work import Line, Task, plan_file


def plan(
    inputs: choices.Inputs,
    output: choices.Out,
    policy: choices.PolicyName = "public",
    kinds: choices.Kinds = None,
    text: choices.Text = None,
    people: choices.People = None,
    balanced: choices.Balanced = False,
    head: choices.Head = False,
    ignore: choices.Ignore = None,
    jobs: choices.Jobs = 1,
    as_json: choices.AsJson = False,
) -> None:
    """Write one plan per image, to be reviewed or edited, then replayed with certify --plan.

    A plan carries the original's digest: it stays with you and never travels with a certificate. In a plan, set "state" to
    "rejected" for a region that is to stay visible, or add regions of your own.

    [bold]Examples[/]

    indelible plan photo.jpg -o plans

    indelible certify photo.jpg -o out --plan plans/photo.plan.json
    """

    def written(task: Task, line: Line) -> Line:
        if "error" in line.document:
            return line
        path = write_plan(output, task.path.stem, line.document)
        document = {
            "file": os.fspath(task.path),
            "plan": os.fspath(path),
            "redactions": len(line.document["redactions"]),
            "error": None,
        }
        return Line(document=document, exit_code=line.exit_code)

    chosen = choices.policy_of(policy, kinds, text, people=people, balanced=balanced, head=head, ignore=ignore)
    files = files_of(inputs, output)
    code = process(
        plan_file,
        tasks_of(files, chosen),
        total=len(files),
        jobs=jobs,
        show=show.planned,
        as_json=as_json,
        finish=written,
    )
    raise typer.Exit(code)
