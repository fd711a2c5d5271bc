"""The writer's last look at AVIF, HEIC, JPEG 2000 and JPEG XL: its own small parser, as `indelible.redact.selfcheck` has for the others."""

from __future__ import annotations

_META = {
    "avif": [b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp"],
    "heif": [b"hdlr", b"iloc", b"iinf", b"pitm", b"iprp"],
}
_PROPERTIES = {
    "avif": [b"ispe", b"pixi", b"av1C", b"colr"],
    "heif": [b"hvcC", b"colr", b"ispe", b"pixi"],
}
_JP2_MARKERS = [0x51, 0x52, 0x5C]  # SIZ, COD, QCD


def _boxes(data: bytes) -> list[tuple[bytes, bytes]] | None:
    """Type and content of each box with a 32-bit size; None where they do not add up."""
    found, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        if size < 8 or at + size > len(data):
            return None
        found.append((data[at + 4 : at + 8], data[at + 8 : at + size]))
        at += size
    return found


def _kinds(boxes: list[tuple[bytes, bytes]] | None) -> list[bytes]:
    return [kind for kind, _ in boxes or []]


def check_avif(data: bytes) -> bool:
    """One av01 item and nothing else."""
    return _still(data, "avif")


def check_heif(data: bytes) -> bool:
    """One hvc1 item and nothing else."""
    return _still(data, "heif")


def _still(data: bytes, container: str) -> bool:
    top = _boxes(data)
    if top is None or _kinds(top) != [b"ftyp", b"meta", b"mdat"]:
        return False
    meta = _boxes(top[1][1][4:])
    if _kinds(meta) != _META[container] or meta is None:
        return False
    inner = dict(meta)
    entries = inner[b"iinf"][4:]
    item = entries[2:]
    if entries[:2] != b"\0\1" or _kinds(_boxes(item)) != [b"infe"]:
        return False
    if (b"av01" if container == "avif" else b"hvc1") not in item:
        return False
    parts = _boxes(inner[b"iprp"])
    if _kinds(parts) != [b"ipco", b"ipma"] or parts is None:
        return False
    properties = _boxes(parts[0][1])
    if _kinds(properties) != _PROPERTIES[container] or properties is None:
        return False
    if dict(properties)[b"colr"][:4] != b"nclx" or inner[b"hdlr"][4:8] != bytes(4) or inner[b"hdlr"][24:].strip(b"\0"):
        return False
    # the one extent is all of mdat
    return int.from_bytes(inner[b"iloc"][-4:]) == len(top[2][1])


def check_jp2(data: bytes) -> bool:
    """The four boxes, and a codestream of SIZ, COD, QCD and one tile part that reaches to EOC."""
    top = _boxes(data)
    if top is None or _kinds(top) != [b"jP  ", b"ftyp", b"jp2h", b"jp2c"]:
        return False
    head = _boxes(top[2][1])
    if _kinds(head) != [b"ihdr", b"colr"] or head is None or len(head[1][1]) != 7 or head[1][1][0] != 1:
        return False
    stream, at, markers = top[3][1], 2, []
    while stream[at : at + 1] == b"\xff" and stream[at + 1] != 0x90:
        markers.append(stream[at + 1])
        at += 2 + int.from_bytes(stream[at + 2 : at + 4])
    length = int.from_bytes(stream[at + 6 : at + 10])
    return (
        stream[:2] == b"\xff\x4f"
        and markers == _JP2_MARKERS
        and stream[at + 12 : at + 14] == b"\xff\x93"
        and stream[at + length :] == b"\xff\xd9"
    )


def check_jxl(data: bytes) -> bool:
    """A bare codestream; what is in it, only a decoder can say."""
    return data[:2] == b"\xff\x0a" and len(data) > 8
