"""The options that several verbs share, and the policy that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from indelible.cli.documents import read_json, read_toml
from indelible.errors import UsageError
from indelible.formats import EXTENSIONS
from indelible.model import Box, Kind, Mode, Policy, TextMode
from indelible.output import output_name
from indelible.policies import NAMES, named

DEFAULT_TEMPLATE = "indelible-{digest}"

#: Formats that can be written, the common ones first.
WRITTEN = ("jpeg", "png", "webp", "tiff", "gif", "bmp", "heif", "avif", "jp2", "jxl")
_ALIASES = {extension[1:]: name for name, extensions in EXTENSIONS.items() for extension in extensions}

_WHAT = "What to look for"
_HOW = "How to run"

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Image files, or folders that are walked.", show_default=False),
]
Out = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="DIR", help="Folder for the results; made if missing.", show_default=False),
]
PolicyName = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="NAME|FILE",
        help=f"{', '.join(NAMES)}, or a TOML or JSON file of your own.",
        rich_help_panel=_WHAT,
    ),
]
Kinds = Annotated[
    str | None,
    typer.Option(
        "--kinds",
        metavar="K,K",
        help="Only these: " + ", ".join(Kind) + ". The policy's other kinds become a limit of the certificate.",
        rich_help_panel=_WHAT,
    ),
]
Text = Annotated[
    TextMode | None,
    typer.Option("--text", help="Which text: personal data, every line, or none.", rich_help_panel=_WHAT),
]
People = Annotated[
    str | None,
    typer.Option(
        "--people",
        metavar="[solid|mosaic]",
        help="Fill faces solid, or with at most 6 blocks (keeps a trace: a limit of the certificate).",
        rich_help_panel=_WHAT,
    ),
]
Balanced = Annotated[
    bool,
    typer.Option(
        "--balanced",
        help="Fewer boxes, and a little more is missed. The default favours recall: a missed face is a leak.",
        rich_help_panel=_WHAT,
    ),
]
Head = Annotated[
    bool,
    typer.Option("--head", help="Cover the whole head with hair and ears, not the face alone.", rich_help_panel=_WHAT),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="X,Y,W,H",
        help="Let stand what lies in this box, in upright pixels; may be given again. A limit of the certificate.",
        rich_help_panel=_WHAT,
        show_default=False,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="[" + "|".join(WRITTEN) + "]",
        help="Format of the output; the input's own by default (PSD: png; HEIC that cannot be written: jpeg).",
        rich_help_panel=_HOW,
        show_default=False,
    ),
]
SigningKey = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        help="Private key to sign with; your own by default (see keys new). Without one certificates are unsigned.",
        rich_help_panel=_HOW,
        show_default=False,
    ),
]
Gallery = Annotated[
    Path | None,
    typer.Option(
        "--gallery",
        metavar="DIR",
        help="Clear faces that an attacker may have, one folder or file name per person: faces under a mosaic are told by them.",
        rich_help_panel=_HOW,
        show_default=False,
    ),
]
PlanPath = Annotated[
    Path | None,
    typer.Option(
        "--plan",
        metavar="FILE|DIR",
        help="Replay a plan; of a folder, the one that was made for the file.",
        rich_help_panel=_WHAT,
        show_default=False,
    ),
]
Previous = Annotated[
    Path | None,
    typer.Option(
        "--previous",
        metavar="PATH",
        help="The run to compare with: its folder, or its index.json. Without it, the one that stands in DIR.",
        show_default=False,
        rich_help_panel=_HOW,
    ),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=256, help="Files at once.", rich_help_panel=_HOW)]
Engine = Annotated[
    str, typer.Option("--engine", metavar="[local]", help="Where to run: this machine.", rich_help_panel=_HOW)
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object per file on stdout, one per line.", rich_help_panel=_HOW)
]
AcceptLimits = Annotated[
    bool,
    typer.Option(
        "--accept-limits",
        help="Exit 0 instead of 10 where the only fault is a limit. The certificate says the same.",
        rich_help_panel=_HOW,
    ),
]
NameTemplate = Annotated[
    str,
    typer.Option(
        "--name-template",
        metavar="TEXT",
        help="Name of the outputs, of {digest}, {index}, {stem}. The input's own name ({stem}) can identify somebody.",
        rich_help_panel=_HOW,
    ),
]


def policy_of(
    name: str,
    kinds: str | None = None,
    text: TextMode | None = None,
    *,
    people: str | None = None,
    balanced: bool = False,
    head: bool = False,
    ignore: Sequence[str] | None = None,
) -> Policy:
    """The named policy or the one in a file, with the choices of the command line on top. Raises `UsageError`."""
    policy = named(name) if name in NAMES else _policy_file(Path(name))
    try:
        chosen = tuple(dict.fromkeys(Kind(kind.strip()) for kind in kinds.split(","))) if kinds is not None else None
    except ValueError:
        raise UsageError("kinds", "--kinds names a kind that does not exist.", f"Kinds: {', '.join(Kind)}.") from None
    try:
        return policy.with_choices(
            kinds=chosen,
            text=text,
            people=people,
            mode=Mode.BALANCED if balanced else None,
            head=head or None,
            ignore=(*policy.ignore, *(box_of(item, "--ignore") for item in ignore)) if ignore else None,
        )
    except ValueError as problem:
        raise UsageError("choices", f"These choices do not go together: {problem}.", "See --help.") from None


def box_of(text: str, option: str) -> Box:
    """The box of an option's ``X,Y,W,H``. Raises `UsageError`."""
    try:
        return Box.from_list([int(part) for part in text.split(",")])
    except ValueError:
        raise UsageError(
            option.lstrip("-"), f"{option} takes four whole numbers.", "Give X,Y,W,H in upright pixels."
        ) from None


def format_of(name: str | None) -> str | None:
    """The format of that name or file name extension (``jpg``, ``heic``). Raises `UsageError`."""
    chosen = None if name is None else _ALIASES.get(name.lower().removeprefix("."), name.lower())
    if chosen is not None and chosen not in WRITTEN:
        raise UsageError(
            "format", "--format names a format that is not written here.", f"Formats: {', '.join(WRITTEN)}."
        )
    return chosen


def check_engine(engine: str) -> None:
    """Only this machine, in this version. Raises `UsageError`."""
    if engine != "local":
        raise UsageError("engine", "This version runs on this machine only.", "Leave out --engine, and use --jobs N.")


def check_template(template: str) -> None:
    """A template that cannot name a file is told before any file is worked on. Raises `UsageError`."""
    output_name(template, digest="0" * 64, index=1, stem="name")


def _policy_file(path: Path) -> Policy:
    if not path.exists():
        raise UsageError(
            "policy_unknown", "There is no policy or policy file of that name.", f"Policies: {', '.join(NAMES)}."
        )
    untrusted = read_toml(path, "policy") if path.suffix.lower() == ".toml" else read_json(path, "policy")
    if not isinstance(untrusted, dict):
        raise UsageError("policy_wrong", "The policy file does not hold one object.", "See the documentation.")
    from indelible.detect.entity_custom import check_patterns

    try:
        policy = Policy.from_dict({"name": "custom", **untrusted})
        check_patterns(policy.text_rules)
    except ValueError as problem:
        raise UsageError("policy_wrong", f"The policy file is wrong: {problem}.", "Correct the field.") from None
    if policy.name in NAMES and policy != named(policy.name):
        raise UsageError(
            "policy_name",
            "The policy file has the name of another policy, and demands something else.",
            "Choose a name of your own: certificates name ours.",
        )
    return policy
