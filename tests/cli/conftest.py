"""The program as its users run it, and a few small pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from indelible import cli

PROGRAM = str(Path(sys.executable).with_name("indelible"))

#: Codes only: no model is loaded and no text is read, so that a run takes a moment.
QUICK = ("--kinds", "code")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the command line."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines of stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


Here = Callable[..., Ran]


@pytest.fixture
def here(capfd: pytest.CaptureFixture[str]) -> Here:
    """Run a command in this process."""

    def run(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return run


def program(arguments: Sequence[str | bytes | Path], **options: Any) -> Ran:
    """Run a command as a program of its own; standard streams are pipes."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=120, check=False, **options)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"))


def small(width: int = 96, height: int = 64) -> Image.Image:
    """A picture without anything personal in it."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((20, 12, 50, 40), fill=(20, 90, 160))
    return image


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small JPEG."""
    path = tmp_path / "photo.jpg"
    small().save(path, quality=88)
    return path


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A small PNG."""
    path = tmp_path / "drawing.png"
    small().save(path)
    return path
