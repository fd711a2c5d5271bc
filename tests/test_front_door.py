"""The public names are functions, whatever is imported, in whatever order."""

import subprocess
import sys

import pytest

ORDERS = [
    "import indelible; assert callable(indelible.redact)",
    "import indelible.redact.geometry; assert callable(indelible.redact); assert callable(indelible.certify)",
    "import indelible.verify.run, indelible.detect.locate; import indelible; assert callable(indelible.verify)",
    "from indelible import redact, verify, detect, certify, plan, Policy; assert callable(redact); Policy()",
    "import indelible; indelible.verify; from indelible.verify.judge import judge; assert callable(indelible.verify)",
    "import indelible.redact.geometry as g; assert g.grow; import indelible; assert callable(indelible.redact)",
    "import indelible, pickle; assert pickle.loads(pickle.dumps(indelible.verify)) is indelible.verify",
    "from indelible.redact.apply import PlannedRedactor; import indelible; assert indelible.redact.__doc__",
]


@pytest.mark.parametrize("code", ORDERS)
def test_functions_and_packages_of_one_name_live_side_by_side(code: str) -> None:
    """Each in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`doctor` and `models install` must run where half of the packages are missing."""
    code = "import indelible, sys; print([n for n in ('numpy', 'PIL', 'cv2', 'mediapipe', 'rapidocr') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
