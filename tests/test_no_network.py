"""Nothing is sent anywhere: seen from outside, by the system calls of a whole run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from indelible.corpus.demo import write_inputs
from indelible.detect import store

STRACE = shutil.which("strace")


def traced(log: Path, home: Path, code: str) -> list[str]:
    """Internet addresses that a Python program, or what it starts, connects or sends to.

    Opening a socket alone sends nothing: urllib3, which comes along with rapidocr, tries in this way whether there is IPv6.
    """
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment["INDELIBLE_MODELS"] = str(store.folder())
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    environment.pop("CI", None)  # some libraries are quiet in CI alone
    command = [
        STRACE or "",
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg,sendmmsg",
        "-o",
        str(log),
        sys.executable,
        "-c",
        code,
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if "PTRACE" in done.stderr or not log.exists():
        pytest.skip("tracing is not permitted here")
    assert done.returncode == 0, done.stderr
    return re.findall(r"sa_family=(AF_INET6?)", log.read_text())


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_whole_run_contacts_nobody_and_leaves_nothing_at_home(tmp_path: Path) -> None:
    """Detectors, examination and report, through to the end of the process; and the tracer does see an attempt."""
    home = tmp_path / "home"
    home.mkdir()
    portrait = write_inputs(tmp_path / "inputs")[0]
    run = f"import indelible; indelible.certify({str(portrait)!r}, {str(tmp_path / 'out')!r})"

    assert traced(tmp_path / "run.log", home, run) == []
    assert [item for item in home.rglob("*") if item.is_file()] == []
    assert traced(tmp_path / "control.log", home, "import socket; socket.socket().connect_ex(('127.0.0.1', 9))") == [
        "AF_INET"
    ]
