"""``indelible certify``: find, remove, examine, certify; or refuse."""

from __future__ import annotations

import typer

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
    gallery: choices.Gallery = None,
    key: choices.SigningKey = None,
    previous: choices.Previous = None,
    jobs: choices.Jobs = 1,
    engine: choices.Engine = "local",
    accept_limits: choices.AcceptLimits = False,
    as_json: choices.AsJson = False,
    name_template: choices.NameTemplate = choices.DEFAULT_TEMPLATE,
) -> None:
    """Redact images, examine the results and certify them, or refuse.

    A file appears in DIR only if it was certified, with or without limits; otherwise it lies in DIR/quarantine.
    Beside each file stand its certificate and its report; DIR/index.html lists the run and compares it with the one before.
    With a key of yours (keys new) each certificate is signed, and DIR/run/checkpoint.dsse signs the run. DIR/private stays
    with you.

    [bold]Examples[/]

    indelible certify photo.jpg -o out

    indelible certify photos/ -o out --jobs 2 --json > results.jsonl

    indelible certify form.png -o out --kinds text --text all

    indelible certify photo.jpg -o out --plan plans/photo.plan.json
    """
    from indelible.batch.close import close_run
    from indelible.batch.index import previous_run
    from indelible.batch.seal import begin_run
    from indelible.reports import keys

    choices.check_engine(engine)
    choices.check_template(name_template)
    chosen = choices.policy_of(policy, kinds, text, people=people, balanced=balanced, head=head, ignore=ignore)
    plans = read_plans(plan) if plan is not None else None
    files = files_of(inputs, output)
    signer, before = keys.signer(key), previous_run(output, previous)
    run = begin_run(chosen)  # as the two above, before the first file is opened
    documents, keep = collected()
    tasks = tasks_of(
        files,
        chosen,
        out=output,
        name_template=name_template,
        format=choices.format_of(format),
        key=key,
        run_id=run.id,
        gallery=gallery,
    )
    code = process(
        certify_file,
        with_plans(tasks, plans),
        total=len(files),
        jobs=jobs,
        show=show.examined,
        as_json=as_json,
        accept_limits=accept_limits,
        finish=keep,
    )
    close_run(output, documents, policy=chosen, run=run, signer=signer, previous=before)
    raise typer.Exit(code)
