"""What holds for every test: nobody's own signing key signs one, and matrices take one thread, as on the command line."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before anything imports numpy

from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty key folder for the session; programs that are started inherit it."""
    folder = tmp_path_factory.mktemp("no-keys")
    os.environ["INDELIBLE_KEYS"] = str(folder)
    return folder
