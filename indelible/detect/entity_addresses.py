"""Postal addresses: street words, postcodes and the lines that stand between them.

An address is a block. Lines that show it plainly (a street with a number, a postcode with a town) are seeds; lines right
above and below with a weaker sign, or with nothing but a place's name, belong to the same block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indelible.detect.entity_gazetteer import place_in
from indelible.detect.lines import TextLine, folded

# Words that mean a street by themselves, in many languages.
_STREET = re.compile(
    r"(?<![a-z])(?:jalan|jln|jin|lorong|persiaran|lebuh|lebuhraya|stras?se|calle|avenida|avda|paseo|carretera|viale|piazza|corso|vicolo"
    r"|rua|travessa|praca|chemin|allee|quai|impasse|ulica|ulice|aleja|aleje|osiedle|namesti|namestie|nabrezi|trida|boulevard|bulevard|bulevardul|blvd"
    r"|high street|strada|calea|aleea|soseaua|utca|korut|mahallesi|mah\.|caddesi|cad\.|sokak|sokagi|sok\.|cesta|trg|plaza de|largo|alameda|estrada|ronda"
    r"|carrer|passeig|lungomare|contrada|strasse|plac|skwer|drevored|ulica|avenue|boul)(?![a-z])"
    r"|(?<![a-z])(?:(?:rue|via|bd|place(?! (?:in|on|of|an?|your|the|to|it|at)\b)|quai|cours|route(?! (?:to|of)\b))\s+"
    r"|(?:ul\.|al\.|os\.|c/|av\.|avda\.|bd\.|bld\.|str\.|p\.za|v\.le|r\.)\s*|rued[eu]s?\s?)(?:d[eu']\s?|del\s|della\s|von\s)?(?=[a-z])"
    r"|(?:(?<![a-z])[a-z]{3,}|[a-z]-)(?:stras?se|gasse|allee|straat|straats|gracht|plein|platz|vagen|gatan|veien|vegen|gata|gade|laan|kade|singel|katu|kuja|polku|ufer|damm"
    r"|dreef|steenweg|torget|torg|backen|stigen|leden|stien|toppen|parken|straede)(?![a-z])"
    r"|(?:(?<![a-z])[a-z]{3,}|-)(?:str\.?|weg|tie|vej|vei|vag|gate|(?<!sp)ring|hof|stieg|pfad|graben|markt|berg|feld|kamp|tunet|terassen)\s+\d{1,4}\s?[a-z]?(?!\w)"
)
# The same beside a house number: short words, and endings.
_BY_NUMBER = re.compile(
    r"(?<![a-z])(?:ut|utja|ter|tere|setany|fasor|koz|rakpart|pot|put|naselje|prolaz|odvojak|obala|iela|gatve|prospekts|bulvaris|prospektas|alleja"
    r"|tanav|puiestee|mnt|tee|tn|namesti|nam\.|nabr\.|namestie|trieda|ter\.|g\.|pr\.|pl\.|camino|cuesta|rambla|canada|acceso|borgo|rotonda|stretto|beco"
    r"|granden|strak|lia|kroken|dreef|baan|steeg|pad|hof|plantsoen|bulvari|meydani)\s+\d{1,4}\s?[a-z]?\.?(?=$|\s*[,/(])"
    r"|(?<![a-z])[a-z]{4,}(?:lei|boulevard|straede|grand|granden|svingen|lia|kroken|roa|tien|tanav|toften|haven|bakken|marken|stien|polku|rinne)\s+\d{1,4}"
    r"\s?[a-z]?\.?(?=$|\s*[,/(])"
)
# Words that mean a street beside a house number, in English.
_ROAD = re.compile(
    r"(?<![a-z])\d+\s?[a-z]?,?\s+(?:[a-z'.-]+\s+){0,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|square|sq|way|close"
    r"|terrace|crescent|parkway|pkwy|highway|hwy|place|pl|row|gardens|hill|park)\b\.?"
)
_UNIT = re.compile(
    r"(?<![a-z])(?:unit|nr|bl|sc|et|ap|ent|lot|level|lvl|floor|suite|apt|apartment|flat|block|blk|bik|no|ste|room|tower|house|po box|p\.?o\.? box|postfach"
    r"|km|pt)(?:[\s.:]*(?:[a-z]{0,2}[-/.]?)?\d|[\s.:]+[a-z](?![a-z]))"
    r"|^[a-z]{1,2}-?\d{1,4}[a-z]?(?:[-/.]\d+)?[, ]|^\d{1,4}[a-z]?(?:[-/]\d+)?,\s?[a-z]"
)
_SPEAKS_OF_ONE = re.compile(
    r"(?<!mail )(?<!web )(?<!ip )(?<!this )(?<![a-z])(?:address|adresse|anschrift|direccion|indirizzo)\b"
)
_PART = re.compile(
    r"(?<![a-z])(?:taman|seksyen|section|bandar|kampung|kg\.?|wisma|menara|bangunan|kompleks|plaza|mall|shopping centre|shopping center"
    r"|shopping mall|industrial (?:estate|park)|business park|ground floor|first floor|tower|building|estate|centre point|mahkota"
    r"|kawasan|desa|bukit|pusat perdagangan|district|county|quartier|cedex|barrio|colonia)(?![a-z])"
)
# Postcode shapes on the line as printed, case kept.
_POSTCODE = re.compile(
    r"(?<![\w-])\d{5}\s?,?\s+[A-ZÀ-Ž][A-Za-zÀ-ž]{2,}[A-Za-zÀ-ž .'-]*(?:,\s?[A-Za-zÀ-ž .]+)?\.?$"  # 50450 Kuala Lumpur, Malaysia
    r"|[A-Za-zÀ-ž]{3,},\s?\d{5,6}(?:-\d{4})?\.?$"  # Ara Damansara, 47301
    r"|,\s*[A-Z]{2}\.?\s+\d{5}(?:-\d{4})?\b|[A-Za-z]{3,}\s[A-Z]{2}\s\d{5}(?:-\d{4})?$"  # Springfield, IL 62704
    r"|\b(?:[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}|[A-Z]\d[A-Z]\s\d[A-Z]\d|[AC-FHKNPRTV-Y]\d[\dW]\s[\dAC-FHKNPRTV-Y]{4})\b"  # SW1A 1AA, K1A 0B1, D02 X285
    r"|(?<![\w-])(?:\d{4}\s?[A-Z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}|[A-Z]{1,2}-\d{4,5}|\d{3} ?\d{2})\s+[A-ZÀ-Ž][a-zà-ž]{2,}"  # 1012 AB Amsterdam
)
_TOWN_CODE = re.compile(r"^\d{4,5}[ ,-]+[A-ZÀ-Ž][A-Za-zÀ-ž .'-]{2,}$")
# a street without a word for it, and the town behind it: "Ronningroa 8, 0544 Hamar"
_STREET_AND_TOWN = re.compile(
    r"[A-ZÀ-Ž][A-Za-zÀ-ž .'-]{2,40}\s\d{1,4}(?:[/-]\d{1,4})?\s?[a-zA-Z]?,\s?(?:[A-Z]{1,2}-?)?\d{3}\s?\d{1,3}\s+[A-ZÀ-Ž][A-Za-zÀ-ž]{2,}"
)
# a street without a word for it: "Hvezdonicka 7", only believed beside a plainer line
_WORD_AND_NUMBER = re.compile(r"^[A-ZÀ-Ž][A-Za-zÀ-ž .'-]{3,40}\s\d{1,4}(?:[/-]\d{1,4})?\s?[a-zA-Z]?$")
_NOT_AN_ADDRESS = re.compile(
    r"(?<![a-z])(?:gst|vat|tax|invoice|inv|reg|tel|te1|fax|phone|cash|cashier|date|total|qty|amount|receipt|bill|order|sdn|bhd|gmbh|ltd"
    r"|inc|llc|thank|please|visit|welcome|www|item|description|price|table|member|change|balance|subtotal|rm|usd|eur|bank|counter"
    r"|copy|sale|sales|document|customer|server|company|co|no refund|opening|hours|purchase|valid|page)(?![a-z])|@|[$€£%:=]"
)
_PRICE = re.compile(r"\d[.,]\d\d(?!\d)")


def addresses(lines: Sequence[TextLine]) -> set[int]:
    """Numbers of the lines that belong to a postal address."""
    plain = [folded(line.text) for line in lines]
    marks = [strength(line.text, plain[number]) for number, line in enumerate(lines)]
    block = {number for number, mark in enumerate(marks) if mark >= 2}
    frontier = sorted(block)
    steps = dict.fromkeys(block, 0)
    while frontier:
        number = frontier.pop(0)
        for other, below in _adjacent(lines, number):
            if other in block or _NOT_AN_ADDRESS.search(plain[other]) or _PRICE.search(plain[other]):
                continue
            # behind the postcode and the town goes on a country, a known place, or what is set just like them
            ended = any(form.search(lines[number].text) for form in (_POSTCODE, _TOWN_CODE, _STREET_AND_TOWN))
            place = _place_like(lines[other].text)
            if ended and not place_in(lines[other].text):
                place = place and _set_alike(lines[number], lines[other])
            # a name alone is taken up to two lines below a seed; above it stands who lives there, which `entity_names` decides
            if marks[other] == 1 or (place and below and steps[number] < 2):
                block.add(other)
                steps[other] = 0 if marks[other] else steps[number] + 1
                frontier.append(other)
    return block


def strength(text: str, plain: str) -> int:
    """2 for a line that is plainly part of an address, 1 for one that may be, 0 for others."""
    if len(text) > 90 or len(text.split()) > 14 or _PRICE.search(plain):
        return 0
    number = any(character.isdigit() for character in text)
    units = len(_UNIT.findall(plain)) if len(text) <= 60 else 0
    cues = min(2, units) + bool(_PART.search(plain)) + bool(place_in(text))
    stop = _NOT_AN_ADDRESS.search(re.sub(r"(?<![a-z])no\s?[.:]", "no ", plain))
    if _STREET.search(plain) and not stop and (number or len(text.split()) <= 6):
        return 2
    if (_ROAD.search(plain) or _BY_NUMBER.search(plain)) and not stop:
        return 2
    if (_POSTCODE.search(text) or _STREET_AND_TOWN.search(text)) and not stop:
        return 2
    if stop:
        return 0
    if 3 <= len(text.split()) <= 5 and _SPEAKS_OF_ONE.search(plain):
        return 2  # a placeholder on a form or a card: whoever prints over it prints an address
    if (
        cues >= 2
        or (units + bool(_PART.search(plain)) and "," in text and number)
        or (place_in(text) and re.search(r"(?<!\d)\d{5}(?!\d)", text))
    ):
        return 2
    return (
        1
        if cues
        or _TOWN_CODE.match(text)
        or _WORD_AND_NUMBER.match(text)
        or re.match(r"^\d{1,5}[a-z]?[,/ -]+[A-Z][A-Za-z -]+$", text)
        else 0
    )


def _place_like(text: str) -> bool:
    words = re.split(r"[\s,]+", text.strip(" .,"))
    return (
        1 <= len(words) <= 5
        and all(re.fullmatch(r"[A-Za-zÀ-ž.'()-]{2,}", word) for word in words)
        and all(word[0].isupper() for word in words if len(word) > 3)
    )


def _set_alike(one: TextLine, below: TextLine) -> bool:
    """Whether a line follows the other closely, in letters of the same size and case."""
    low, high = sorted((one.box.height, below.box.height))
    close = below.box.y - one.box.bottom <= 0.45 * low
    return close and low >= 0.8 * high and one.text.isupper() == below.text.isupper()


def _adjacent(lines: Sequence[TextLine], number: int) -> list[tuple[int, bool]]:
    """Lines right above and below that start, end or stand in the middle like this one; True for those below."""
    own = lines[number].box
    found = []
    for other, line in enumerate(lines):
        box = line.box
        height = max(own.height, box.height)
        below = box.y + box.height // 2 > own.y + own.height // 2
        gap = box.y - own.bottom if below else own.y - box.bottom
        if other == number or gap > 0.9 * height or gap < -0.6 * height or min(own.height, box.height) < 0.55 * height:
            continue
        aligned = min(abs(box.x - own.x), abs(box.right - own.right), abs(box.x + box.right - own.x - own.right) // 2)
        if aligned <= 1.5 * height and min(box.right, own.right) > max(box.x, own.x):
            found.append((other, below))
    return found
