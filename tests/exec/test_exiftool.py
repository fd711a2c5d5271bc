"""exiftool is a witness that may be missing, die, hang, lie or flood; none of that is ever taken for a clean file."""

from __future__ import annotations

import io
import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from indelible.errors import MissingError, ToolError
from indelible.exec import exiftool
from indelible.exec.exiftool import ExifTool, parse_answer, prefetch, reading

FAKE = """#!/usr/bin/env python3
import sys, time
for line in sys.stdin:
    line = line.strip()
    if line.startswith("{indelible"): mark = line
    if line.startswith("-execute"):
        number = line[len("-execute"):]
        if number == "1":
            print("%s")
        else:
            %s
        print("{ready%%s}" %% number, flush=True)
        print(mark, file=sys.stderr, flush=True)
"""


def jpeg(**options: object) -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((32, 24)).save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.fixture(scope="module")
def tool() -> Iterator[ExifTool]:
    with ExifTool(timeout_s=30) as session:
        yield session


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Install a program called exiftool that behaves as told."""

    def install(does: str, version: str = "12.57") -> ExifTool:
        program = tmp_path / "exiftool"
        program.write_text(FAKE % (version, does))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return ExifTool(timeout_s=1.5)

    yield install


def test_every_file_is_read_in_order_and_stays_nameless(tool: ExifTool) -> None:
    """One reading per file; a comment is seen; no value shows when a reading is printed."""
    first, second = tool.read_bytes([jpeg(), jpeg(comment=b"plant-7731")])

    assert not first.warnings and not first.error
    assert "File:Comment" not in first.tags
    assert "File:Comment" in second.tags
    assert "plant" not in repr(second)


@pytest.mark.parametrize("name", [b"a\n-ver\nb.jpg", b"-ver.jpg", b"#x.jpg", b"caf\xe9.jpg", b" x .jpg", b"$(id).jpg"])
def test_odd_file_names_never_reach_the_argument_list(tool: ExifTool, tmp_path: Path, name: bytes) -> None:
    """Line breaks, dashes and names that are not UTF-8 are only names."""
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    path.write_bytes(jpeg(comment=b"plant"))

    (answer,) = tool.read([path])

    assert "File:Comment" in answer.tags


def test_one_bad_file_costs_nobody_else_an_answer(tool: ExifTool) -> None:
    """An unreadable file in a batch is an error of its own."""
    good, bad = tool.read_bytes([jpeg(), b"\x00\x01nothing"])

    assert not good.error
    assert bad.error


def test_binary_tags_come_back_as_bytes(tool: ExifTool, tmp_path: Path) -> None:
    """A comment with any byte is extracted exactly; a tag that is not there is None."""
    path = tmp_path / "x.jpg"
    path.write_bytes(jpeg(comment=b"ab\xff\xd8\x80z"))

    assert b"ab\xff\xd8\x80z" == tool.extract(path, "Comment")
    assert tool.extract(path, "ThumbnailImage") is None


def test_a_process_killed_during_a_command_is_an_error_and_then_restarts() -> None:
    """Its death is noticed at once, not waited for; the next call has a new process, and that is counted."""
    with ExifTool(timeout_s=30) as tool:
        tool.version()
        assert tool.pid is not None
        os.kill(tool.pid, signal.SIGSTOP)  # the command is sent and never answered
        killer = threading.Timer(0.3, os.kill, (tool.pid, signal.SIGKILL))
        killer.start()
        started = time.monotonic()
        with pytest.raises(ToolError) as caught:
            tool.read_bytes([jpeg()])

        assert "exiftool_died" == caught.value.code
        assert time.monotonic() - started < 5
        assert not tool.read_bytes([jpeg()])[0].error
        assert 1 == tool.restarts


def test_a_process_killed_between_commands_is_replaced_and_counted() -> None:
    """The silent restart is recorded."""
    with ExifTool(timeout_s=30) as tool:
        tool.version()
        assert tool.pid is not None
        os.kill(tool.pid, signal.SIGKILL)
        time.sleep(0.2)

        assert not tool.read_bytes([jpeg()])[0].error
        assert 1 == tool.restarts


def test_a_process_that_hangs_is_killed_at_the_deadline(fake: object) -> None:
    """There is a deadline for each command."""
    assert callable(fake)
    with fake("time.sleep(60)") as tool:
        started = time.monotonic()
        with pytest.raises(ToolError) as caught:
            tool.read_bytes([jpeg()])

    assert "exiftool_timeout" == caught.value.code
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("sys.exit(1)", "exiftool_died"),
        ('print(\'[{"SourceFile": "x\')', "exiftool_answer"),
        ("print('[]')", "exiftool_answer"),
        ("print('')", "exiftool_answer"),
        ("sys.stderr.write('w' * 3000000); print('[]')", "exiftool_answer"),
    ],
)
def test_a_lying_exiftool_is_an_error(fake: object, does: str, code: str) -> None:
    """Death, a cut answer, an empty one and a flood on standard error are errors, never an empty reading."""
    assert callable(fake)
    with fake(does) as tool, pytest.raises(ToolError) as caught:
        tool.read_bytes([jpeg()])

    assert code == caught.value.code


def test_an_old_version_is_refused(fake: object) -> None:
    """The oldest accepted version is 12.57."""
    assert callable(fake)
    with fake("print('[]')", "12.40") as tool, pytest.raises(MissingError) as caught:
        tool.read_bytes([jpeg()])

    assert "exiftool_too_old" == caught.value.code


def test_a_missing_exiftool_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is 4 and the remedy a command."""
    monkeypatch.setenv("PATH", "")

    with ExifTool() as tool, pytest.raises(MissingError) as caught:
        tool.version()

    assert "exiftool_missing" == caught.value.code
    assert 4 == caught.value.exit_code


def test_an_answer_must_name_every_file() -> None:
    """A file that is left out is not a clean file."""
    with pytest.raises(ToolError):
        parse_answer(b'[{"SourceFile": "a"}]', ["a", "b"])


def test_readings_are_remembered_by_content() -> None:
    """The same bytes are read once."""
    data = jpeg(comment=b"remember")
    prefetch([data, data])

    assert reading(data) is reading(bytes(bytearray(data)))


def test_a_file_that_hangs_exiftool_costs_one_deadline(fake: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every further question about the same bytes fails at once, and other files are still read."""
    assert callable(fake)
    with fake("time.sleep(60)") as tool:
        monkeypatch.setattr(exiftool, "_SESSION", tool)
        data = jpeg(comment=b"hangs")
        with pytest.raises(ToolError):
            reading(data)
        started = time.monotonic()
        with pytest.raises(ToolError):
            reading(data)

    assert time.monotonic() - started < 0.5
