"""GIF, WebP, BMP and APNG under damage: no crash, every byte named, and never a clean word for a file that kept its payload.

`benchmarks/fuzz_frames.py` runs the same for as long as one likes.
"""

from __future__ import annotations

import importlib.util
import struct
import sys
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indelible.verify.containers.walkers import walk_file


def _benchmark() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "fuzz_frames.py"
    specification = importlib.util.spec_from_file_location("fuzz_frames", path)
    if specification is None or specification.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


fuzz = _benchmark()


def test_mutants_of_planted_files(capsys: pytest.CaptureFixture[str]) -> None:
    """Six of every recipe."""
    assert fuzz.main(420, 5) == 0, capsys.readouterr().out


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400), start=st.sampled_from([b"GIF89a", b"GIF87a", b"BM", b"RIFF\x40\0\0\0WEBPVP8X"]))
def test_noise_is_never_clean(data: bytes, start: bytes) -> None:
    """Bytes that only begin like a picture are not certified, and cost nothing."""
    started = time.monotonic()
    walk = walk_file(start + data)

    assert walk is not None and any(item.severity.value != "info" for item in walk.findings)
    assert sum(item.length for item in walk.structures) == len(start + data)
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("size", [1 << 12, 1 << 20])
def test_noise_behind_a_valid_start(size: int) -> None:
    """A whole header, then noise of a megabyte."""
    noise = np.random.default_rng(size).bytes(size)
    heads = (
        b"GIF89a\x40\0\x40\0\xf7\0\0",
        b"BM" + struct.pack("<IIIIiiHHIIiiII", size, 0, 54, 40, 256, 256, 1, 8, 1, 0, 0, 0, 256, 0),
        b"RIFF" + struct.pack("<I", size + 12) + b"WEBPVP8 " + struct.pack("<I", size),
    )
    for head in heads:
        started = time.monotonic()
        walk = walk_file(head + noise)
        assert walk is not None and walk.findings
        assert time.monotonic() - started < 3
