"""What a clean file may show to exiftool, keyed on group and name, and which rule every other tag falls under.

LEAKS.md section 6.2. Never a name without its group, and never a whole group: a comment is ``File:Comment``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from indelible.model import Finding, Severity
from indelible.verify.containers.rules import finding

_ALL = (
    "SourceFile ExifTool:ExifToolVersion ExifTool:Now ExifTool:NewGUID ExifTool:FileSequence ExifTool:ProcessingTime "
    "ExifTool:Validate File:FileType File:FileTypeExtension File:MIMEType File:ImageWidth File:ImageHeight "
    "Composite:ImageSize Composite:Megapixels"
)
_SYSTEM = (
    "FileName BaseName Directory FilePath FileSize FileModifyDate FileAccessDate FileInodeChangeDate FilePermissions "
    "FileAttributes FileDeviceNumber FileInodeNumber FileHardLinks FileUserID FileGroupID FileDeviceID FileBlockSize "
    "FileBlockCount"
)
_JPEG = (
    "File:BitsPerSample File:ColorComponents File:YCbCrSubSampling File:JPEGImageLength File:JPEGQualityEstimate "
    "File:JPEGDigest JFIF:JFIFVersion"
)
_PNG = (
    "PNG:ImageWidth PNG:ImageHeight PNG:BitDepth PNG:ColorType PNG:Compression PNG:Filter PNG:Interlace PNG:Palette "
    "PNG:AnimationFrames PNG:AnimationPlays"
)
_QUICKTIME = (
    "QuickTime:MajorBrand QuickTime:MinorVersion QuickTime:CompatibleBrands QuickTime:HandlerType "
    "QuickTime:Meta:PrimaryItemReference QuickTime:Meta:MetaImageSize QuickTime:ImageSpatialExtent QuickTime:ImagePixelDepth QuickTime:ColorPrimaries "
    "QuickTime:TransferCharacteristics QuickTime:MatrixCoefficients QuickTime:VideoFullRangeFlag "
    "QuickTime:QuickTime_ColorRep_0x000a QuickTime:MediaDataSize QuickTime:MediaDataOffset QuickTime:MediaData"
)
_AVIF = (
    "QuickTime:AV1ConfigurationVersion QuickTime:SeqProfile QuickTime:SeqTier0 QuickTime:ChromaFormat "
    "QuickTime:ChromaSamplePosition QuickTime:InitialDelaySamples"
)
_HEIF = (
    "QuickTime:HEVCConfigurationVersion QuickTime:GeneralProfileSpace QuickTime:GeneralTierFlag "
    "QuickTime:GeneralProfileIDC QuickTime:GenProfileCompatibilityFlags QuickTime:ConstraintIndicatorFlags "
    "QuickTime:GeneralLevelIDC QuickTime:MinSpatialSegmentationIDC QuickTime:ParallelismType QuickTime:ChromaFormat "
    "QuickTime:BitDepthLuma QuickTime:BitDepthChroma QuickTime:AverageFrameRate QuickTime:ConstantFrameRate "
    "QuickTime:NumTemporalLayers QuickTime:TemporalIDNested"
)
_JP2 = (
    "Jpeg2000:MajorBrand Jpeg2000:MinorVersion Jpeg2000:CompatibleBrands Jpeg2000:ImageHeight Jpeg2000:ImageWidth "
    "Jpeg2000:NumberOfComponents Jpeg2000:BitsPerComponent Jpeg2000:Compression Jpeg2000:ColorSpecPrecedence "
    "Jpeg2000:ColorSpecApproximation Jpeg2000:ColorSpace"
)
_TIFF = "File:ExifByteOrder " + " ".join(
    f"EXIF:IFD0:{name}"
    for name in (
        "ImageWidth ImageHeight BitsPerSample Compression PhotometricInterpretation StripOffsets SamplesPerPixel "
        "RowsPerStrip StripByteCounts XResolution YResolution PlanarConfiguration ResolutionUnit ExtraSamples"
    ).split()
)
_GIF = (
    "GIF:GIFVersion GIF:ImageWidth GIF:ImageHeight GIF:HasColorMap GIF:ColorResolutionDepth GIF:BitsPerPixel "
    "GIF:BackgroundColor GIF:AnimationIterations GIF:FrameCount GIF:Duration"
)
_BMP = (
    "File:BMPVersion File:Planes File:BitDepth File:Compression File:ImageLength File:PixelsPerMeterX "
    "File:PixelsPerMeterY File:NumColors File:NumImportantColors"
)
_WEBP = (
    "RIFF:ImageWidth RIFF:ImageHeight RIFF:VP8Version RIFF:HorizontalScale RIFF:VerticalScale RIFF:AlphaIsUsed "
    "RIFF:WebP_Flags RIFF:AlphaPreprocessing RIFF:AlphaFiltering RIFF:AlphaCompression "
    "RIFF:BackgroundColor RIFF:AnimationLoopCount RIFF:Duration RIFF:FrameCount"
)
#: Raw bytes of hvcC, which our own walk names too.
_HEVC_BYTES = re.compile(r"^QuickTime:QuickTime_HEVCConfig_0x[0-9a-f]{4}$")
ALLOWED: Mapping[str, frozenset[str]] = {
    "jpeg": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _JPEG.split()),
    "png": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _PNG.split()),
    "avif": frozenset(
        _ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + (_QUICKTIME + " " + _AVIF).split()
    ),
    "heif": frozenset(
        _ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + (_QUICKTIME + " " + _HEIF).split()
    ),
    "jp2": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _JP2.split()),
    "tiff": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _TIFF.split()),
    "gif": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _GIF.split()),
    "bmp": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _BMP.split()),
    "webp": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()] + _WEBP.split()),
    "jxl": frozenset(_ALL.split() + [f"File:System:{name}" for name in _SYSTEM.split()]),
}

#: Tags that are allowed with one value only, and the finding that any other value is.
_FIXED: Mapping[str, tuple[object, str, Severity | None]] = {
    "File:EncodingProcess": (0, "L117", None),
    "JFIF:ResolutionUnit": (0, "L113", None),
    "JFIF:XResolution": (1, "L113", None),
    "JFIF:YResolution": (1, "L113", None),
}

#: The same for the formats made of boxes: format -> name -> the values that a clean file shows, and the rule of others.
_BOXES: Mapping[str, Mapping[str, tuple[re.Pattern[str], str]]] = {
    **{
        format: {
            "QuickTime:ColorProfiles": (re.compile(r"^(?:nclx|\['nclx'(?:, 'nclx')*\])$"), "L111"),
            "QuickTime:HandlerDescription": (re.compile(r"^(?:libavif|pict)?$"), "L112"),
            "QuickTime:AuxiliaryImageType": (
                re.compile(r"^urn:(?:mpeg:hevc:2015:auxid:1|mpeg:mpegB:\S+:alpha)$"),
                "L207",
            ),
        }
        for format in ("avif", "heif")
    },
    "jp2": {"Jpeg2000:ColorSpecMethod": (re.compile(r"^1$"), "L111")},
}
_BOX_NAMES = (
    ("L308", "free", r"^(?:Free|Skip|Wide)$"),
    ("L302", "unknown", r"^Unknown_|^QuickTime_\w+$|^Jpeg2000_\w+$"),
    ("L106", "xml", r"^XML$|^XMP$"),
    ("L113", "resolution", r"Resolution"),
    ("L209", "derived", r"^(?:Rotation|CleanAperture\w*)$"),
    (
        "L211",
        "film",
        r"^(?:Track|Media(?!Data)|Movie|TimeScale|Duration|NextTrackID|Poster|Preview|Selection|CurrentTime)",
    ),
)
_BOX_PATTERNS = tuple((rule, channel, re.compile(pattern)) for rule, channel, pattern in _BOX_NAMES)

_COPY = re.compile(r"^Copy\d+$")
_ANSWER = re.compile(r"^ExifTool:(?:Warning|Error)$")

#: exiftool's groups of family 0 that may be named in a finding or a census; a file can invent others (XMP prefixes).
GROUPS = frozenset(
    "AFCP AIFF APE APP0 APP1 APP2 APP3 APP4 APP5 APP6 APP7 APP8 APP9 APP10 APP11 APP12 APP13 APP14 APP15 CanonVRD "
    "Composite DICOM Ducky EXIF File FlashPix FotoStation GeoTiff GIF GIMP ICC_Profile IPTC JFIF JPEG JUMBF Leaf MIE "
    "Jpeg2000 MPF MakerNotes Meta MetaIFD PDF PhotoMechanic RIFF Photoshop PNG PrintIM QuickTime Rawzor Ricoh RMETA Samsung "
    "SVG Trailer Vivo XML XMP".split()
)

_BY_NAME = (
    ("L102", "position", r"GPS|Latitude|Longitude|Geolocation|^Location(?:Shown|Created)|^Sub-?location$|^City$"),
    ("L201", "thumbnail", r"^Thumbnail(?:Image|TIFF|Offset|Length)$"),
    ("L204", "photoshop_thumbnail", r"^PhotoshopThumbnail$|^PhotoshopBGRThumbnail$"),
    ("L202", "preview", r"Preview(?:Image|Offset|Start|Length|ImageStart|ImageLength)|JpgFromRaw|OtherImage"),
    ("L206", "second_picture", r"^MPImage|^NumberOfImages$"),
    ("L210", "video", r"EmbeddedVideo|MotionPhotoVideo|MicroVideo"),
    ("L207", "auxiliary_image", r"GainMapImage|DepthImage|DepthMap|ConfidenceMap|MergedImage|FinishedImage|PayloadFrame"),
    ("L212", "c2pa_thumbnail", r"^C2PAThumbnail"),
    ("L205", "xmp_image", r"^GImageData|GDepthData|ThumbnailsImage"),
    ("L103", "serial", r"Serial(?:Number|No)|^OwnerName|CameraOwner|UniqueID$|ShutterCount|CameraID|DeviceID|OwnerID"),
    ("L109", "regions", r"Region(?:Info|List|Name|Person|s)|^Face(?:s|\d)|FacesDetected|PersonInImage|FaceName|FaceID"),
    ("L108", "history", r"^History|DocumentID|InstanceID|DerivedFrom|DocumentAncestors|Retouch"),
    ("L104", "text", r"^(?:Artist|Creator|Author|Copyright|Rights|By-?line|Caption|Description|ImageDescription|UserComment|Keywords|Title|Subject|Headline|Credit|Source|HostComputer|XP\w+)"),
)  # fmt: skip
_PATTERNS = tuple((rule, channel, re.compile(pattern)) for rule, channel, pattern in _BY_NAME)

_BY_GROUP = {
    "EXIF": "L101", "MakerNotes": "L105", "XMP": "L106", "IPTC": "L110", "Photoshop": "L110", "ICC_Profile": "L111",
    "JUMBF": "L114", "MPF": "L206", "FlashPix": "L202", "Trailer": "L301", "AFCP": "L301", "PhotoMechanic": "L301",
    "CanonVRD": "L301", "FotoStation": "L301", "MIE": "L301", "QuickTime": "L210", "Samsung": "L301", "Vivo": "L301",
    "Ducky": "L116", "RMETA": "L116", "Meta": "L116", "PrintIM": "L101",
}  # fmt: skip
_TIFF_FIXED: Mapping[str, int] = {
    "EXIF:IFD0:XResolution": 72, "EXIF:IFD0:YResolution": 72, "EXIF:IFD0:ResolutionUnit": 2,
}  # fmt: skip
#: What exiftool names of a TIFF picture that another encoder coded: as in the walk, a fingerprint.
_TIFF_CODING = frozenset(
    "SubfileType OldSubfileType Thresholding FillOrder Orientation MinSampleValue MaxSampleValue T4Options T6Options "
    "PageNumber Predictor ColorMap TileWidth TileLength TileOffsets TileByteCounts SampleFormat JPEGTables "
    "YCbCrSubSampling YCbCrPositioning".split()
)
_TIFF_PAGE = re.compile(r"^EXIF:IFD[1-9]\d*:")
_TIFF_SUB = re.compile(r"^EXIF:SubIFD\d*:")
#: PNG tags by their text: image properties, not text chunks.
_PNG_PROPERTIES = re.compile(
    r"PNG-(?:pHYs|cHRM|cICP|sBIT|sCAL|oFFs)|^PNG:(?:Gamma|SRGBRendering|ModifyDate|BackgroundColor|SignificantBits|"
    r"PaletteHistogram|SuggestedPalette|PixelsPerUnit[XY]|PixelUnits|ImageOffset|StereoMode|ColorPrimaries|"
    r"TransferCharacteristics|MatrixCoefficients|VideoFullRangeFlag)"
)


def plain(key: str) -> str:
    """A key without its ``CopyN`` parts."""
    return ":".join(part for part in key.split(":") if not _COPY.match(part))


def group_of(key: str) -> str:
    """The family 0 group from the closed list, or ``other``."""
    first = key.partition(":")[0]
    return first if first in GROUPS else "other"


def judge_tag(format: str, key: str, value: object) -> Finding | None:
    """The finding that one tag of a reading is; None for what a clean file shows. Warnings are counted elsewhere."""
    name = plain(key)
    if format == "tiff" and _TIFF_PAGE.match(name):
        last = name.rpartition(":")[2]
        if last == "SubfileType" and isinstance(value, int) and value & 0b101:
            return finding("L211", "exiftool.pages")  # a reduced copy or a mask, and no page
        name = f"EXIF:IFD0:{last}"  # a page: examined as the first one is
    if format == "tiff" and name in _TIFF_FIXED:
        return None if value == _TIFF_FIXED[name] else finding("L113", "exiftool.resolution")
    if name in ALLOWED.get(format, frozenset()) or _ANSWER.match(name):
        return None
    if name in _FIXED and format == "jpeg":
        wanted, rule, severity = _FIXED[name]
        return None if value == wanted else finding(rule, f"exiftool.{group_of(name).lower()}", severity=severity)
    group, last = group_of(name), name.rpartition(":")[2]
    if name == "GIF:Text":
        return finding("L112", "exiftool.gif.text")
    if group == "RIFF" and last.startswith("Unknown_"):
        return finding("L302", "exiftool.riff.unknown")
    if format in ("avif", "heif", "jp2", "jxl") and group in ("QuickTime", "Jpeg2000", "other"):
        return _judge_box(format, name, last, value)
    if format == "tiff" and group == "EXIF":
        if _TIFF_SUB.match(name) and (last in _TIFF_CODING or f"EXIF:IFD0:{last}" in ALLOWED["tiff"]):
            return finding("L211", "exiftool.pages")
        if name == f"EXIF:IFD0:{last}" and last in _TIFF_CODING:
            return finding("L117", "exiftool.tiff.encoder")
    if name == "PNG:Transparency" and format == "png":
        return finding("L117", "exiftool.png.transparency")  # tRNS: the walker says whether it belongs to a palette
    if name == "File:Comment":
        return finding("L112", "exiftool.file.comment")
    if name == "File:Trailer" or last == "Trailer":
        return finding("L301", "exiftool.trailer")
    for rule, channel, pattern in _PATTERNS:
        if pattern.search(last) or (rule == "L102" and ":GPS:" in name):
            return finding(rule, f"exiftool.{channel}")
    if group == "PNG":
        if _PNG_PROPERTIES.search(name):
            return finding("L113", "exiftool.png.properties")
        if "Animation" in last or last in ("FrameCount",):
            return finding("L211", "exiftool.png.frames")
        return finding("L112", "exiftool.png.text")
    if group == "APP14":
        return finding("L305", "exiftool.app14", severity=Severity.INFO)
    if group in _BY_GROUP:
        return finding(_BY_GROUP[group], f"exiftool.{group.lower()}")
    if group.startswith("APP"):
        return finding("L116", f"exiftool.{group.lower()}")
    if name == "File:ExifByteOrder":
        return finding("L101", "exiftool.exif")
    if name == "File:CurrentIPTCDigest":
        return finding("L110", "exiftool.iptc")
    return finding("L190", f"exiftool.{group.lower()}")


def _judge_box(format: str, name: str, last: str, value: object) -> Finding | None:
    """A tag of a format made of boxes."""
    fixed = _BOXES.get(format, {}).get(name)
    if fixed is not None:
        pattern, rule = fixed
        return None if pattern.match(str(value)) else finding(rule, f"exiftool.{last.lower()}")
    if format == "heif" and _HEVC_BYTES.match(name):
        return None
    for rule, channel, expression in (*_PATTERNS, *_BOX_PATTERNS):
        if expression.search(last):
            return finding(rule, f"exiftool.{channel}")
    return finding("L190", f"exiftool.{group_of(name).lower()}")
