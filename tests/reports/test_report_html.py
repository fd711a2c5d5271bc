"""The report: what it shows, what it never shows, and that it cannot be made to show anything else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from indelible.model import Box, Limit, Reason, Region
from indelible.reports.certificate import CertificateInvalid, build, canonical
from indelible.reports.english import ENGLISH
from indelible.reports.formats import FORMATS, render
from tests.reports.examinations import EVERY, PINNED, certified, published, refused, region, statement

FILE = published(800, 600)


class _Page(HTMLParser):
    """Elements, attributes and text, as a browser would see them."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.ids: list[str] = []
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_data(self, data: str) -> None:
        self.text += data


def about(name: str, data: bytes = FILE) -> dict[str, Any]:
    """The certificate of one of the examinations, about the given file."""
    return build(replace(EVERY[name](), sha256=hashlib.sha256(data).hexdigest()), **PINNED)


def test_formats_are_what_lies_in_the_folder() -> None:
    """HTML and JSON in this version."""
    assert FORMATS.names() == ("html", "json", "jsonl", "junit", "pdf", "sarif")


@pytest.mark.parametrize("name", sorted(EVERY))
def test_json_is_the_certificate(name: str) -> None:
    """The JSON export is the canonical certificate, byte for byte."""
    assert render("json", statement(name)) == canonical(statement(name))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_same_certificate_same_page(name: str) -> None:
    """Statement and published file render the page again, byte for byte."""
    assert render("html", about(name), FILE) == render("html", about(name), FILE)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_page_is_self_contained(name: str) -> None:
    """No script, no network, no style attribute, no handler; in-page links only, and each leads somewhere."""
    page = _Page(render("html", about(name), FILE))
    links = [value for _, attribute, value in page.attributes if attribute in ("href", "src", "action", "data")]

    assert not {"script", "link", "iframe", "object", "embed", "form", "base", "audio", "video"} & set(page.tags)
    assert all(value.startswith(("#", "data:image/")) for value in links)
    assert {value[1:] for value in links if value.startswith("#")} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not [attribute for _, attribute, _ in page.attributes if attribute.startswith("on") or attribute == "style"]
    assert "@import" not in page.text and "url(" not in page.text


@pytest.mark.parametrize("name", sorted(EVERY))
def test_what_every_page_carries(name: str) -> None:
    """The two sentences, the verdict's word, what nobody looked for, the digest, the end, and the certificate itself."""
    built = about(name)
    page = _Page(render("html", built, FILE))

    assert (
        "Not a certification under Articles 42 and 43 GDPR. The results relate only to the file named above."
        in page.text
    )
    assert "This certificate is unsigned." in page.text
    assert ENGLISH[f"verdict.{built['predicate']['verdict']}"] in page.text
    assert "number plates" in page.text and "gait" in page.text
    assert built["subject"][0]["digest"]["sha256"] in page.text
    assert page.text.rstrip().endswith("End of report")
    assert canonical(built).decode() in page.text
    assert {f"row-{row['id']}" for row in built["predicate"]["rows"]} <= set(page.ids)
    assert {f"region-{item['id']}" for item in built["predicate"]["plan"]["regions"]} <= set(page.ids)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_at_most_five_bullets_with_what_is_not_claimed_among_them(name: str) -> None:
    """The verdict card stays short."""
    card = render("html", about(name), FILE).decode().partition('<section class="verdict')[2].partition("</section>")[0]

    assert 2 <= card.count("<li>") <= 5
    assert "Not claimed:" in card


@pytest.mark.claim("T-LEAK-03")
@pytest.mark.parametrize("name", ["refused", "inconclusive"])
def test_refused_page_has_no_picture_of_the_file(name: str) -> None:
    """Not a pixel of a refused file, even when it is handed over: a grey schematic, boxes rounded to 16 pixels."""
    data = render("html", about(name), FILE).decode()
    svg = data.partition('<svg class="schematic"')[2].partition("</svg>")[0]
    numbers = [int(value) for value in re.findall(r'<rect class="over" x="(\d+)" y="(\d+)"', svg) for value in value]

    assert "image/jpeg;base64" not in data and "<image" not in data
    assert numbers and all(value % 16 == 0 for value in numbers)


def test_page_with_the_wrong_file_shows_no_picture() -> None:
    """The certificate of one file never shows another."""
    data = render("html", about("certified"), published(320, 200)).decode()

    assert "<image" not in data and "The published file was not at hand" in data


def test_contradicting_certificate_says_so_and_shows_nothing() -> None:
    """A certificate whose verdict does not follow is marked invalid on its own page, without picture and tiles."""
    mutant = about("refused")
    mutant["predicate"].update(verdict="certified", reasons=[])
    data = render("html", mutant, FILE).decode()

    assert "This certificate contradicts itself, and is invalid." in data
    assert "<image" not in data and 'class="tiles"' not in data


