"""One exit code says how a whole run went, and the worst file decides."""

import itertools
from pathlib import Path

import pytest

from indelible.cli.exit_codes import worst
from tests.cli.conftest import QUICK, Here


def test_the_worst_file_decides() -> None:
    """The contract's order, with the codes that it leaves open in between."""
    order = [30, 20, 1, 5, 4, 2, 3, 10, 0]

    for worse, better in itertools.combinations(order, 2):
        assert worst([better, worse, better]) == worse
    assert worst([]) == 0


def test_an_unknown_code_is_never_a_success() -> None:
    """A code that nobody listed counts as an internal error."""
    assert worst([0, 77]) == 77


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--engine", "ray"), "this machine only"),
        (("--policy", "nosuch"), "no policy"),
        (("--kinds", "face,tail"), "does not exist"),
        (("--people", "blur"), "solid or mosaic"),
        (("--plan", "nosuch.plan.json"), "plan file cannot be read"),
        (("--name-template", "../{digest}"), "name template"),
        (("--name-template", "same"), "name template"),
        (("--jobs", "0"), "jobs"),
        (("--text", "some"), "text"),
        (("--nosuch",), "nosuch"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_wrong_use_is_told_before_any_file_is_touched(
    here: Here, photo: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """Exit code 2, nothing on stdout, nothing written."""
    ran = here("certify", photo, "-o", tmp_path / "out", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert told.lower() in ran.err.lower()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("verb", ["certify", "redact", "plan"])
def test_a_folder_for_the_results_must_be_named(here: Here, photo: Path, verb: str) -> None:
    """Nothing is written beside the input by default."""
    assert here(verb, photo).code == 2


def test_a_url_is_wrong_use(here: Here) -> None:
    """A bucket is not taken for a file that does not exist."""
    ran = here("detect", "s3://bucket/photo.jpg", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert "local paths only" in ran.err


def test_no_file_at_all_is_not_a_success(here: Here, tmp_path: Path) -> None:
    """An empty folder in a build pipeline is a mistake in the pipeline."""
    (tmp_path / "empty").mkdir()

    assert here("certify", tmp_path / "empty", "-o", tmp_path / "out").code == 2


def test_the_output_folder_may_not_be_the_input(here: Here, photo: Path) -> None:
    """Results among the originals would be certified again, and published with them."""
    assert here("certify", photo.parent, "-o", photo.parent).code == 2


def test_a_limit_is_10_and_0_where_it_is_accepted(here: Here, photo: Path, tmp_path: Path) -> None:
    """Accepting limits changes the exit code, never the word."""
    plain = here("certify", photo, "-o", tmp_path / "a", "--json", *QUICK)
    accepted = here("certify", photo, "-o", tmp_path / "b", "--json", "--accept-limits", *QUICK)

    assert (plain.code, accepted.code) == (10, 0)
    assert {line["verdict"] for line in plain.lines + accepted.lines} == {"certified_with_limits"}


@pytest.mark.parametrize("folder", ["a-file", "/proc/indelible-test"])
def test_an_output_folder_that_cannot_be_written_is_5(here: Here, photo: Path, tmp_path: Path, folder: str) -> None:
    """Said for each file, and nothing is left behind."""
    (tmp_path / "a-file").write_text("in the way")
    ran = here("certify", photo, "-o", tmp_path / folder, "--json", *QUICK)

    assert ran.code == 5
    assert ran.lines[0]["error"]["code"] == "cannot_write"
    assert (tmp_path / "a-file").read_text() == "in the way"


@pytest.mark.parametrize(
    "verb", ["certify", "detect", "plan", "redact", "verify", "report", "models", "doctor", "demo"]
)
def test_help_teaches_with_examples(here: Here, verb: str) -> None:
    """Every verb shows how it is used."""
    ran = here(verb, "--help")

    assert ran.code == 0
    assert f"indelible {verb}" in ran.out.replace("Usage: ", "")


def test_the_main_help_lists_the_exit_codes_and_only_verbs_that_work(here: Here) -> None:
    """A verb of the contract that does nothing yet is not offered."""
    ran = here("--help")

    assert "130 interrupted" in ran.out and "30 refused" in ran.out
    assert "│ attack " in ran.out and "│ serve " not in ran.out


def test_the_version_is_told(here: Here) -> None:
    """The version that stands in certificates."""
    from indelible.version import __version__

    assert here("--version").out == f"indelible {__version__}\n"
