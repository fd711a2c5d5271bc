"""Canaries planted in names, metadata, plans, policies, codes and pixels: none comes out of any verb, in any form.

`tests/reports/test_canaries.py` shows that the searcher finds what is there; so does the last part of this file, for every kind of
file that a run leaves.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import io
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from indelible import cli
from indelible.batch import index
from indelible.corpus import jpegfile
from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp
from indelible.corpus.inputs import CANDIDATES, inputs
from indelible.output import write_file
from tests.reports.canaries import Searcher

#: One canary for each way in, so that a find says where it came from.
VALUES = {
    "text chunk": "Canary-Chunk-7301",
    "compressed chunk": "Canary-Zipped-7302",
    "description": "Canary-Exif-7303",
    "comment": "Canary-Comment-7304",
    "xmp": "Canary-Packet-7305",
    "trailer": "Canary-Behind-7306 <script>alert(1)</script>",
    "damaged file": "Canary-Damaged-7307",
    "code": "canary-code-7308@example.org",
    "note in a plan": "Canary-Note-7309",
    "rule of a policy": "Canary-Rule-7310",
    "name of a policy": "canary-policy-7311",
    "file name": "Canary-File-7312",
    "folder": "Canary-Folder-7313",
}
SIZE, BOX = (240, 160), (64, 48, 136, 96)
FORMATS = {"html": ".html", "junit": ".xml", "sarif": ".sarif", "jsonl": ".jsonl", "json": ".json"}


@dataclass(slots=True)
class World:
    """What went in, what came out, and what to look for."""

    folder: Path
    out: Path
    plans: Path
    searcher: Searcher = field(default_factory=Searcher)
    said: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def run(self, name: str, *arguments: str | Path) -> str:
        """One command in this process; both streams are kept, without the paths that were typed or are results."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            self.codes[name] = cli.run([str(item) for item in arguments])
        said = out.getvalue() + err.getvalue()
        typed = sorted({str(item) for item in arguments} | {str(path) for path in self.folder.rglob("*")}, key=len)
        for path in reversed(typed):
            said = said.replace(path, "PATH") if "Canary" in path else said
        self.said[name] = said
        return out.getvalue()


def _scene() -> Image.Image:
    """A pattern of coloured squares at `BOX`, which stands for a face: it survives scaling."""
    rng = np.random.default_rng(7)
    picture = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    squares = Image.fromarray(rng.integers(0, 256, (6, 9, 3), dtype=np.uint8))
    picture.paste(squares.resize((72, 48), Image.Resampling.NEAREST), BOX[:2])
    return picture


def _png(picture: Image.Image) -> bytes:
    info = PngInfo()
    info.add_text("Author", VALUES["text chunk"])
    info.add_text("Comment", VALUES["compressed chunk"], zip=True)
    stream = io.BytesIO()
    picture.save(stream, "PNG", pnginfo=info)
    return stream.getvalue() + VALUES["trailer"].encode() + _jpeg_bytes(picture.resize((120, 80)))


def _jpeg_bytes(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90, comment=VALUES["comment"].encode())
    return stream.getvalue()


def _jpeg(picture: Image.Image) -> bytes:
    block = Exif(
        image={**RESOLUTION, 0x010E: VALUES["description"]},
        position=gps(-48.8767, -123.3933),
        thumbnail=_jpeg_bytes(picture.resize((120, 80))),
    )
    packet = jpegfile.app1_xmp(xmp({"dc:source": VALUES["xmp"]}))
    return jpegfile.insert(_jpeg_bytes(picture), jpegfile.app1_exif(block.to_bytes()), packet)


def _code() -> Image.Image:
    made = zxingcpp.create_barcode(f"mailto:{VALUES['code']}", zxingcpp.BarcodeFormat.QRCode)
    code = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(made, scale=5)))
    page = Image.new("RGB", (code.width + 80, code.height + 80), (235, 236, 230))
    page.paste(code.convert("RGB"), (40, 40))
    return page


def _inputs(world: World) -> list[Path]:
    """Four files: two that are certified, a code that is found, one that cannot be read."""
    folder = world.folder / VALUES["folder"]
    folder.mkdir()
    stem = VALUES["file name"]
    (folder / f"{stem}-a.png").write_bytes(_png(_scene()))
    (folder / f"{stem}-b.jpg").write_bytes(_jpeg(_scene()))
    _code().save(folder / f"{stem}-c.png")
    (folder / f"{stem}-d.png").write_bytes(_png(_scene())[:90] + VALUES["damaged file"].encode())
    return sorted(folder.iterdir())


