"""Our session and pyexiftool, asked the same about the same file, hear the same."""

import io
from pathlib import Path

import pytest
from PIL import Image

from indelible.exec.exiftool import STRICT, ExifTool


def test_the_same_tags_as_pyexiftool(tmp_path: Path) -> None:
    """Every tag and value, apart from those that name the file or the moment."""
    oracle = pytest.importorskip("exiftool", reason="pyexiftool comes with the development packages")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Model"
    exif.get_ifd(0x8825)[1] = "N"
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(stream, "JPEG", exif=exif.tobytes(), comment=b"a comment")
    path = tmp_path / "0000.jpg"
    path.write_bytes(stream.getvalue())

    with oracle.ExifTool(common_args=[], config_file="") as theirs, ExifTool() as ours:
        (expected,) = theirs.execute_json(*STRICT, str(path))
        (actual,) = ours.read_bytes([stream.getvalue()])

    def told(tags: dict[str, object]) -> dict[str, object]:
        passing = ("SourceFile", "File:System:", "ExifTool:")
        return {key: value for key, value in tags.items() if not key.startswith(passing)}

    assert told(dict(actual.tags)) == told(expected)
    assert len(told(expected)) > 15
