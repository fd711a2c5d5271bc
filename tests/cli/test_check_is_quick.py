"""Checking a certificate loads what a check needs, whatever else is installed: no picture is decoded, no model is near.

Asked of the interpreter rather than of a clock, which would say something about the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from indelible.reports.strict import schema
from tests.reports.bundles import sealed

#: What finds, draws or renders.
HEAVY = (
    "PIL", "cv2", "jinja2", "mediapipe", "numpy", "onnxruntime", "pillow_heif", "rapidocr", "scipy", "skimage", "zxingcpp",
)  # fmt: skip

_LOOK = """
import json, sys
from indelible.cli import run
code = run(sys.argv[1:])
verbs = [name for name in sys.modules if name.startswith("indelible.cli.")]
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules}), verbs, len(sys.modules)]), file=sys.stderr)
"""


def _loaded(*arguments: str | Path) -> tuple[int, set[str], set[str]]:
    """Exit code, packages and verbs of one run in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", _LOOK, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=120
    )
    code, packages, verbs, _ = json.loads(done.stderr.splitlines()[-1])
    return code, set(packages), set(verbs)


def test_a_check_loads_no_codec_no_detector_and_no_other_verb(tmp_path: Path) -> None:
    """A signed certificate with its file and its key; and a file that was swapped. The answers are the usual ones."""
    case = sealed("certified")
    assert case.envelope and case.published and case.key
    path, envelope, published, key, other = (
        tmp_path / name for name in ("a.certificate.json", "a.certificate.dsse", "a.png", "issuer.pub", "other.png")
    )
    path.write_bytes(case.certificate)
    envelope.write_bytes(case.envelope)
    published.write_bytes(case.published)
    key.write_bytes(case.key)
    other.write_bytes(b"another file")

    usual = ("check", path, "--key", key, "--at", "2026-12-01")
    code, packages, verbs = _loaded(*usual, "--file", published)
    swapped, more, _ = _loaded(*usual, "--file", other, "--json")

    assert (code, swapped) == (0, 30)
    assert not (packages | more) & set(HEAVY)
    assert not verbs & {f"indelible.cli.{verb}" for verb in ("attack", "certify", "corpus", "demo", "redact", "verify")}


def test_the_heavy_ones_are_noticed_where_they_are_loaded(tmp_path: Path) -> None:
    """The control of the test above: generating pictures loads what draws."""
    (tmp_path / "taken").write_text("no folder")

    code, packages, verbs = _loaded("corpus", "build", tmp_path / "taken")

    assert code != 0 and {"PIL", "numpy"} <= packages and "indelible.cli.corpus" in verbs


def test_our_schema_is_a_schema() -> None:
    """Held against its own schema here, and not in every check."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
