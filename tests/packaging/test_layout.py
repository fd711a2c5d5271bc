"""What a user installs is what lies in the folders, and set-up asks nobody but the user's own index."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("attacks", "corpus", "redact", "reports", "verify")


def pyproject() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_package_folder_is_listed() -> None:
    """A forgotten folder would work here and be missing from the wheel."""
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    folders = {"indelible": "indelible", **setup["package-dir"]}
    found = {
        ".".join((name, *init.parent.relative_to(ROOT / folder).parts))
        for name, folder in folders.items()
        for init in (ROOT / folder).rglob("__init__.py")
        if not any(part.is_symlink() for part in init.parents)
    }

    assert sorted(setup["packages"]) == sorted(found)


def test_the_root_folders_are_linked_into_the_package() -> None:
    """Type checkers read files, not mappings."""
    assert {name: (ROOT / "indelible" / name).readlink().as_posix() for name in LINKED} == {
        name: f"../{name}" for name in LINKED
    }


def test_the_lock_names_no_address() -> None:
    """Where packages come from is the user's setting; the lock says only what they must be."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    assert not re.search(r"://|^\s*--(?!hash=)", lock, re.MULTILINE)
    assert not re.search(r"^(torch|nvidia)", lock, re.MULTILINE)


def test_every_locked_package_has_hashes_and_every_requirement_is_locked() -> None:
    """pip takes no file whose content is not listed."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text("utf-8"))[1:]
    locked = {}
    for entry in entries:
        name, version = re.match(r"([a-z0-9._-]+)==(\S+)", entry).groups()  # type: ignore[union-attr]
        locked[name] = version
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]

    assert {re.split(r"[<>=!~ \[]", item)[0].lower() for item in wanted} <= set(locked)
    assert [name for name in locked if name.startswith("opencv")] == ["opencv-python-headless"]


def test_imports_point_downwards() -> None:
    """The verifier that imported the redactor would vouch for itself."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_scripts_can_be_run() -> None:
    """A checkout keeps the bits that `make` and CI need."""
    for script in (".ci/run", "tools/setup.sh", "tools/lock.sh"):
        assert (ROOT / script).stat().st_mode & 0o111, script
        assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
