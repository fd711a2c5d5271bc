"""Whatever lies in a folder: each file is answered with a reason, the rest goes on, and nothing stands under a final name."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from indelible.cli import show
from indelible.cli.stream import process, tasks_of
from indelible.cli.work import Line, Task, redact_file
from indelible.model import Kind, Policy
from tests.cli.conftest import QUICK, Here, small


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def written(data: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(data), None)[1]


BAD: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "empty.jpg": (written(b""), {"empty"}),
    "truncated.jpg": (written(encoded(small(), "JPEG")[:300]), {"damaged"}),
    "half.png": (written(encoded(small(400, 400).rotate(7), "PNG")[:-600]), {"damaged"}),
    "words.jpg": (written(b"this is not a picture"), {"format_unknown"}),
    "film.mp4": (written(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), {"format_unknown"}),
    "half.gif": (written(b"GIF89a" + bytes(40)), {"damaged"}),
    "float.tif": (written(encoded(small().convert("F"), "TIFF")), {"color_mode"}),
    "raw.dng": (written(encoded(small(), "TIFF", tiffinfo={50706: b"\1\4\0\0"})), {"camera_raw"}),
    "cut.webp": (written(encoded(small(), "WEBP")[:-40]), {"damaged"}),
    "loop.jpg": (lambda path: path.symlink_to(path.name), {"unreadable"}),
    "dangling.jpg": (lambda path: path.symlink_to("nowhere.jpg"), {"not_found"}),
    "pipe.jpg": (lambda path: os.mkfifo(path), {"not_a_file"}),
}


def test_every_bad_file_has_a_reason_and_the_rest_goes_on(here: Here, tmp_path: Path) -> None:
    """One folder with everything that can be wrong, and a good picture at its end."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, (make, _) in BAD.items():
        make(folder / name)
    small().save(folder / "zz-good.png")

    ran = here("certify", folder, "-o", out, "--json", *QUICK)
    lines = {Path(line["file"]).name: line for line in ran.lines}

    assert ran.code == 3
    assert sorted(lines) == sorted([*BAD, "zz-good.png"])
    for name, (_, codes) in BAD.items():
        error = lines[name]["error"]
        assert error["code"] in codes, name
        assert error["message"].endswith(".") and error["remedy"].endswith("."), name
        assert str(folder) not in error["message"] + error["remedy"], name
    assert lines["zz-good.png"]["verdict"] == "certified_with_limits"
    names = sorted(path.name.split(".", 1)[1] for path in out.iterdir() if path.is_file())
    assert names == ["certificate.json", "html", "json", "png", "report.html"]


def test_the_content_decides_what_a_file_is(here: Here, tmp_path: Path) -> None:
    """A PNG named .jpg is redacted as what it is, and its output says so."""
    (tmp_path / "really-png.jpg").write_bytes(encoded(small(), "PNG"))

    (line,) = here("certify", tmp_path / "really-png.jpg", "-o", tmp_path / "out", "--json", *QUICK).lines

    assert line["verdict"] == "certified_with_limits"
    assert Path(line["output"]).suffix == ".png"


def test_a_file_that_vanishes_in_between_is_one_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Listed at the start and gone when its turn comes."""
    files = [tmp_path / name for name in ("a.png", "b.png", "c.png")]
    for path in files:
        small().save(path)

    def removing(task: Task, line: Line) -> Line:
        files[1].unlink(missing_ok=True)
        return line

    code = process(
        redact_file,
        tasks_of(files, Policy(kinds=(Kind.CODE,)), out=tmp_path / "out", name_template="{digest}"),
        total=3,
        jobs=1,
        show=show.redacted,
        as_json=False,
        finish=removing,
    )

    assert code == 3
    out = capfd.readouterr().out
    assert out.count("redacted") == 2 and "There is no such file." in out


def test_the_input_is_never_changed(here: Here, photo: Path, tmp_path: Path) -> None:
    """Not its bytes, and not its times."""
    before, status = photo.read_bytes(), photo.stat()

    here("certify", photo, "-o", tmp_path / "out", *QUICK)

    assert photo.read_bytes() == before
    assert photo.stat().st_mtime_ns == status.st_mtime_ns
