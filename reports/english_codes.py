"""What each closed code of a certificate means, in English: limits, reasons, claims, checks, rules."""

from __future__ import annotations

LIMITS = {
    "L-METHOD-LOSSY": (
        "A region keeps something",
        "A mosaic, or another method that keeps part of the content, was used. The area holds less than before, not nothing.",
        "Use a solid fill for these regions; a solid fill can be shown by construction.",
    ),
    "L-SOURCE-CODEC": (
        "The source's compression spread content",
        "The source's codec or palette spread content over the picture before it came here, or its coding cannot be "
        "repeated here. No margin helps, so only the swap after decoding speaks for these regions.",
        "Start from the camera's JPEG or from a lossless file, if there is one.",
    ),
    "L-NO-ORIGINAL": (
        "No original was given",
        "Without the original the swap test cannot run, so nothing is shown by construction.",
        "Run the examination again with the original, where it is kept.",
    ),
    "L-NO-RERUN": (
        "The redactor could not be run again",
        "The file was made by a tool that is not at hand, so the swap test did not run.",
        "Redact with this tool, or hand over the other tool's command.",
    ),
    "L-GEOMETRY": (
        "The size of a box says something",
        "A text region is not padded to a fixed step, so its width hints at the length of the text.",
        "Let the policy pad text regions to its step.",
    ),
    "L-CLASS-OUT-OF-SCOPE": (
        "A kind was left out",
        "A kind that the policy names was not examined, was switched off, or was left visible by a person.",
        "Look at the picture yourself for the kinds listed as not examined.",
    ),
    "L-NO-REGIONS": (
        "Nothing was redacted",
        "No region was redacted, and no person is recorded as having confirmed that there is nothing to redact.",
        "Look at the picture yourself, and confirm it in the plan.",
    ),
    "L-BEYOND-POLICY": (
        "A check outside the policy found something",
        "A check that the policy does not demand broke. It does not change the verdict, and it is not hidden.",
        "Read the broken row, and consider a stricter policy.",
    ),
    "L-NO-HUMAN-REVIEW": (
        "No person is recorded",
        "The policy asks for a person's decision, and nothing in the plan was drawn or let stand by a person.",
        "Review the plan, then redact again with it: a region that a person drew, or rejected, is the record.",
    ),
}

REASONS = {
    "R-ATK-BROKEN": ("An attack or check got through", "Redact the region again with a solid fill, then verify again."),
    "R-DETECTOR-HIT": (
        "A second detector still finds something",
        "Add a region over what is left, and redact again. A false alarm can be reviewed by a person.",
    ),
    "R-NI-MISMATCH": (
        "The file depends on what was hidden",
        "Do not publish it. Other hidden content gave another file: redact the original again with a current version.",
    ),
    "R-REDERIVE-MISMATCH": (
        "Making the file again gave other bytes",
        "Check that plan, original and versions are the same, then redact again.",
    ),
    "R-META-RESIDUE": (
        "Metadata is left in the file",
        "Redact again: the output is then written fresh from bare pixels.",
    ),
    "R-THUMB-ORIGINAL": (
        "An embedded copy of a picture is in the file",
        "Do not publish it. Redact the original again; previews are then not carried over.",
    ),
    "R-TRAILING-DATA": (
        "Bytes follow the end of the picture",
        "Do not publish it. Redact again: nothing is written after the picture's end.",
    ),
    "R-C2PA-THUMBNAIL": ("A provenance store holds a picture", "Redact again without carrying the store over."),
    "R-CROSSFILE-LINK": ("Something links this file to another", "Remove the common mark, or publish one of the two."),
    "R-NAME-PII": ("The file's name names something", "Publish it under a neutral name."),
    "R-PIXEL-RESIDUE": (
        "Something of the content is left in or beside a region",
        "Redact the original again; areas are then grown to the source's block grid.",
    ),
    "R-COVERAGE-GAP": ("A demanded row is missing, or a region is not decided", "Run the examination again, complete."),
    "R-CONTROL-UNARMED": (
        "A check did not prove itself in this run",
        "Run again; if it stays, the installation is damaged or a program has changed.",
    ),
    "R-MODEL-MISSING": ("A detection model is not installed", "Install it (indelible models install), and run again."),
    "R-TOOL-ERROR": ("A check or a program failed", "Run again; indelible doctor says what is missing."),
    "R-UNKNOWN-STRUCTURE": (
        "The file holds something that cannot be interpreted",
        "Redact again, or convert the file to a plain JPEG or PNG first.",
    ),
    "R-BUDGET-CUT": ("A limit cut the work short", "Run again with a larger budget, or with a smaller picture."),
    "R-PARSERS-DISAGREE": (
        "Two parsers read the file differently",
        "Redact again; if it stays, report it: one of the two parsers is wrong.",
    ),
}