@pytest.mark.claim("T-REP-05")
def test_twelve_megapixels_and_twenty_regions_fit() -> None:
    """At most 1.5 MB, even for a picture that does not compress."""
    import io

    import numpy as np
    from PIL import Image

    buffer = io.BytesIO()
    noise = np.random.default_rng(7).integers(0, 256, (3000, 4000, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG", quality=60)
    data = buffer.getvalue()
    built = build(replace(certified(count=20), sha256=hashlib.sha256(data).hexdigest()), **PINNED)
    page = render("html", built, data)

    assert b"<image" in page
    assert len(page) <= 1_500_000


def test_embedded_picture_is_bare_and_small() -> None:
    """1600 pixels at most, and no metadata of the published file's."""
    import base64
    import io

    from PIL import Image

    data = published(4000, 3000)
    page = render("html", about("certified", data), data).decode()
    found = re.search(r'<image href="data:image/jpeg;base64,([^"]+)"', page)
    assert found
    with Image.open(io.BytesIO(base64.b64decode(found[1]))) as image:
        assert max(image.size) == 1600
        assert not image.getexif() and "icc_profile" not in image.info and "comment" not in image.info


@pytest.mark.claim("T-REP-07")
@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["subject"][0].update(name="<script>alert(1)</script>"),
        lambda s: s["predicate"]["rows"][0].update(why="<img src=x onerror=alert(1)>"),
        lambda s: s["predicate"]["rows"][0].update(check="containers.walk/1<script>"),
        lambda s: s["predicate"]["environment"]["codecs"][0].update(version='1"><script>'),
        lambda s: s["predicate"]["metadata"]["structures"]["counts"].update({"</style><script>": 1}),
        lambda s: s["predicate"]["metadata"].update(left=["<b>"]),
        lambda s: s["predicate"]["tool"].update(version="</code>"),
        lambda s: s["predicate"]["plan"]["regions"][0].update(id='"><script>'),
    ],
)
def test_hostile_value_never_reaches_the_page(change: Any) -> None:
    """A certificate that somebody filled with mark-up is not rendered at all."""
    mutant = about("certified")
    change(mutant)

    with pytest.raises(CertificateInvalid):
        render("html", mutant, FILE)


@pytest.mark.claim("T-REP-07")
def test_unknown_member_with_markup_is_escaped() -> None:
    """Members that later versions may add are repeated in the certificate at the end, as text and not as mark-up."""
    mutant = about("certified")
    mutant["predicate"]["later"] = "</code></pre><script>alert(1)</script>&amp;"
    page = _Page(render("html", mutant, FILE))

    assert "script" not in page.tags
    assert "</code></pre><script>alert(1)</script>&amp;" in page.text


def test_hundreds_of_findings_are_bounded() -> None:
    """The table stops, says how many follow, and the certificate at the end has them all."""
    page = _Page(render("html", build(refused(count=400), **PINNED)))

    assert "Further findings, listed in the certificate at the end: 301." in page.text


def test_region_in_the_corner_is_drawn_inside() -> None:
    """The schematic's rounding never leaves the frame."""
    corner = replace(region(1), region=Region(box=Box(3991, 2989, 9, 11)))
    examined = EVERY["inconclusive"]()
    page = render("html", build(replace(examined, regions=(corner, examined.regions[1])), **PINNED)).decode()

    assert '<rect class="over" x="3984" y="2976" width="16" height="24"/>' in page


def test_undecodable_file_has_a_page() -> None:
    """No picture, no size: the page says that there is nothing to draw."""
    examined = replace(EVERY["inconclusive"](), width=0, height=0, media_type="application/octet-stream")

    assert "nothing to draw" in _Page(render("html", build(examined, **PINNED))).text


def test_every_code_has_its_words() -> None:
    """Every limit and reason is explained in plain words; so is each rule of the list of leaks."""
    for limit in Limit:
        assert {f"limit.{limit.value}", f"limit.{limit.value}.says", f"limit.{limit.value}.advice"} <= ENGLISH.keys()
    for reason in Reason:
        assert {f"reason.{reason.value}", f"reason.{reason.value}.advice"} <= ENGLISH.keys()
    assert len([key for key in ENGLISH if re.fullmatch(r"rule\.L\d{3}", key)]) >= 66


def test_new_check_and_new_rule_have_words_before_anybody_writes_them() -> None:
    """One file adds one check: until the table names it, the page says what its family asks, and what kind of rule broke."""
    examined = refused()
    finding = replace(examined.rows[0].findings[0], rule="L399")
    row = replace(examined.rows[0], id="containers.brand_new", findings=(finding,))
    text = _Page(render("html", build(replace(examined, rows=(row, *examined.rows[1:])), **PINNED))).text

    assert f"{ENGLISH['family.structure.asks']}containers.brand_new/1" in text
    assert f"{ENGLISH['rule.L3']} L399" in text


@pytest.mark.claim("T-REP-04")
@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_have_enough_contrast(scheme: str) -> None:
    """WCAG AA: 4.5 to 1 for every pair of text and ground that the style sheet uses."""
    colours = _colours(scheme)
    pairs = [(text, ground) for text in ("ink", "muted", "link") for ground in ("paper", "panel")]
    for tone in ("good", "limit", "open", "bad"):
        pairs += [(tone, f"{tone}-bg"), (tone, "paper"), ("ink", f"{tone}-bg"), ("muted", f"{tone}-bg")]

    low = {pair: round(_contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


def _colours(scheme: str) -> Mapping[str, str]:
    css = (files("indelible.reports") / "templates" / "report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.S)
    assert len(blocks) == 3
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", blocks[("light", "dark", "print").index(scheme)]))


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(lights) + 0.05) / (min(lights) + 0.05)
