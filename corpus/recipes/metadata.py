"""EXIF, XMP and their relatives, in JPEG and PNG: where, when, who, with what, and what it looked like before."""

from __future__ import annotations

import base64
import io
import struct
import zlib

from PIL import ImageCms

from indelible.corpus.exif import RESOLUTION, Exif, gps, xmp, xmp_packet
from indelible.corpus.jpegfile import Segment, app1_exif, app1_xmp, insert
from indelible.corpus.payload import Plant, small_jpeg
from indelible.corpus.planting import planted
from indelible.corpus.pngfile import Chunk
from indelible.corpus.pngfile import insert as insert_chunk

_POSITION = gps(-48.8767, -123.3933)


@planted("jpeg.exif.bare", ("L101", "jpeg.app1.exif"))
def bare(data: bytes, plant: Plant) -> bytes:
    """An EXIF block that holds nothing but the resolution."""
    del plant
    return insert(data, app1_exif(Exif(image=RESOLUTION).to_bytes()))


@planted("jpeg.exif.gps", ("L101", "jpeg.app1.exif"), ("L102", "exif.gps"))
def position(data: bytes, plant: Plant) -> bytes:
    """The position in the EXIF block."""
    del plant
    return insert(data, app1_exif(Exif(image=RESOLUTION, position=_POSITION).to_bytes()))


@planted("jpeg.exif.serial", ("L101", "jpeg.app1.exif"), ("L103", "exif.serial"))
def serial(data: bytes, plant: Plant) -> bytes:
    """The serial number of the camera's body."""
    return insert(data, app1_exif(Exif(camera={0xA431: plant.text[16:32]}).to_bytes()))


@planted("jpeg.exif.owner", ("L101", "jpeg.app1.exif"), ("L103", "exif.owner"))
def owner(data: bytes, plant: Plant) -> bytes:
    """The owner's name."""
    del plant
    return insert(data, app1_exif(Exif(camera={0xA430: "Anna Eriksson"}).to_bytes()))


@planted("jpeg.exif.unique_id", ("L101", "jpeg.app1.exif"), ("L103", "exif.unique_id"))
def unique_id(data: bytes, plant: Plant) -> bytes:
    """The image's unique identifier."""
    return insert(data, app1_exif(Exif(camera={0xA420: plant.text[16:48]}).to_bytes()))


@planted("jpeg.exif.text", ("L101", "jpeg.app1.exif"), ("L104", "exif.text"))
def caption(data: bytes, plant: Plant) -> bytes:
    """A caption and the artist's name."""
    return insert(data, app1_exif(Exif(image={0x010E: plant.text, 0x013B: "Anna Eriksson"}).to_bytes()))


@planted("jpeg.exif.makernote", ("L101", "jpeg.app1.exif"), ("L105", "exif.makernote"))
def maker_note(data: bytes, plant: Plant) -> bytes:
    """A maker's private block."""
    return insert(data, app1_exif(Exif(camera={0x927C: b"EXEMPLAR\0\x01\x02" + plant.data}).to_bytes()))


@planted("jpeg.exif.makernote.preview", ("L105", "exif.makernote"), ("L202", "exif.makernote.preview"))
def maker_preview(data: bytes, plant: Plant) -> bytes:
    """A preview inside the maker's private block."""
    note = b"EXEMPLAR\0\x01\x02" + plant.marker + small_jpeg((48, 48))
    return insert(data, app1_exif(Exif(camera={0x927C: note}).to_bytes()))


@planted("jpeg.exif.xp", ("L101", "jpeg.app1.exif"), ("L104", "exif.text"))
def desktop_author(data: bytes, plant: Plant) -> bytes:
    """The author as a desktop writes it: UTF-16 in an entry of its own."""
    return insert(data, app1_exif(Exif(image={0x9C9D: (plant.text + "\0").encode("utf-16-le")}).to_bytes()))


@planted("jpeg.exif.orientation", ("L101", "jpeg.app1.exif"))
def orientation(data: bytes, plant: Plant) -> bytes:
    """An orientation of 1: harmless, and a block that should not be there."""
    del plant
    return insert(data, app1_exif(Exif(image={0x0112: 1}).to_bytes()))


@planted("jpeg.xmp.history", ("L106", "jpeg.app1.xmp"), ("L108", "xmp.history"))
def history(data: bytes, plant: Plant) -> bytes:
    """The steps of the editing, with times and programs."""
    inner = (
        '<xmpMM:History xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
        ' xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"><rdf:Seq><rdf:li stEvt:action="saved"'
        f' stEvt:instanceID="xmp.iid:{plant.text[16:48]}" stEvt:when="2019-07-16T09:42:10+01:00"'
        ' stEvt:softwareAgent="Exemplar Develop 4.1"/></rdf:Seq></xmpMM:History>'
    )
    return insert(data, app1_xmp(xmp_packet("", inner)))