NON_CLAIMS = {
    "ANONYMITY": "That anybody is anonymous. People are recognised by context, by other pictures, by those who know them.",
    "GDPR_COMPLIANCE": "That publishing the file complies with the GDPR or any other law. That is the controller's decision.",
    "ART42_CERTIFICATION": "That this is a certification under Articles 42 and 43 GDPR. It is not.",
    "COMPLETENESS_OF_DETECTION": "That everything was found that should be redacted. Detectors miss things.",
    "CONTEXTUAL_IDENTIFICATION": "That nobody can be identified by clothing, place, time, company or a known scene.",
    "FUTURE_ATTACKS": "That attacks not in this suite, or not yet invented, would fail. Hence the date of expiry.",
    "AUTHENTICITY_OF_SCENE": "That the picture shows what happened.",
    "COPIES_ELSEWHERE": "That no other copy, version or crop of the picture exists.",
    "EARLIER_GENERATIONS": "Anything about compressions before the source's last one.",
    "DEVICE_LINKAGE": "That the camera or device cannot be told from the noise of the picture.",
}

CLAIMS = {
    "PIX-NI": "The published bytes do not depend on the hidden pixels of these regions.",
    "PIX-RES": "The attacks of the suite did not get through.",
    "RESIDUAL": "The second detectors named in the rows found nothing outside the regions.",
    "PIXELS": "Filled areas are uniform, and the checks named in the rows found no remnant in or beside them.",
    "PREVIEW": "No embedded copy, thumbnail or second picture was found in the file.",
    "META": "No metadata outside the list of harmless entries was found in the file.",
    "STRUCT": "Our parser found, for every byte of the file, a structure that the format's list allows.",
}

FAMILIES = {
    "construction": ("Construction", "Does the file depend on what was hidden?"),
    "attack": ("Attacks", "Can a named technique get hidden content back?"),
    "residual": ("Second look", "Does an independent detector still find something?"),
    "pixels": ("Pixels", "Is anything left in or around the filled areas?"),
    "preview": ("Embedded copies", "Does the file carry another picture?"),
    "metadata": ("Metadata", "Does the file say anything beside its picture?"),
    "structure": ("Structure", "Is every byte of the file accounted for?"),
}

CHECKS = {
    "containers.walk": "Does our own parser name every byte, and is every structure on the format's list?",
    "construction.rederivation": "Do plan and original, redacted again, give the published file byte for byte?",
    "construction.after_decode": "Does other hidden content, put into the decoded source, give the same file?",
    "construction.before_source_compression": "Does other hidden content, put in before the source was compressed, still "
    "give one and the same file?",
    "pixels.fill": "Is every filled region one constant colour after decoding?",
    "previews.embedded": "Does the file carry another picture, however it is embedded?",
    "containers.carve": "Does anything that is not the picture contain a file of its own?",
    "containers.tail": "Does what follows the end of the picture give an older picture back?",
    "file.decode": "Can the picture be decoded at all?",
    "file.type": "Does the extension match the type that the first bytes show?",
    "metadata.witnesses": "Do our parser and the independent one agree about the same bytes?",
    "pixels.mosaic": "Has each mosaic at most six blocks across, counted in the published pixels?",
    "attack.cover_stretch": "Does stretching the contrast bring something up from under a fill?",
    "attack.source_bleed": "Can candidates be told apart by what the source's compression smeared?",
    "attack.mosaic_text": "Can text be read through a mosaic by drawing and comparing candidates?",
    "attack.face_parrot": "Does a gallery of faces, put under the same mosaic, single one out?",
    "attack.face_embedding": "Do learned features of the mosaic single a face out of a gallery?",
    "attack.edge_remnants": "Do tips of letters at a region's edge tell the candidates apart?",
    "attack.box_width": "Does the width of a box tell the candidates apart?",
    "pixels.alpha": "Does transparency hide colour, or does a cover let colour through?",
    "pixels.ring": "Is the ring of pixels round each region free of sharp remnants?",
    "pixels.bleed": "Is the ring that the source's compression reached filled as well?",
    "metadata.exiftool": "Does a second, independent parser see only harmless entries?",
    "metadata.allowlist": "Are all metadata entries on the list of harmless ones?",
    "file.name": "What do the names of file and folder give away?",
    "file.attributes": "What do the file's time, owner and attributes give away?",
    "file.sidecars": "Do telling files lie beside it?",
    "pixels.tiff": "Do the stored samples of the TIFF show more than the picture?",
    "locate.face": "Did the search for faces run to its end?",
    "locate.text": "Did the search for text run to its end?",
    "locate.code": "Did the search for codes run to its end?",
    "locate.plate": "Did the search for number plates run to its end?",
    "locate.signature": "Did the search for signatures run to its end?",
    "residual.faces": "Does a second face detector find a face outside the regions?",
    "residual.face": "Does a second face detector find a face outside the regions?",
    "residual.text": "Does a second reader find personal data in text outside the regions?",
    "residual.codes": "Does a second decoder read a code outside the regions?",
    "residual.code": "Does a second decoder read a code outside the regions?",
    "residual.plates": "Does a second detector read a number plate outside the regions?",
    "residual.plate": "Does a second detector read a number plate outside the regions?",
    "residual.signatures": "Does a second look see a pen's scrawl outside the regions?",
    "residual.signature": "Does a second look see a pen's scrawl outside the regions?",
}

