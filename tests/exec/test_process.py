"""A foreign program is started with limits, ends at its deadline and cannot make us wait or grow."""

from __future__ import annotations

import os
import stat
import sys
import time

import pytest

from indelible.errors import MissingError
from indelible.exec.process import private_copy, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_and_status_are_returned() -> None:
    """What the program wrote, and how it ended."""
    done = run(python("import sys; sys.stdout.write('a'); sys.stderr.write('b'); sys.exit(3)"), timeout_s=20)

    assert (3, b"a", b"b", False) == (done.returncode, done.stdout, done.stderr, done.timed_out)


def test_input_is_fed_while_output_is_drained() -> None:
    """A megabyte in and out at once does not deadlock."""
    data = os.urandom(1 << 20)

    done = run(
        python("import sys; sys.stderr.write('x' * 200000); sys.stdout.buffer.write(sys.stdin.buffer.read())"),
        timeout_s=20,
        input=data,
    )

    assert data == done.stdout


def test_deadline_kills_the_whole_group() -> None:
    """A grandchild that holds the pipe open does not keep us waiting."""
    started = time.monotonic()

    done = run(["sh", "-c", "sleep 60 & sleep 60"], timeout_s=0.3)

    assert done.timed_out
    assert time.monotonic() - started < 6


def test_flood_is_cut() -> None:
    """A program that writes for ever is ended when the limit is reached."""
    done = run(["yes"], timeout_s=20, max_output=100_000)

    assert done.overflow and not done.timed_out
    assert 100_000 == len(done.stdout)


def test_memory_limit_holds() -> None:
    """More than the allowed address space cannot be had."""
    done = run(python("bytearray(2_000_000_000)"), timeout_s=20, memory_mb=500)

    assert done.returncode != 0


def test_environment_is_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's environment is handed on, and HOME is not the user's."""
    monkeypatch.setenv("INDELIBLE_SECRET", "x")
    home = os.environ.get("HOME", "")

    done = run(["env"], timeout_s=20)

    assert b"INDELIBLE_SECRET" not in done.stdout
    assert f"HOME={home}\n".encode() not in done.stdout


def test_missing_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is a command."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(MissingError) as caught:
        run(["exiftool", "-ver"], timeout_s=5)

    assert "exiftool_missing" == caught.value.code
    assert "apt-get install libimage-exiftool-perl" in caught.value.remedy


def test_arguments_are_never_parsed_by_a_shell() -> None:
    """Shell characters arrive as they are."""
    done = run(["printf", "%s", "$(id); `id` 'x'"], timeout_s=20)

    assert b"$(id); `id` 'x'" == done.stdout


def test_private_copy_is_private_and_goes_away() -> None:
    """Only the owner can enter the folder; the name says nothing; nothing stays."""
    with private_copy(b"abc", ".jpg") as path:
        assert b"abc" == path.read_bytes()
        assert "input.jpg" == path.name
        assert 0 == stat.S_IMODE(path.parent.stat().st_mode) & 0o077

    assert not path.parent.exists()


@pytest.mark.parametrize("extension", ["", "../x", "JPG", "a\nb", "-x"])
def test_private_copy_refuses_odd_extensions(extension: str) -> None:
    """No part of a user's name gets into the path."""
    with pytest.raises(ValueError), private_copy(b"", extension):
        pass
