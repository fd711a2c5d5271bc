"""``indelible certify``: find, remove, examine, certify; or refuse."""

from __future__ import annotations

import typer

from indelible.batch.index import write_index
from indelible.cli import choices, show
from indelible.cli.documents import read_plans
from indelible.cli.stream import collected, files_of, process, tasks_of
from indelible.cli.work import certify_file, with_plans


def certify(
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
    accept_limits: choices.AcceptLimits = False,
    as_json: choices.AsJson = False,
    name_template: choices.NameTemplate = choices.DEFAULT_TEMPLATE,
) -> None:
    """Redact images, examine the results and certify them, or refuse.

    A file appears in DIR only if it was certified, with or without limits; otherwise it lies in DIR/quarantine.
    Beside each file stand its certificate and its report; DIR/index.html lists the run.

    [bold]Examples[/]

    indelible certify photo.jpg -o out

    indelible certify photos/ -o out --jobs 2 --json > results.jsonl

    indelible certify form.png -o out --kinds text --text all

    indelible certify photo.jpg -o out --plan plans/photo.plan.json
    """
    choices.check_engine(engine)
    choices.check_template(name_template)
    chosen = choices.policy_of(policy, kinds, text, people=people, balanced=balanced, head=head, ignore=ignore)
    plans = read_plans(plan) if plan is not None else None
    files = files_of(inputs, output)
    documents, keep = collected()
    code = process(
        certify_file,
        with_plans(
            tasks_of(files, chosen, out=output, name_template=name_template, format=choices.format_of(format)), plans
        ),
        total=len(files),
        jobs=jobs,
        show=show.examined,
        as_json=as_json,
        accept_limits=accept_limits,
        finish=keep,
    )
    if any(document["certificate"] is not None for document in documents):
        write_index(output, documents)
    raise typer.Exit(code)
