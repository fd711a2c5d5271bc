"""Other people's redactors as commands: places are filled, nothing escapes, and every failure has its reason."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from indelible.errors import MissingError, ToolError, UsageError
from indelible.exec.redactor import RedactorCommand

DATA, PLAN = b"picture bytes", b"{}"


def _python(code: str, places: str, *, timeout_s: float = 30.0) -> RedactorCommand:
    return RedactorCommand.parse(f"'{sys.executable}' -c '{code}' {places}", timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("import sys,shutil; shutil.copy(sys.argv[1],sys.argv[2])", "{input} {output}"),
        ("import sys,shutil; shutil.copy(sys.argv[1],sys.argv[2])", "{input} {folder}"),
        ('import sys; open(sys.argv[1],"ab").close()', "{inplace}"),
        ("import sys,shutil; shutil.copy(sys.argv[1][5:],sys.argv[2][6:])", "--in={input} --out={output}"),
    ],
)
def test_a_command_gets_its_file_and_gives_one_back(code: str, places: str) -> None:
    """Output file, output folder, change in place, and places inside of arguments."""
    command = _python(code, places)

    assert command.redact(DATA, ".png", PLAN) == DATA
    assert not command.is_told


def test_a_command_may_be_told_where(tmp_path: Path) -> None:
    """The plan is a file like the picture."""
    command = _python("import sys,shutil; shutil.copy(sys.argv[3],sys.argv[2])", "{input} {output} {plan}")

    assert command.is_told
    assert command.redact(DATA, ".jpg", PLAN) == PLAN


@pytest.mark.parametrize(
    ("code", "places", "reason"),
    [
        ("raise SystemExit(3)", "{input} {output}", "redactor_failed"),
        ("pass", "{input} {output}", "redactor_no_output"),
        ("import time; time.sleep(60)", "{input} {output}", "redactor_timeout"),
        ('import sys; [open(sys.argv[2]+n,"w") for n in "ab"]', "{input} {output}", "redactor_many_outputs"),
        ('import sys,os; os.symlink("/etc/passwd",sys.argv[2])', "{input} {output}", "redactor_no_output"),
    ],
)
def test_every_failure_has_its_reason(code: str, places: str, reason: str) -> None:
    """Nothing that did not work counts as an answer; links out of the folder are not followed."""
    with pytest.raises(ToolError) as caught:
        _python(code, places, timeout_s=2.0 if reason == "redactor_timeout" else 30.0).redact(DATA, ".png", PLAN)

    assert caught.value.code == reason
    assert "/tmp" not in str(caught.value)


@pytest.mark.parametrize("text", ["cp", "cp {input}", "cp x {output}", "cp '{input} {output}", ""])
def test_a_command_without_places_is_wrong_use(text: str) -> None:
    """And so is one that cannot be split."""
    with pytest.raises(UsageError):
        RedactorCommand.parse(text)


def test_a_missing_program_is_told() -> None:
    """Before any picture is made."""
    with pytest.raises(MissingError):
        RedactorCommand.parse("no-such-redactor {input} {output}")


def test_there_is_no_shell() -> None:
    """What looks like a command behind a command is an argument."""
    command = RedactorCommand.parse("cp {input} {output} ; touch /tmp/indelible-was-here")

    with pytest.raises(ToolError):
        command.redact(DATA, ".png", PLAN)
    assert not Path("/tmp/indelible-was-here").exists()


def test_scripts_are_found_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in a folder of its own; names of files here are made absolute."""
    (tmp_path / "copy.py").write_text("import sys,shutil; shutil.copy(sys.argv[1],sys.argv[2])")
    monkeypatch.chdir(tmp_path)

    assert RedactorCommand.parse(f"'{sys.executable}' copy.py {{input}} {{output}}").redact(DATA, ".png", PLAN) == DATA
