"""Item properties of a HEIF file: which describe the picture, and which crop, turn or comment on it (ISO/IEC 23008-12, 6.5)."""

from __future__ import annotations

from dataclasses import dataclass, field

from indelible.model import Severity
from indelible.verify.containers.avif_obu import walk_obus
from indelible.verify.containers.bmff import Box
from indelible.verify.containers.heif_items import Items
from indelible.verify.containers.hevc_nal import HevcConfig, read_config
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import readable

_ALPHA = frozenset({b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"})
#: Legal, and on no list: light levels, pixel shape, layers, languages of text, descriptions of an uncompressed picture.
_LEGAL = frozenset(
    {b"pasp", b"clli", b"mdcv", b"cclv", b"amve", b"a1op", b"a1lx", b"lsel", b"rloc", b"oinf", b"tols", b"jpgC", b"j2kH",
     b"avcC", b"vvcC", b"cmpd", b"uncC", b"cmpC", b"icef", b"cpat", b"iscl", b"rref", b"crtt", b"mdft", b"wbex", b"altt",
     b"aebr", b"afbr", b"dobr", b"fobr", b"subs", b"lhvC", b"stpe", b"evcC", b"sbpm", b"splz", b"ndwt", b"reve"}
)  # fmt: skip


@dataclass(slots=True)
class Properties:
    """What the properties said, by 1-based index."""

    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)  # ispe
    hevc: dict[int, HevcConfig] = field(default_factory=dict)
    av1: dict[int, tuple[int, int] | None] = field(default_factory=dict)  # size by the sequence header of av1C
    alpha: set[int] = field(default_factory=set)


def is_alpha(data: bytes, box: Box) -> bool:
    """Whether an auxC box says alpha, and nothing behind that."""
    name, found, rest = data[box.body + 4 : box.end].partition(b"\0")
    return name in _ALPHA and bool(found) and not rest


def judge_properties(notes: Notes, data: bytes, found: Items) -> Properties:
    """Name and judge every property; the crop and its like by themselves, whichever item they belong to."""
    said = Properties()
    used = {index for item in found.items.values() for index in item.properties}
    for index, box in enumerate(found.properties, 1):
        content = data[box.body : box.end]
        opaque = _one(notes, data, said, index, box, content)
        if index not in used:
            notes.note("L305", "heif.property.unused", box.start)
            opaque = True
        notes.name(f"heif.{_spelt(box.kind)}", box.start, box.end, opaque=opaque)
    return said


def _spelt(kind: bytes) -> str:
    return kind.decode("ascii").strip().lower() if kind.isalnum() else "property"


def _one(notes: Notes, data: bytes, said: Properties, index: int, box: Box, content: bytes) -> bool:
    """Judge one property; whether the carver should look at it."""
    kind, at = box.kind, box.start
    if kind == b"ispe":
        if len(content) != 12 or any(content[:4]):
            notes.note("L304", "heif.box.slack", at)
            return True
        said.sizes[index] = (int.from_bytes(content[4:8]), int.from_bytes(content[8:]))
    elif kind == b"pixi":
        if len(content) < 5 or len(content) != 5 + content[4]:
            notes.note("L304", "heif.box.slack", at)
            return True
        if any(content[:4]):
            notes.note("L308", "heif.reserved", at)
    elif kind == b"av1C":
        if len(content) < 4 or content[0] != 0x81:
            notes.note("L310", "heif.coding", at)
        said.av1[index] = walk_obus(notes, content[4:], box.body + 4, config=True).size
    elif kind == b"hvcC":
        said.hevc[index] = read_config(notes, data, box)
    elif kind == b"colr":
        return _color(notes, at, content)
    elif kind == b"auxC":
        if is_alpha(data, box) and not any(content[:4]):
            said.alpha.add(index)
        else:
            return True  # the item that it belongs to is the finding
    elif kind == b"clap":
        notes.note("L209", "heif.clap", at)
    elif kind in (b"irot", b"imir"):
        notes.note("L209", "heif.irot", at, severity=Severity.MEDIUM)  # hides nothing, and our own writer turns pixels
        if len(content) != 1:
            notes.note("L304", "heif.box.slack", at)
            return True
    elif kind == b"udes":
        notes.note("L104", "heif.udes", at)
        return True
    elif kind in (b"free", b"skip"):
        notes.note("L308", "heif.free", at)
        return True
    elif kind == b"uuid":
        notes.note("L302", "heif.uuid", at, cannot_tell=False)
        return True
    elif kind in _LEGAL:
        notes.note("L305", "heif.property.unlisted", at)
        return True
    else:
        notes.note("L302", "heif.box.unknown", at, cannot_tell=not readable(content))
        return True
    return False


def _color(notes: Notes, at: int, content: bytes) -> bool:
    kind = content[:4]
    if kind in (b"prof", b"rICC"):
        notes.note("L111", "heif.colr.prof", at)
        return True
    if kind != b"nclx":
        notes.note("L302", "heif.colr.unknown", at, cannot_tell=False)
        return True
    if len(content) != 11:
        notes.note("L304", "heif.box.slack", at)
        return True
    if content[10] & 0x7F:
        notes.note("L308", "heif.reserved", at)
    return False