@planted("png.xmp.gps", ("L106", "png.xmp"), ("L102", "xmp.gps"))
def position_in_png(data: bytes, plant: Plant) -> bytes:
    """The position in a PNG's XMP packet."""
    del plant
    packet = xmp({"exif:GPSLatitude": "48,52.602S", "exif:GPSLongitude": "123,23.598W"})
    return insert_chunk(data, Chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet))


@planted("jpeg.exif.slack", ("L101", "jpeg.app1.exif"), ("L118", "exif.slack"))
def exif_slack(data: bytes, plant: Plant) -> bytes:
    """Bytes in the EXIF block that no entry points to."""
    return insert(data, app1_exif(Exif(image=RESOLUTION).to_bytes() + plant.data))


@planted("jpeg.xmp", ("L106", "jpeg.app1.xmp"))
def packet(data: bytes, plant: Plant) -> bytes:
    """An XMP packet with a title."""
    return insert(data, app1_xmp(xmp({"dc:source": plant.text})))


@planted("jpeg.xmp.gps", ("L106", "jpeg.app1.xmp"), ("L102", "xmp.gps"))
def position_in_xmp(data: bytes, plant: Plant) -> bytes:
    """The position in the XMP packet only: removing EXIF is not enough."""
    del plant
    return insert(data, app1_xmp(xmp({"exif:GPSLatitude": "48,52.602S", "exif:GPSLongitude": "123,23.598W"})))


@planted("jpeg.xmp.ids", ("L106", "jpeg.app1.xmp"), ("L108", "xmp.ids"))
def document_ids(data: bytes, plant: Plant) -> bytes:
    """Identifiers that tie the file to its original."""
    return insert(
        data,
        app1_xmp(
            xmp(
                {
                    "xmpMM:DocumentID": f"xmp.did:{plant.text[16:48]}",
                    "xmpMM:OriginalDocumentID": f"xmp.did:{plant.text[48:80]}",
                }
            )
        ),
    )


@planted("jpeg.xmp.regions", ("L106", "jpeg.app1.xmp"), ("L109", "xmp.regions"))
def people(data: bytes, plant: Plant) -> bytes:
    """Who stands where: face regions with names."""
    del plant
    inner = (
        '<mwg-rs:Regions xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"'
        ' xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" rdf:parseType="Resource"><mwg-rs:RegionList><rdf:Bag>'
        '<rdf:li><rdf:Description mwg-rs:Name="Anna Eriksson" mwg-rs:Type="Face"><mwg-rs:Area stArea:x="0.5"'
        ' stArea:y="0.5" stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/></rdf:Description></rdf:li>'
        "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>"
    )
    return insert(data, app1_xmp(xmp_packet("", inner)))


@planted("jpeg.xmp.image", ("L106", "jpeg.app1.xmp"), ("L205", "xmp.image"))
def picture_in_xmp(data: bytes, plant: Plant) -> bytes:
    """A thumbnail in base64 inside the XMP packet."""
    del plant
    inner = (
        '<xmp:Thumbnails xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/">'
        '<rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:width>32</xmpGImg:width><xmpGImg:height>32'
        "</xmpGImg:height><xmpGImg:format>JPEG</xmpGImg:format><xmpGImg:image>"
        f"{base64.b64encode(small_jpeg()).decode()}</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
    )
    return insert(data, app1_xmp(xmp_packet("", inner)))


@planted("jpeg.xmp.extended", ("L107", "jpeg.app1.xmp_extended"))
def extended(data: bytes, plant: Plant) -> bytes:
    """A chunk of extended XMP."""
    body = xmp({"dc:source": plant.text})
    header = b"http://ns.adobe.com/xmp/extension/\0" + plant.digest[:32].upper() + struct.pack(">II", len(body), 0)
    return insert(data, Segment(0xE1, header + body))


@planted("jpeg.app1.vendor", ("L116", "jpeg.app1.other"))
def thermal(data: bytes, plant: Plant) -> bytes:
    """A thermal camera's block."""
    return insert(data, Segment(0xE1, b"FLIR\0\x01\0\0" + plant.data))


@planted("jpeg.app12.vendor", ("L116", "jpeg.app12.vendor"))
def saved_for_web(data: bytes, plant: Plant) -> bytes:
    """A drawing program's segment with a comment."""
    body = struct.pack(">HH", 2, len(plant.data)) + plant.data
    return insert(data, Segment(0xEC, b"Ducky" + body + b"\0\0"))


