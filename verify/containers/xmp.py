"""XMP packets: which kinds of data are named in them, and pictures in base64.

Names are searched in the packet's text, not in a parsed tree: a packet that an XML parser refuses still names what it holds,
and no entity is ever expanded.
"""

from __future__ import annotations

import base64
import re
from itertools import islice

from indelible.verify.containers.notes import Notes

_MAX_PACKET = 64 * 1024 * 1024

_NAMED = (
    ("L102", "xmp.gps", rb"exif:GPS(?!VersionID)|GPSLatitude|GPSLongitude|GPSPosition|LocationShown|LocationCreated|photoshop:City\b|:Sublocation\b"),
    ("L103", "xmp.serial", rb"SerialNumber|OwnerName|CameraOwnerName|ImageUniqueID|ShutterCount"),
    ("L104", "xmp.text", rb"dc:(?:creator|description|title|rights|subject)\b|photoshop:(?:Credit|Headline|AuthorsPosition|Source)\b|CreatorContactInfo"),
    ("L109", "xmp.regions", rb"mwg-rs:Region|MPRI:|MP:Region|MPReg:|PersonInImage|apple-fi:|<[\w.-]+:Regions\b|regions/"),
    ("L108", "xmp.history", rb"xmpMM:History|stEvt:|HistoryLine"),
    ("L108", "xmp.ids", rb"DocumentID|InstanceID|xmpMM:DerivedFrom"),
    ("L108", "xmp.ancestors", rb"DocumentAncestors"),
    ("L108", "xmp.retouch", rb"crs:Retouch|crs:PaintBased|crs:CircularGradient"),
    ("L205", "xmp.hdrplus", rb"HdrPlusMakernote|hdrp_makernote|shot_log_data"),
)  # fmt: skip
_PATTERNS = tuple((rule, channel, re.compile(pattern)) for rule, channel, pattern in _NAMED)
_BREAKS = re.compile(rb"&#x?[0aAdD0-9]{1,3};|[\r\n\t ]+")
#: Base64 of JPEG, PNG, GIF, RIFF and TIFF. Joined lines may have a word in front, so the run is read from the signature on.
_BASE64 = re.compile(rb"(?:/9j/|iVBORw0KGgo|R0lGOD|UklGR|SUkqA|TU0AK)[A-Za-z0-9+/]{56,}")
_MAX_RUNS = 64


def inspect_xmp(notes: Notes, untrusted: bytes, base: int) -> None:
    """Write down what one packet (UTF-8, UTF-16 or UTF-32) at file offset ``base`` holds."""
    if len(untrusted) > _MAX_PACKET:
        notes.note("L315", "xmp.size", base)
        untrusted = untrusted[:_MAX_PACKET]
    packet = untrusted.replace(b"\0", b"") if b"\0" in untrusted[:64] else untrusted
    for rule, channel, pattern in _PATTERNS:
        if pattern.search(packet):
            notes.note(rule, channel, base)
    for data in base64_pictures(packet):
        notes.picture("L205", "xmp.image", base, data)


def base64_pictures(untrusted: bytes) -> list[bytes]:
    """Encoded pictures in base64, broken lines joined, at most 64."""
    found = []
    for match in islice(_BASE64.finditer(_BREAKS.sub(b"", untrusted)), _MAX_RUNS):
        run = match.group()
        run = run[:-1] if len(run) % 4 == 1 else run
        found.append(base64.b64decode(run + b"=" * (-len(run) % 4)))
    return found
