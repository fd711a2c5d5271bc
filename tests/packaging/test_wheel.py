"""The wheel, built from the sources and used outside of them, is the whole product."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from indelible.detect import store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built in a copy: setuptools leaves folders behind, and takes up what it left before."""
    source, out = tmp_path_factory.mktemp("source") / "indelible", tmp_path_factory.mktemp("wheel")
    source.mkdir()
    leave_out = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("indelible", "attacks", "corpus", "redact", "reports", "verify"):
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=leave_out)
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check", "--outdir", out],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bin_folder(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean environment: the wheel, and the locked packages of this one by path, without its editable install.

    A `.pth` file that names a folder does not run that folder's own `.pth` files, so the checkout stays out of sight.
    """
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    subprocess.run([*pip, "--no-deps", "--no-index", wheel], check=True)
    (own,) = (folder / "lib").glob("python*/site-packages")
    paths = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (own / "locked.pth").write_text("\n".join(paths) + "\n")
    return folder / "bin"


def used(arguments: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in ``folder``, outside of the checkout and without its environment variables."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment: Mapping[str, str] = {key: value for key, value in os.environ.items() if key not in hidden}
    return subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=180, check=False
    )


def test_every_file_that_the_program_reads_is_inside(wheel: Path) -> None:
    """Modules, templates, styles, schema and the type marker; no tests, no second copy of the root folders."""
    inside = set(zipfile.ZipFile(wheel).namelist())
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = {"indelible": "indelible", **setup["package-dir"]}
    wanted = {
        f"{name.replace('.', '/')}/{path.relative_to(ROOT / folder).as_posix()}"
        for name, folder in folders.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in (".py", ".j2", ".css", ".json", ".typed")
        if not any(part.is_symlink() for part in path.parents)
    }

    assert sorted(wanted - inside) == []
    assert any(name.endswith(".css") for name in wanted) and any("schema/" in name for name in wanted)
    assert {name.split("/")[0] for name in inside} == {
        "indelible",
        next(n for n in inside if "dist-info" in n).split("/")[0],
    }


def test_the_installed_copy_is_the_one_that_runs(bin_folder: Path, tmp_path: Path) -> None:
    """Otherwise the tests below would say nothing about the wheel."""
    ask = "import indelible, indelible.verify, indelible.reports as r; print(indelible.__file__, r.__file__)"

    said = used([bin_folder / "python", "-c", ask], tmp_path).stdout.split()

    assert len(said) == 2
    assert all(Path(path).is_relative_to(bin_folder.parent) for path in said)


def test_the_installed_program_knows_its_version_and_its_machine(bin_folder: Path, tmp_path: Path) -> None:
    """`doctor` looks for templates and data in the installation, not in a checkout."""
    version = used([bin_folder / "indelible", "--version"], tmp_path)
    doctor = used([bin_folder / "indelible", "doctor", "--json"], tmp_path)
    items = {item["name"]: item for item in map(json.loads, doctor.stdout.splitlines())}

    assert (version.returncode, version.stdout) == (0, f"indelible {items['indelible']['detail']}\n")
    assert items["templates and data"]["state"] == "ok"
    assert doctor.returncode == 0, doctor.stdout


def test_the_installed_program_certifies(bin_folder: Path, tmp_path: Path) -> None:
    """Locate, redact, examine, certify and report, with nothing but what the wheel brought."""
    Image.new("RGB", (120, 80), (200, 220, 240)).save(tmp_path / "plain.png")
    models = all(model.digest_ok for model in store.status())

    kinds = "face,code" if models else "code"

    ran = used([bin_folder / "indelible", "certify", "plain.png", "-o", "out", "--json", "--kinds", kinds], tmp_path)
    line = json.loads(ran.stdout)

    assert (ran.returncode, line["verdict"], ran.stderr) == (10, "certified_with_limits", "")
    assert (tmp_path / line["report"]).is_file() and (tmp_path / "out/index.html").is_file()
