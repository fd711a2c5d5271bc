"""Progress for who watches, silence for who does not, and a clean end to an interruption."""

import json
import os
import pty
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, QUICK, program, small


def test_a_pipe_gets_results_and_nothing_else(photo: Path, tmp_path: Path) -> None:
    """Not even native libraries talk."""
    ran = program(["certify", photo, "-o", tmp_path / "out", "--json", *QUICK])

    assert ran.err == ""
    assert len(ran.lines) == 1
    assert "\x1b" not in ran.out


def test_a_terminal_gets_progress_on_stderr(photo: Path, drawing: Path) -> None:
    """Results still go to stdout, whole."""
    try:
        ours, theirs = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals")
    seen = bytearray()

    def read() -> None:
        try:
            while part := os.read(ours, 4096):
                seen.extend(part)
        except OSError:  # the last writer has closed the terminal
            return

    reader = threading.Thread(target=read)
    reader.start()
    environment = {**os.environ, "TERM": "xterm-256color"}
    done = subprocess.run(
        [PROGRAM, "verify", photo, drawing, "--json", *QUICK],
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=120,
        check=False,
        env=environment,
    )
    os.close(theirs)
    reader.join(10)
    os.close(ours)

    assert done.returncode in (0, 10, 20)
    assert [json.loads(line)["error"] for line in done.stdout.splitlines()] == [None, None]
    assert b"files" in seen and b"0/2" in seen and b"\x1b[" in seen
    assert b"containers.walk" in seen  # the check that runs now
    assert b"verdict" not in seen


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path, jobs: int) -> None:
    """Exit code 130; what was finished stands whole, and nothing else does."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for number in range(60):
        small(200 + number, 160).save(folder / f"{number:02d}.png")
    running = subprocess.Popen(
        [PROGRAM, "certify", folder, "-o", out, "--json", "--jobs", str(jobs), *QUICK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert running.stdout is not None
    running.stdout.readline()

    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, errors = running.communicate(timeout=60)

    assert running.returncode == 130
    assert b"interrupted" in errors and b"Traceback" not in errors
    names = [path.name for path in out.iterdir()]
    assert not [name for name in names if name.startswith(".")]
    pictures = [name for name in names if name.endswith(".png")]
    assert 1 <= len(pictures) < 60
    assert all(name.replace(".png", ".certificate.json") in names for name in pictures)


def test_a_reader_that_leaves_ends_the_run_with_an_error(tmp_path: Path) -> None:
    """`| head -1` stops the work; a result that nobody got is no success."""
    for number in range(30):
        small(100 + number, 60).save(tmp_path / f"{number}.png")
    started = time.monotonic()
    running = subprocess.Popen(
        [PROGRAM, "detect", tmp_path, "--json", *QUICK], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None and running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    errors = running.stderr.read()
    running.stderr.close()

    assert running.wait(60) == 5
    assert b"Traceback" not in errors and b"Exception ignored" not in errors
    assert time.monotonic() - started < 60


def test_a_full_disk_behind_stdout_is_an_error(drawing: Path) -> None:
    """/dev/full takes nothing."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PROGRAM, "detect", drawing, "--json", *QUICK], stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert done.returncode == 5
    assert b"could not be written" in done.stderr


def test_a_worker_that_is_killed_fails_one_file(tmp_path: Path) -> None:
    """Memory runs out over one picture: one line says so, every other file has its result, in order."""
    for number in range(16):
        small(200 + number, 160).save(tmp_path / f"{number:02d}.png")
    running = subprocess.Popen(
        [PROGRAM, "redact", tmp_path, "-o", tmp_path / "out", "--json", "--jobs", "2", *QUICK],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # `communicate` does not see what `readline` has read ahead
    )
    assert running.stdout is not None
    first = running.stdout.readline()
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    workers = [pid for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    os.kill(int(workers[0]), signal.SIGKILL)
    rest, _ = running.communicate(timeout=120)
    lines = [json.loads(line) for line in (first + rest).splitlines()]

    assert [Path(line["file"]).name for line in lines] == [f"{number:02d}.png" for number in range(16)]
    codes = [line["error"]["code"] for line in lines if line["error"]]
    assert codes in (["worker_died"], [])  # an idle worker's death is nobody's error
    assert running.returncode == (1 if codes else 0)
