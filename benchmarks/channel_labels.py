"""The labels of the sample manifest, and which of our rules answers each: the channel families of ``channels.py``.

A label is another walker's opinion and an upper bound. ``NO_LEAK`` are labels of how the picture is coded, which carry nothing.
"""

from __future__ import annotations

import re

#: Family, labels that belong to it, rules (or channels) of which one must be found. The first that matches a label counts.
_FAMILIES = (
    ("position", r"~GPS|exif:GPSIFD|XMP-GPS", r"L102"),
    ("serial, unique id", r"~serial", r"L103|L105"),
    ("author, owner, caption", r"~owner", r"L104|L103|L110|L111|L112|L106 jp2"),
    ("document ids, history", r"~docid|XMP-(?:history|ancestors|retouch)", r"L108|L119"),
    ("device of the profile", r"~iccdev", r"L111"),
    ("face regions", r"~face|XMP-face-regions", r"L109|L105"),
    ("EXIF thumbnail", r"exif:IFD1-JPEGthumb|~IFD1:Thumb", r"L201|L202"),
    ("other previews", r"~MakerNote-preview|~CompositePreview|~SubIFDpreview|SubIFD-JPEGthumb|extra-image-IFD|FPXR",
     r"L2\d\d"),
    ("maker notes", r"exif:MakerNote", r"L105"),
    ("bytes in EXIF that nothing points to", r"exif:uncovered", r"L118|L310 exif|L105|L201"),
    ("EXIF block", r"EXIF$|Exif|eXIf|exif:|brob\[Exif|hidden-item\[Exif|ExifIFD|GPSIFD", r"L101"),
    ("picture in XMP", r"GImage|GDepth|~depthmap", r"L205|L207"),
    ("XMP", r"XMP|mime-item|hidden-item\[mime|xml|brob\[xml", r"L106|L107|L302"),
    ("profile", r"ICC|iCCP", r"L111|L104 bmp"),
    ("Photoshop thumbnail", r"IRB-thumbnail", r"L204"),
    ("IPTC, Photoshop", r"APP13|IRB|IPTC|Photoshop|\[iptc", r"L110"),
    ("JFIF thumbnail", r"JFXX", r"L203"),
    ("C2PA", r"JUMBF", r"L114|L212"),
    ("second picture", r"MPF|~MPImage|trailer-JPEG", r"L206"),
    ("gain map, depth, matte", r"~gainmap|aux\[(?!:systems:auxiliary:alpha|n:mpeg:hevc:2015:auxid:1)|item\[tmap",
     r"L207|L206|L205"),
    ("HEIF thumbnail", r"iref-thmb", r"L208"),
    ("video, motion photo", r"~video|trailer-video|mpvd", r"L210"),
    ("hidden items", r"hidden-item|iref-base", r"L20[789]|L211"),
    ("frames, pages, layers", r"frames|fcTL|fdAT|acTL|ANMF|IFD[1n]$|SubIFD|layers|moov", r"L211|L213"),
    ("comments, text", r"COM$|comment|[itz][TE][xX]t$|rawprofile", r"L112|L106|L110|L101|L115|L108"),
    ("vendor, private, unknown", r"APP\d+-other|private|unknown|topbox|uuid|item\[",
     r"L116|L302|L214|L305|L101|L102|L106|L110|L210"),
    ("rebuildable original", r"jbrd", r"L213"),
    ("trailer", r"trailer|sceneTrailer|gif:junk", r"L30[13]|L313|L306|L20[567]|L210|L116"),
    ("slack, gaps, free space", r"slack|unterminated|junk|gap|uncovered|free/skip", r"L30[3489]|L305 bmp.palette|L310"),
    ("time, resolution, gamma", r"bKGD|cHRM|cICP|gAMA|hIST|pHYs|sBIT|sPLT|sRGB|tIME|jp2:res", r"L113|L302"),
    ("damaged, cut short", r"truncated|no-E|no-IEND|bad", r"L310|L306|L304"),
    ("pictures by signature", r"carve", r"L2\d\d"),
)  # fmt: skip
FAMILIES = tuple(name for name, _, _ in _FAMILIES)
_COMPILED = tuple((name, re.compile(labels), re.compile(rules)) for name, labels, rules in _FAMILIES)

#: How the picture is coded. Plain alpha is examined as pixels.
_NO_LEAK = re.compile(
    r"hdr\d+|progressive|arith|DRI|APP14|:alpha|aux\[.*(?:alpha|auxid:1\])|iref-(?:auxl|cdsc|dimg)|multi-image|bare|IFD0$|:big$|"
    r"hidden-item\[grid|no-EOC"
)


def is_no_leak(label: str) -> bool:
    """Whether the label says how the picture is coded, and nothing more."""
    return _NO_LEAK.search(label) is not None


def family_of(label: str) -> tuple[str, re.Pattern[str]] | None:
    """The family, and the pattern that one of a file's ``"RULE channel"`` must match; None for a label we do not know."""
    if is_no_leak(label):
        return None
    return next(((name, rules) for name, labels, rules in _COMPILED if labels.search(label)), None)


#: What survives in a tool's output, by our rules: families of the second table.
SURVIVING = {
    "position": ("L102",),
    "serial, unique id, owner": ("L103",),
    "author, caption, titles": ("L104",),
    "face or person regions": ("L109",),
    "IPTC, Photoshop resources": ("L110", "L119"),
    "C2PA": ("L114", "L212"),
    "EXIF block": ("L101", "L118"),
    "maker notes, previews": ("L105", "L202"),
    "EXIF or JFIF thumbnail": ("L201", "L203"),
    "Photoshop thumbnail": ("L204",),
    "XMP": ("L106", "L107", "L108"),
    "picture in XMP": ("L205",),
    "second picture": ("L206",),
    "gain map, depth, matte": ("L207",),
    "HEIF thumbnail": ("L208",),
    "hidden items": ("L209",),
    "video, audio": ("L210",),
    "layers, masks, further pictures": ("L211", "L213"),
    "private preview, carved file": ("L214", "L216"),
    "profile": ("L111",),
    "comments, text": ("L112",),
    "vendor, private, unknown": ("L115", "L116", "L302"),
    "trailer": ("L301", "L313"),
    "slack, gaps, free space": ("L303", "L304", "L308", "L309"),
    "time, resolution, gamma": ("L113",),
}
