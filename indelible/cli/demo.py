"""``indelible demo``: the whole product on three generated pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from indelible.cli import show
from indelible.cli.choices import DEFAULT_TEMPLATE
from indelible.cli.stream import collected, process, tasks_of
from indelible.cli.work import certify_file
from indelible.errors import OutputError
from indelible.model import Policy


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the pictures and reports.")
    ] = Path("demo"),
) -> None:
    """Certify a portrait, a form and a screenshot, and show where their reports lie.

    [bold]Example[/]

    indelible demo -o demo
    """
    from indelible.batch.close import close_run
    from indelible.batch.index import previous_run
    from indelible.batch.seal import begin_run
    from indelible.corpus.demo import write_inputs
    from indelible.reports import keys

    try:
        files = list(write_inputs(output / "inputs"))
    except OSError:
        raise OutputError("cannot_write", "The pictures cannot be written.", "Choose a folder of yours.") from None
    policy = Policy()
    signer, before, run = keys.signer(), previous_run(output), begin_run(policy)
    documents, keep = collected()
    code = process(
        certify_file,
        tasks_of(files, policy, out=output, name_template=DEFAULT_TEMPLATE, run_id=run.id),
        total=len(files),
        jobs=1,
        show=lambda document: iter(()),
        as_json=False,
        finish=keep,
    )
    table = Table("file", "verdict", "regions", "seconds", "report", box=None, pad_edge=False)
    for document in documents:
        error = document["error"]
        table.add_row(
            Path(document["file"]).name,
            error["code"] if error else document["verdict"].replace("_", " "),
            str(len(document["regions"])),
            "" if error else f"{document['seconds']:.1f}",
            Path(document["report"]).name if document["report"] else "",
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160  # into a file or a pipe: nothing is cut
    console.print(table)
    for document in documents:
        if document["error"]:
            console.print(f"{document['error']['message']} {document['error']['remedy']}", markup=False)
    page = close_run(output, documents, policy=policy, run=run, signer=signer, previous=before)
    if page is not None:
        console.print(f"\nInputs:  {show.shown(output / 'inputs')}\nReports: {show.shown(page)}", markup=False)
    # a limit is what the demonstration shows, not a failure of it
    raise typer.Exit(0 if code == 10 else code)