def _plans(world: World, files: list[Path]) -> None:
    """The plans that were made, with a note and a box over the pattern."""
    for path in sorted(world.plans.glob("*.json")):
        plan = json.loads(path.read_bytes())
        if (plan["source"]["width"], plan["source"]["height"]) == SIZE:
            x, y, right, bottom = BOX
            plan["redactions"] = [
                {
                    **{"id": "r1", "kind": "face", "frame": 0, "box": [x, y, right - x, bottom - y], "fill": "solid"},
                    **{"color": "#000000", "source": "human", "score": None, "state": "accepted"},
                    "note": VALUES["note in a plan"],
                }
            ]
        path.write_text(json.dumps(plan))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One run of everything."""
    root = tmp_path_factory.mktemp("world")
    world = World(folder=root, out=root / "out", plans=root / "plans")
    for name, value in VALUES.items():
        world.searcher.text(name, value)
    world.searcher.area("hidden area", _scene(), BOX)
    files = _inputs(world)
    for path in files:
        world.searcher.blob(f"digest of {path.stem[-1]}", hashlib.sha256(path.read_bytes()).digest())
    policy = root / "policy.toml"
    policy.write_text(
        f'name = "{VALUES["name of a policy"]}"\nkinds = ["code"]\n[text_rules]\ndeny = ["{VALUES["rule of a policy"]}"]\n'
    )
    temporary = root / "temporary"
    temporary.mkdir()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDELIBLE_KEYS", str(root / "keys"))
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", None)
        logging.getLogger().addHandler(handler)
        patch.setattr(logging.getLogger(), "level", logging.INFO)
        try:
            _everything(world, files, policy)
        finally:
            logging.getLogger().removeHandler(handler)
        tempfile.tempdir = None
    world.said["log"] = log.getvalue()
    yield world


def _everything(world: World, files: list[Path], policy: Path) -> None:
    out = world.out
    world.run("keys", "keys", "new")
    world.run("detect", "detect", *files, "--kinds", "code", "--json")
    world.run("plan", "plan", *files, "-o", world.plans, "--policy", policy)
    _plans(world, files)
    world.run("certify", "certify", *files, "-o", out, "--policy", policy, "--plan", world.plans, "--json")
    world.run("certify again", "certify", *files, "-o", out, "--policy", policy, "--plan", world.plans)
    certificates = sorted(out.glob("*.certificate.json"))
    for form, extension in FORMATS.items():
        world.run(f"report {form}", "report", *certificates[:1], "-o", out / f"one{extension}", "--format", form)
    world.run("report run", "report", *certificates, "-o", out / "all.xml", "--format", "junit")
    if shutil.which("chromium"):
        world.run("report pdf", "report", *certificates[:1], "-o", out / "one.pdf", "--format", "pdf")
    world.run("check", "check", certificates[0])
    world.run("check json", "check", certificates[0], "--file", files[0], "--json")
    world.run("check original", "check", files[0], "--json")
    world.run("verify leaky", "verify", *files, "--kinds", "code", "--json")
    world.run("verify leaky, told", "verify", files[0], "--kinds", "code")
    world.run("attack", "attack", files[2], "--region", "40,40,120,120", "--budget", "1", "--json")
    world.run("wrong plan", "certify", files[0], "-o", world.folder / "no", "--plan", files[0])
    world.run("wrong policy", "certify", files[0], "-o", world.folder / "no", "--policy", files[0])
    world.run("report of an original", "report", files[0], "-o", world.folder / "no.html")


def test_the_run_did_what_it_should(world: World) -> None:
    """Otherwise nothing would have had a chance to leak: three certificates, one error, a code found, refusals."""
    twin = json.loads((world.out / "index.json").read_bytes())

    assert twin["counts"]["files"] == 4 and twin["counts"]["not_examined"] == 1
    assert twin["counts"]["certified"] + twin["counts"]["certified_with_limits"] == 3
    assert [world.codes[name] for name in ("keys", "check original", "verify leaky")] == [0, 30, 30]
    assert '"kind": "code"' in world.said["detect"]
    assert len(list(world.out.glob("*.dsse"))) == 3 and (world.out / "run" / "checkpoint.dsse").exists()
    assert all(world.codes[f"report {form}"] == 0 for form in FORMATS)


@pytest.mark.claim("T-LEAK-01")
@pytest.mark.claim("T-LEAK-02")
def test_no_file_of_a_run_holds_a_canary(world: World) -> None:
    """Published files, certificates, envelopes, proofs, pages, index, twins, what stays private, and their names."""
    assert world.searcher.found_in_folder(world.out) == {}


@pytest.mark.claim("T-LEAK-01")
@pytest.mark.claim("T-LEAK-04")
def test_no_stream_and_no_log_holds_a_canary(world: World) -> None:
    """What each verb says, good or bad, but for the paths that were typed; and what anything logged."""
    found = {name: world.searcher.found(said.encode("utf-8", "surrogateescape")) for name, said in world.said.items()}
    # `verify` says which file it examined, to whoever has it: here that is an original
    found["verify leaky"] = {hit for hit in found["verify leaky"] if not hit.startswith("digest of")}

    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.claim("T-LEAK-04")
def test_no_picture_is_left_among_temporary_files(world: World) -> None:
    """What was handed to another program is gone; a program that is kept open keeps an empty folder."""
    assert [path for path in (world.folder / "temporary").rglob("*") if not path.is_dir()] == []


@pytest.mark.claim("T-LEAK-01")
def test_no_scorecard_holds_what_was_planted_for_it(tmp_path: Path) -> None:
    """A redactor that does nothing leaves every marker in: they are counted, and not quoted."""
    searcher = Searcher()
    for item in inputs(0, 4):
        if item.marker:
            searcher.text(item.name, item.marker.decode())
    for number, text in enumerate(CANDIDATES):
        searcher.text(f"hidden line {number}", text)
    world = World(folder=tmp_path, out=tmp_path, plans=tmp_path)
    usual = ("corpus", "run", "--redactor", "cp {input} {output}", "--cases", "4", "--attacks", "0")
    world.run("told", *usual)
    world.run("json", *usual, "--json", "--write-baseline", tmp_path / "base.json")

    assert "markers left in the file: 2 of 2" in world.said["told"]
    assert not any(searcher.found(said.encode()) for said in world.said.values())
    assert searcher.found_in_folder(tmp_path) == {}


# --- and the other way round ------------------------------------------------------------------------------------------


def _appended(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes() + data)


SECRET = VALUES["description"]
PLANTED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "published picture": ("*.jpg", _appended(SECRET.encode("utf-16-be"))),
    "published picture, compressed": ("*.png", _appended(gzip.compress(SECRET.encode(), mtime=0))),
    "published picture, not filled": ("*.png", lambda path: _scene().save(path)),
    "certificate": ("*.certificate.json", _appended(SECRET.encode())),
    "envelope": ("*.certificate.dsse", _appended(base64.b64encode(b"ab" + SECRET.encode()))),
    "proof": ("*.proof.json", _appended(SECRET.encode().hex().encode())),
    "page": ("*.report.html", _appended(b"<!-- " + base64.b64encode(SECRET.encode()) + b" -->")),
    "thumbnail in a page": ("one.html", lambda path: _appended(_thumbnail())(path)),
    "index": ("index.html", _appended(SECRET.replace("-", "&#45;").encode())),
    "index for machines": ("index.json", _appended(SECRET.replace("-", "\\u002d").encode())),
    "digest in the index": ("index.json", _appended(hashlib.sha256(_png(_scene())).hexdigest().encode())),
    "junit": ("all.xml", _appended(SECRET.replace("-", "%2D").encode())),
    "sarif": ("one.sarif", _appended(base64.b64encode(b"x" + SECRET.encode() + b"y"))),
    "json lines": ("one.jsonl", _appended(SECRET.upper().encode())),
    "checkpoint": ("run/checkpoint.json", _appended(SECRET.encode("utf-16-le"))),
    "name of a file": ("index.html", lambda path: path.with_name(f"{SECRET}.html").write_bytes(b"")),
}


def _thumbnail() -> bytes:
    return b'<img src="data:image/jpeg;base64,' + base64.b64encode(_jpeg_bytes(_scene().resize((96, 64)))) + b'">'


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_a_canary_that_was_let_out_is_found(world: World, tmp_path: Path, name: str) -> None:
    """In a copy of the same run, with one file that leaks."""
    pattern, plant = PLANTED[name]
    target = sorted(world.out.glob(pattern))[0]
    copy = tmp_path / target.name
    copy.write_bytes(target.read_bytes())
    plant(copy)

    assert world.searcher.found_in_folder(tmp_path)


def test_a_sink_that_forgets_the_rule_is_found(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index writes down what it was given besides: the file's name comes out, and is found."""
    lines: list[dict[str, object]] = [
        {
            "file": VALUES["file name"],
            "verdict": None,
            "sha256": None,
            "report": None,
            "regions": [],
            "limits": [],
            "reasons": [],
        }
    ]
    index.write_index(tmp_path, lines)
    assert world.searcher.found_in_folder(tmp_path) == {}

    monkeypatch.setattr(index, "write_file", lambda path, data: write_file(path, data + json.dumps(lines).encode()))
    index.write_index(tmp_path, lines)

    assert set(world.searcher.found_in_folder(tmp_path)) == {"index.html", "index.json"}