WHY_NOT = {
    "no_plan": "no plan was given",
    "no_original": "no original was given",
    "no_redactor": "the redactor cannot be run again",
    "no_rerun": "the redactor cannot be run again",
    "no_regions": "nothing was redacted",
    "no_mosaic": "there is no mosaic in the file",
    "no_solid": "there is no solid region",
    "no_picture": "the picture cannot be decoded",
    "no_name": "the file's name was not given",
    "no_metadata": "there is no metadata to compare",
    "unknown_format": "the format is not known",
    "no_text_region": "there is no text region",
    "no_text": "there is no text region",
    "no_source_coding": "the source was not compressed with loss",
    "lossless_source": "the source was compressed without loss, so both swaps are the same",
    "source_codec": "the source's codec spread content over the whole picture, or cannot be repeated here",
    "other_format": "the check is for another format",
    "kind_not_in_policy": "the policy does not name this kind",
    "other": "another closed reason",
}

RULES = {
    "L101": "EXIF block present", "L102": "Position (GPS)", "L103": "Serial number, unique id or owner",
    "L104": "Author, caption, keywords or names", "L105": "Maker notes", "L106": "XMP packet", "L107": "Extended XMP",
    "L108": "Edit history or document ids", "L109": "Marked face or person regions", "L110": "IPTC or Photoshop resources",
    "L111": "Colour profile not on the list", "L112": "Comment or text", "L113": "Time, resolution or gamma data",
    "L114": "C2PA or JUMBF store", "L115": "User data inside the codec", "L116": "Vendor segment",
    "L117": "Fingerprint of the encoder", "L118": "Bytes in a block that no entry points to",
    "L119": "Digest that confirms the original", "L150": "File name names content", "L151": "File time stamps",
    "L152": "Extended attributes", "L153": "Alternate data stream", "L154": "Owner, group or access list",
    "L155": "Archive entry metadata", "L190": "Entry outside the second parser's list",
    "L191": "Warning or error of the second parser", "L192": "Second parser missing, old or timed out",
    "L193": "The parsers disagree", "L201": "EXIF thumbnail", "L202": "Other embedded preview",
    "L203": "JFIF or JFXX thumbnail", "L204": "Photoshop thumbnail", "L205": "Image inside XMP", "L206": "Second picture",
    "L207": "Gain map, depth or other auxiliary image", "L208": "HEIF thumbnail item", "L209": "Hidden or source item",
    "L210": "Video or audio", "L211": "Further frame, page, layer, scan or tile", "L212": "Thumbnail in C2PA",
    "L213": "Original that can be rebuilt", "L214": "Private preview", "L215": "Embedded copy differs inside a region",
    "L216": "Embedded image, video, archive or document", "L220": "Side-car, backup or cached thumbnail",
    "L301": "Bytes after the end of the image", "L302": "Unknown or private structure", "L303": "Bytes between structures",
    "L304": "Bytes inside a stream after its end", "L305": "Unlisted or unused structure",
    "L306": "Size or offset field does not hold", "L307": "Structure duplicated or out of order",
    "L308": "Padding or reserved bits not zero", "L309": "Bytes that nothing refers to", "L310": "Truncated or unparsable",
    "L311": "Type and extension differ, or two formats at once", "L312": "Checksum wrong",
    "L313": "Overwritten tail that still decodes", "L314": "Unusual coding", "L315": "Resource limit reached",
    "L401": "Colour under transparency", "L402": "Translucent cover", "L403": "Fill is not constant",
    "L404": "Unused palette entries", "L405": "Low bits of a deeper sample",
    "L406": "Source compression reaches beyond a region", "L407": "Structure in the ring round a region",
    "L408": "Region content repeated elsewhere", "L409": "Size of a box hints at its content",
    "L410": "Mosaic too fine, or none to be seen",
    "L421": "Face outside the regions", "L422": "Personal data in text outside the regions",
    "L423": "Code outside the regions", "L424": "Number plate outside the regions",
    "L425": "Signature outside the regions", "L431": "Made again, the file differs",
    "L432": "Other hidden content changes the file", "L433": "Hidden content reaches out through the source's compression",
    "A101": "Mosaic over text", "A102": "Candidate matching", "A103": "Moving mosaic", "A111": "Face gallery, same mosaic",
    "A112": "Face features", "A113": "Face features trained on the method", "A114": "Person by context",
    "A201": "Discrete deblurring", "A202": "Continuous deblurring", "A203": "Exact box deblurring", "A211": "Inverse warp",
    "A212": "Inverse permutation", "A301": "Stretched cover", "A302": "Bleed of the source's compression",
    "A303": "Width of a box", "A304": "Remnants at the edge", "A401": "Restored tail", "A402": "Compared previews",
    "A601": "Sensor noise", "A602": "Codec tables", "A603": "Double compression", "A901": "Interference",
    "A902": "Channel capacity", "A903": "Leakage bound", "A904": "Equivocation",
}  # fmt: skip

RULE_FAMILIES = {
    "rule.L1": "A metadata entry", "rule.L2": "An embedded copy", "rule.L3": "A structure of the file",
    "rule.L4": "A fact about pixels", "rule.A": "An attack",
}  # fmt: skip
