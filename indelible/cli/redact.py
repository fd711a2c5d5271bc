"""``indelible redact``: remove, and leave the examination to `verify`."""

from __future__ import annotations

import typer

from indelible.cli import choices, show
from indelible.cli.documents import read_plans
from indelible.cli.stream import files_of, process, tasks_of
from indelible.cli.work import redact_file, with_plans


def redact(
    inputs: choices.Inputs,
    output: choices.Out,
    policy: choices.PolicyName = "public",
    plan: choices.PlanPath = None,
    kinds: choices.Kinds = None,
    text: choices.Text = None,
    people: choices.People = None,
    balanced: choices.Balanced = False,
    head: choices.Head = False,
    ignore: choices.Ignore = None,
    format: choices.Format = None,
    jobs: choices.Jobs = 1,
    engine: choices.Engine = "local",
    as_json: choices.AsJson = False,
    name_template: choices.NameTemplate = choices.DEFAULT_TEMPLATE,
) -> None:
    """Redact images into fresh files that nobody has examined yet.

    [bold]Examples[/]

    indelible redact photo.jpg -o out

    indelible redact photos/ -o out --plan plans/
    """
    choices.check_engine(engine)
    choices.check_template(name_template)
    chosen = choices.policy_of(policy, kinds, text, people=people, balanced=balanced, head=head, ignore=ignore)
    plans = read_plans(plan) if plan is not None else None
    files = files_of(inputs, output)
    code = process(
        redact_file,
        with_plans(
            tasks_of(files, chosen, out=output, name_template=name_template, format=choices.format_of(format)), plans
        ),
        total=len(files),
        jobs=jobs,
        show=show.redacted,
        as_json=as_json,
    )
    raise typer.Exit(code)
