"""Policies as data: what each demands, that users' files are understood or told what is wrong, and that none borrows a name."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from indelible.cli import choices
from indelible.errors import UsageError
from indelible.model import Kind, Limit, Mode, Policy, TextMode
from indelible.policies import NAMES, named
from indelible.reports.projection import policy_of

DOCS = Path(__file__).parents[1] / "docs" / "policies.md"


def _policy(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return choices.policy_of(str(path))


@pytest.mark.claim("T-DEF-01")
def test_the_default_is_the_policy_called_public() -> None:
    """Every kind that is looked for, solid, no limit accepted; and what a caller gets without a word."""
    public = named("public")

    assert public == Policy() == choices.policy_of("public")
    assert (public.people, public.mode, public.text, public.accept_limits) == ("solid", Mode.RECALL, TextMode.PII, ())
    assert {Kind.FACE, Kind.PLATE, Kind.TEXT, Kind.CODE, Kind.SIGNATURE} == set(public.kinds)


@pytest.mark.claim("T-POL-01")
@pytest.mark.parametrize("name", NAMES)
def test_no_policy_of_ours_lets_something_stand(name: str) -> None:
    """None uses a mosaic, accepts one, or accepts that something was not looked for."""
    policy = named(name)

    assert policy.name == name
    assert policy.people == "solid"
    assert not {Limit.METHOD_LOSSY, Limit.CLASS_OUT_OF_SCOPE, Limit.NO_REGIONS} & set(policy.accept_limits)
    assert set(policy.kinds) == set(named("public").kinds)


@pytest.mark.claim("T-POL-02")
def test_court_is_stricter_than_public_and_internal_is_not() -> None:
    """Every line and the whole head, against a few limits that an own house may accept."""
    court, internal = named("court"), named("internal")

    assert (court.text, court.head, court.accept_limits) == (TextMode.ALL, True, ())
    assert (internal.mode, internal.accept_limits) == (Mode.BALANCED, ("L-SOURCE-CODEC", "L-GEOMETRY"))


@pytest.mark.parametrize("name", NAMES)
def test_the_certificate_names_the_policy_and_its_digest(name: str) -> None:
    """One digest for each, of everything that it demands."""
    digests = {policy_of(named(other))["digest"]["sha256"] for other in NAMES}

    assert policy_of(named(name))["id"] == f"{name}/1"
    assert len(digests) == len(NAMES)


def test_a_users_policy_is_called_custom(tmp_path: Path) -> None:
    """Whether or not it has a name: the name is the user's, and may say something."""
    for text in ('kinds = ["code"]', 'name = "case-4711"\nkinds = ["code"]'):
        assert policy_of(_policy(tmp_path, text))["id"] == "custom/1"


@pytest.mark.claim("T-POL-02")
def test_nobody_certifies_under_a_borrowed_name(tmp_path: Path) -> None:
    """A file called ``court`` that looks for codes only would read as ours; the same content may."""
    with pytest.raises(UsageError, match="name of another policy"):
        _policy(tmp_path, 'name = "court"\nkinds = ["code"]')

    text = (files("indelible.policies") / "court.toml").read_text("utf-8")
    assert _policy(tmp_path, text) == named("court")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = ["face"]', "unknown field: kind; did you mean kinds?"),
        ('"<script>" = 1', "unknown field: a name that is none"),
        ('kinds = "face"', 'kinds: a list, such as ["face"]'),
        ('kinds = ["faces"]', "kinds: only face, person, plate"),
        ('kinds = ["face", "face"]', "kinds: nothing twice"),
        ("kinds = []", "kinds: at least one"),
        ('mode = "fast"', "mode: one of recall, balanced"),
        ('people = "blur"', "people: one of solid, mosaic"),
        ("mosaic_blocks = 12", "mosaic_blocks: 1 to 6"),
        ('mosaic_blocks = "5"', "mosaic_blocks: a whole number"),
        ("mosaic_blocks = true", "mosaic_blocks: a whole number"),
        ('color = "black"', "color: #rrggbb"),
        ('accept_limits = ["L-EVERYTHING"]', "accept_limits: only L-METHOD-LOSSY"),
        ("margins = 0.2", "margins: a table"),
        ('[margins]\nface = "wide"', "margins.face: a number from 0 to 1"),
        ("[thresholds]\nnose = 0.5", "thresholds: only face"),
        ("[thresholds]\nface = nan", "thresholds.face: a number from 0 to 1"),
        ('name = "My Policy"', "name: 1 to 32 small letters"),
    ],
)
def test_a_wrong_field_is_told_with_what_to_write_instead(tmp_path: Path, text: str, said: str) -> None:
    """The message names the field and its choices, and never repeats a value."""
    with pytest.raises(UsageError) as caught:
        _policy(tmp_path, text)

    assert said in caught.value.message
    assert "<script>" not in caught.value.message


def test_a_policy_survives_the_way_to_a_worker() -> None:
    """As the JSON object that a task carries."""
    for name in NAMES:
        assert Policy.from_dict(named(name).to_dict()) == named(name)


def test_the_documentation_shows_what_is_shipped() -> None:
    """The page about policies holds each file as it is."""
    page = DOCS.read_text("utf-8")

    for name in NAMES:
        shipped = (files("indelible.policies") / f"{name}.toml").read_text("utf-8")
        assert tomllib.loads(shipped)["name"] == name
        body = "\n".join(line for line in shipped.splitlines() if not line.startswith("#"))
        assert body in page, name
