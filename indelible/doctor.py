"""What this machine has and lacks, and the exact command that mends each fault. Nothing is installed or fetched here."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from indelible.attacks.fonts import installed_fonts
from indelible.detect import store
from indelible.errors import IndelibleError
from indelible.exec import chromium, process
from indelible.version import __version__

#: Distribution, and what is imported from it to show that it works.
PACKAGES = (
    ("ai-edge-litert", "ai_edge_litert.interpreter"),
    ("cryptography", "cryptography.hazmat.primitives.asymmetric.ed25519"),
    ("faker", "faker"),
    ("freetype-py", "freetype"),
    ("jinja2", "jinja2"),
    ("jsonschema", "jsonschema"),
    ("numpy", "numpy"),
    ("onnxruntime", "onnxruntime"),
    ("opencv-python-headless", "cv2"),
    ("phonenumbers", "phonenumbers"),
    ("pi-heif", "pi_heif"),
    ("pillow", "PIL.Image"),
    ("python-stdnum", "stdnum"),
    ("rapidocr", "rapidocr"),
    ("regex", "regex"),
    ("rfc8785", "rfc8785"),
    ("rich", "rich"),
    ("scikit-image", "skimage"),
    ("scipy", "scipy.stats"),
    ("typer", "typer"),
    ("zxing-cpp", "zxingcpp"),
)
EXIFTOOL_OLDEST = (12, 57)
EXIFTOOL_SEES_MORE = (13, 50)  # versions are decimals: 13.5x, not the fifth of 13

_APT = "sudo apt-get install -y "
#: Families of typefaces under which most hidden text is in a face that the attacks do not have.
_FEW_FAMILIES = 20
_TIMEOUT_S = 30.0


class State(StrEnum):
    """How one thing stands."""

    OK = "ok"
    NOTE = "note"  # works, and could be better
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing looked at. ``needed`` is False for what only makes something better."""

    name: str
    state: State
    detail: str
    remedy: str = ""
    needed: bool = True

    def to_dict(self) -> dict[str, str | bool]:
        """One JSON line."""
        return {
            "name": self.name,
            "state": self.state.value,
            "detail": self.detail,
            "remedy": self.remedy,
            "needed": self.needed,
        }


def examine() -> tuple[Item, ...]:
    """Look at everything once, in a fixed order."""
    checks: tuple[Callable[[], Iterator[Item]], ...] = (
        _python,
        _packages,
        _formats,
        _opencv,
        _exiftool,
        _tesseract,
        _chromium,
        _typefaces,
        _models,
        _own_files,
    )
    return tuple(item for check in checks for item in check())


def _python() -> Iterator[Item]:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Item(name="indelible", state=State.OK, detail=__version__)
    yield Item(
        name="Python",
        state=State.OK if fits else State.MISSING,
        detail=version,
        remedy="" if fits else "Use Python 3.11, 3.12 or 3.13: `make distclean setup PYTHON=python3.11`",
    )


def _formats() -> Iterator[Item]:
    """The formats that take a plug-in, to read and to write."""
    from indelible import plugins

    extras = {
        "AVIF": ("Pillow with AVIF", _pip("pillow")),
        "HEIF": ("pillow-heif, which brings x265 (GPL-2)", _pip("pillow-heif")),
        "JXL": ("pillow-jxl-plugin (GPL-3)", _pip("pillow-jxl-plugin")),
    }
    for name, (package, remedy) in extras.items():
        read, written = name in plugins.formats(), name in plugins.writable()
        detail = "read and written" if written else "read, not written" if read else "not read"
        yield Item(
            name=f"{name} files",
            state=State.OK if written else State.NOTE,
            detail=detail if written else f"{detail}: takes {package}",
            remedy="" if written else remedy,
            needed=False,
        )


def _packages() -> Iterator[Item]:
    for name, module in PACKAGES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            yield Item(name=name, state=State.MISSING, detail="not installed", remedy=_pip(name))
            continue
        fault = _import_fault(module)
        yield Item(
            name=name,
            state=State.MISSING if fault else State.OK,
            detail=f"{version}, {fault}" if fault else version,
            remedy=_pip(name, again=True) if fault else "",
        )