@planted("jpeg.gainmap", ("L207", "jpeg.app2.gainmap"))
def gain_map(data: bytes, plant: Plant) -> bytes:
    """The heading of a gain map, whose picture follows behind the first."""
    del plant
    return insert(data, Segment(0xE2, b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0")) + small_jpeg((48, 48))


@planted("jpeg.icc", ("L111", "jpeg.app2.icc"))
def profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile with a device's name in it."""
    return insert(data, Segment(0xE2, b"ICC_PROFILE\0\x01\x01" + _profile(plant)))


@planted("jpeg.mpf", ("L206", "jpeg.app2.mpf"))
def multi_picture(data: bytes, plant: Plant) -> bytes:
    """A multi-picture index, and the second picture behind the first."""
    del plant
    second = small_jpeg((48, 48))
    entries = struct.pack("<IIIHH", 0x030000, len(data), 0, 0, 0) + struct.pack(
        "<IIIHH", 0, len(second), len(data), 0, 0
    )
    index = struct.pack("<2sHIH", b"II", 42, 8, 3)
    index += struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 2)
    index += struct.pack("<HHII", 0xB002, 7, 32, 50) + b"\0\0\0\0" + entries
    return insert(data, Segment(0xE2, b"MPF\0" + index)) + second


@planted("jpeg.irb", ("L110", "jpeg.app13.irb"), ("L110", "iptc"))
def resources(data: bytes, plant: Plant) -> bytes:
    """Image resources with an IPTC caption."""
    caption = plant.marker
    iptc = b"\x1c\x02\x78" + struct.pack(">H", len(caption)) + caption
    return insert(data, Segment(0xED, b"Photoshop 3.0\0" + _resource(1028, iptc)))


@planted("jpeg.irb.thumbnail", ("L110", "jpeg.app13.irb"), ("L204", "irb.1036"))
def resource_thumbnail(data: bytes, plant: Plant) -> bytes:
    """Image resources with a thumbnail."""
    del plant
    small = small_jpeg()
    head = struct.pack(">IIIIIIHH", 1, 32, 32, 96, 96 * 32, len(small), 24, 1)
    return insert(data, Segment(0xED, b"Photoshop 3.0\0" + _resource(1036, head + small)))


@planted("jpeg.c2pa", ("L114", "jpeg.app11.jumbf"))
def manifest(data: bytes, plant: Plant) -> bytes:
    """A provenance store: it names the original and its maker."""
    described = _box(b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0")
    store = _box(b"jumb", described + _box(b"bidb", plant.data))
    return insert(data, Segment(0xEB, b"JP\0\x01" + struct.pack(">I", 1) + store))


@planted("jpeg.adobe", ("L305", "jpeg.app14.adobe"))
def adobe(data: bytes, plant: Plant) -> bytes:
    """An Adobe segment that is longer than it should be."""
    return insert(data, Segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01" + plant.data))


@planted("png.exif", ("L101", "png.exif"), ("L102", "exif.gps"))
def png_exif(data: bytes, plant: Plant) -> bytes:
    """An eXIf chunk with the position."""
    del plant
    return insert_chunk(data, Chunk(b"eXIf", Exif(image=RESOLUTION, position=_POSITION).to_bytes()))


@planted("png.xmp", ("L106", "png.xmp"))
def png_xmp(data: bytes, plant: Plant) -> bytes:
    """An XMP packet in an iTXt chunk."""
    return insert_chunk(data, Chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp({"dc:source": plant.text})))


@planted("png.rawprofile", ("L101", "png.rawprofile"))
def raw_profile(data: bytes, plant: Plant) -> bytes:
    """An EXIF block as hexadecimal text, as one conversion program writes it."""
    block = b"Exif\0\0" + Exif(image={**RESOLUTION, 0x010E: plant.text}).to_bytes()
    digits = block.hex()
    lines = "\n".join(digits[place : place + 72] for place in range(0, len(digits), 72))
    body = f"\nexif\n{len(block):8d}\n{lines}\n".encode()
    return insert_chunk(data, Chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(body)))


@planted("png.iccp", ("L111", "png.iccp"))
def png_profile(data: bytes, plant: Plant) -> bytes:
    """A colour profile; its name is text as well."""
    return insert_chunk(data, Chunk(b"iCCP", b"Anna's display\0\0" + zlib.compress(_profile(plant))))


@planted("png.c2pa", ("L114", "png.c2pa"))
def png_manifest(data: bytes, plant: Plant) -> bytes:
    """A provenance store in a caBX chunk."""
    described = _box(b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0")
    return insert_chunk(data, Chunk(b"caBX", _box(b"jumb", described + _box(b"bidb", plant.data))))


def _profile(plant: Plant) -> bytes:
    """An sRGB profile whose last bytes are the marker; the date in its header is fixed."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = struct.pack(">6H", 2019, 7, 16, 9, 42, 10)
    made += plant.marker
    struct.pack_into(">I", made, 0, len(made))
    return bytes(io.BytesIO(made).getvalue())


def _resource(number: int, content: bytes) -> bytes:
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content
