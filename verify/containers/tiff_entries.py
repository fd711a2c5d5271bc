"""The entries of TIFF directories: each is on the list with the number of values that it should have, or is found."""

from __future__ import annotations

from indelible.verify.containers.irb import inspect_irb
from indelible.verify.containers.notes import Notes
from indelible.verify.containers.signatures import readable
from indelible.verify.containers.tiff_coverage import Coverage
from indelible.verify.containers.tiff_reader import Directory, Entry, Layout, fractions, numbers
from indelible.verify.containers.tiff_tags import CODING, COUNTS, EXIF_CHANNELS, LISTED, judged
from indelible.verify.containers.xmp import inspect_xmp

#: 0.299, 0.587, 0.114 and the full ranges of TIFF 6.0, sections 20 and 21.
_COEFFICIENTS = (0.299, 0.587, 0.114)
_RANGES = frozenset({0.0, 255.0, 128.0})
_XMP, _IRB, _IPTC = 700, 34377, 33723
#: Values of unknown entries that are searched for something to read.
_MAX_VALUE = 4 * 1024 * 1024


class Entries:
    """Examines directories; what it finds goes to the notes, the stretches of the values to the coverage map."""

    def __init__(self, notes: Notes, coverage: Coverage, data: bytes, layout: Layout) -> None:
        self._notes, self._coverage, self._data, self._layout = notes, coverage, data, layout

    def examine(self, directory: Directory, *, picture: bool, gps: bool = False) -> None:
        """Every entry of one directory. ``picture``: it describes one; else it is an EXIF directory."""
        notes, last = self._notes, -1
        for entry in directory.entries:
            if entry.tag <= last:
                notes.note("L307", "tiff.tag.order", entry.at)
            last = max(last, entry.tag)
            if not entry.known:
                notes.note("L302", "tiff.type.unknown", entry.at)
                continue
            if entry.inside and any(self._data[entry.start + entry.length : entry.at + self._layout.entry]):
                notes.note("L308", "tiff.entry.padding", entry.at)
            if picture:
                self._of_picture(directory, entry)
            else:
                self._of_exif(entry, gps)

    def _value(self, entry: Entry) -> bytes:
        return self._data[entry.start : entry.start + entry.length]

    def _of_picture(self, directory: Directory, entry: Entry) -> None:
        notes, tag = self._notes, entry.tag
        if tag in LISTED or tag in CODING:
            if tag not in LISTED:
                notes.note("L117", "tiff.encoder", entry.at)
            if not self._counted(directory, entry):
                notes.note("L306", "tiff.tag.count", entry.at)
            self._resolution(entry)
            if not entry.inside:
                self._coverage.add(entry.start, entry.start + entry.length, "tiff.value")
            return
        found = judged(tag)
        if found is None:
            value = self._value(entry)[:_MAX_VALUE]
            notes.note("L302", "tiff.tag.unknown", entry.at, cannot_tell=tag < 32768 and not readable(value))
            self._cover(entry, "tiff.tag.unknown")
            return
        notes.note(*found, entry.start)
        self._cover(entry, found[1] if found[1].startswith("tiff.") else "tiff.exif_tags")
        if tag == _XMP:
            inspect_xmp(notes, self._value(entry), entry.start)
        elif tag == _IRB:
            inspect_irb(notes, self._value(entry), entry.start)
        elif tag == _IPTC:
            notes.note("L110", "iptc", entry.start)
        elif found[0] in ("L105", "L202", "L213"):
            self._picture_inside(entry, "exif.makernote.preview" if found[0] == "L105" else "exif.preview")
        elif tag in EXIF_CHANNELS:
            notes.note(*EXIF_CHANNELS[tag], entry.start)

    def _of_exif(self, entry: Entry, gps: bool) -> None:
        notes = self._notes
        self._cover(entry, "tiff.gpsifd" if gps else "tiff.exififd")
        if gps or entry.tag not in EXIF_CHANNELS:
            return
        rule, channel = EXIF_CHANNELS[entry.tag]
        notes.note(rule, channel, entry.start)
        if channel == "exif.makernote":
            self._picture_inside(entry, "exif.makernote.preview")
        elif channel == "exif.xmp":
            inspect_xmp(notes, self._value(entry), entry.start)
        elif channel == "exif.irb":
            inspect_irb(notes, self._value(entry), entry.start)

    def _cover(self, entry: Entry, name: str) -> None:
        if entry.inside:
            self._notes.opaque.append((entry.start, entry.length))
        else:
            self._coverage.add(entry.start, entry.start + entry.length, name, opaque=True)

    def _picture_inside(self, entry: Entry, channel: str) -> None:
        value = self._value(entry)
        at = value.find(b"\xff\xd8\xff")
        if at >= 0:
            self._notes.picture("L202", channel, entry.start + at, value[at:])

    def _counted(self, directory: Directory, entry: Entry) -> bool:
        """Whether an entry has as many values as its tag takes."""
        samples = next(iter(numbers(self._data, self._layout, directory.get(277), 1)), 1)
        if entry.tag in COUNTS:
            return entry.count == COUNTS[entry.tag] and entry.kind in (1, 3, 4, 5, 13, 16)
        if entry.tag in (258, 280, 281, 339):
            return entry.count in (1, samples)
        if entry.tag == 338:
            return 1 <= entry.count <= max(1, samples)
        if entry.tag == 320:
            bits = next(iter(numbers(self._data, self._layout, directory.get(258), 1)), 1)
            return entry.count == 3 << min(bits, 16)
        if entry.tag == 532:
            return entry.count in (6, 2 * samples)
        return True  # strips and tiles are counted with the picture, tables are walked

    def _resolution(self, entry: Entry) -> None:
        """72 per inch, written as 72/1, is what the list names; coefficients must be the standard's."""
        if entry.tag in (282, 283):
            well = fractions(self._data, self._layout, entry) == ((72, 1),)
        elif entry.tag == 296:
            well = numbers(self._data, self._layout, entry) == (2,)
        else:
            if entry.tag in (529, 532):
                pairs = fractions(self._data, self._layout, entry)
                values = tuple(round(over / under, 4) if under else -1.0 for over, under in pairs)
                known = values == _COEFFICIENTS if entry.tag == 529 else bool(values) and set(values) <= _RANGES
                if not known:
                    self._notes.note("L113", "tiff.ancillary", entry.at)
            return
        if not well:
            self._notes.note("L113", "tiff.resolution", entry.at)