def _opencv() -> Iterator[Item]:
    """Several distributions provide one ``cv2``; of different versions they overwrite each other in part."""
    versions = {}
    for name in ("opencv-python-headless", "opencv-python", "opencv-contrib-python", "opencv-contrib-python-headless"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    if not versions:
        return  # said above
    same = len(set(versions.values())) == 1
    others = " ".join(name for name in versions if name != "opencv-python-headless")
    yield Item(
        name="one OpenCV version",
        state=State.OK if same else State.MISSING,
        detail=" and ".join(sorted(set(versions.values()))),
        remedy="" if same else f"{sys.executable} -m pip uninstall {others}",
    )


def _exiftool() -> Iterator[Item]:
    name, package = "exiftool", process.PACKAGES["exiftool"]
    version = _output(["exiftool", "-ver"]).strip()
    match = re.fullmatch(r"(\d+)\.(\d+)", version)
    if match is None:
        yield Item(name=name, state=State.MISSING, detail="not found or not answering", remedy=_APT + package)
        return
    number = (int(match[1]), int(match[2]))
    if number < EXIFTOOL_OLDEST:
        yield Item(
            name=name, state=State.MISSING, detail=f"{version}: 12.57 is the oldest accepted", remedy=_APT + package
        )
    elif number < EXIFTOOL_SEES_MORE:
        yield Item(name=name, state=State.NOTE, detail=f"{version}; 13.50 or newer sees more", needed=False)
    else:
        yield Item(name=name, state=State.OK, detail=version)


def _tesseract() -> Iterator[Item]:
    match = re.match(r"tesseract v?(\d[\w.]*)", _output(["tesseract", "--version"]))
    if match is None:
        remedy = _APT + "tesseract-ocr tesseract-ocr-eng"
        yield Item(name="tesseract", state=State.MISSING, detail="not found or not answering", remedy=remedy)
        return
    yield Item(name="tesseract", state=State.OK, detail=match[1])
    english = "eng" in _output(["tesseract", "--list-langs"]).split()
    yield Item(
        name="tesseract: English",
        state=State.OK if english else State.MISSING,
        detail="found" if english else "not found",
        remedy="" if english else _APT + "tesseract-ocr-eng",
    )


def _chromium() -> Iterator[Item]:
    try:
        chromium.find()
    except IndelibleError:
        yield Item(
            name="chromium",
            state=State.NOTE,
            detail="not found; only `report --format pdf` and tests of the report page use it",
            remedy=_APT + process.PACKAGES["chromium"],
            needed=False,
        )
    else:
        yield Item(
            name="chromium", state=State.OK, detail="found; it prints reports (`report --format pdf`)", needed=False
        )


def _typefaces() -> Iterator[Item]:
    """The attacks read text that is set in a typeface of this machine, and call other text undecided."""
    families = {font.family for font in installed_fonts()}
    yield Item(
        name="typefaces for the attacks",
        state=State.OK if len(families) >= _FEW_FAMILIES else State.NOTE,
        detail=f"{len(families)} families; hidden text in any other ends as undecided",
        remedy="put the typefaces that your documents use into ~/.fonts",
        needed=False,
    )


def _models() -> Iterator[Item]:
    for model in store.status():
        fault = "" if model.digest_ok else "not the pinned one" if model.installed else "not installed"
        yield Item(
            name=f"model {model.name}",
            state=State.MISSING if fault else State.OK,
            detail=fault or f"as pinned, {model.licence}",
            remedy="indelible models install" if fault else "",
        )


def _own_files() -> Iterator[Item]:
    """What an installation must bring along beside its modules."""
    own = files("indelible")
    whole = (own / "py.typed").is_file() and any(
        item.name.endswith(".j2") for item in (files("indelible.reports") / "templates").iterdir()
    )
    yield Item(
        name="templates and data",
        state=State.OK if whole else State.MISSING,
        detail="found" if whole else "not found",
        remedy="" if whole else _pip("indelible", again=True),
    )


def _import_fault(module: str) -> str:
    """Empty if the module can be imported, else the kind of failure: the message may hold paths."""
    try:
        importlib.import_module(module)
    except Exception as problem:
        return f"cannot be imported ({type(problem).__name__})"
    return ""


def _output(arguments: list[str]) -> str:
    """What a program prints; empty if it is missing, fails or hangs."""
    try:
        done = process.run(arguments, timeout_s=_TIMEOUT_S, max_output=1 << 16)
    except IndelibleError:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 and not done.timed_out else ""


def _pip(name: str, *, again: bool = False) -> str:
    return f"{sys.executable} -m pip install {'--force-reinstall ' if again else ''}{name}"
