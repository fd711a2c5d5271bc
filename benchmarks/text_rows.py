"""Rows of drawn text that the samples hold little of. ``python benchmarks/text_rows.py first|next SEED COUNT [--lines]``, by hand.

Each row: personal lines covered by at least 75 %, and other lines that were hit. ``all`` is what a policy that redacts every line would
cover of the personal ones, so what the reader never found shows apart from what the rules did not know.
"""

from __future__ import annotations

import sys

from documents import measure_documents, picture_of
from drawn_text import ROWS, made

from indelible.detect.scene import Scene
from indelible.detect.text import find_text
from indelible.media import Picture
from indelible.model import Detection, Mode, Policy, TextMode


def main() -> None:
    """Measure and print one Markdown table."""
    wording, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chosen = [name for name in ROWS if len(sys.argv) < 6 or sys.argv[5] in name]
    print("| row (pictures) | personal, recall | other lines hit | personal, balanced | others | personal, all text |")
    print("|---" * 6 + "|")
    notes: list[str] = []
    for row in chosen:
        scenes: dict[int, Scene] = {}

        def find(picture: Picture, policy: Policy, scenes: dict[int, Scene] = scenes) -> list[Detection]:
            scene = scenes.setdefault(id(picture), Scene(picture))
            return [item for item in find_text(scene, policy) if isinstance(item, Detection)]

        pictures = [(document, picture_of(document.image)) for document in made(row, seed, count, wording)]
        results = [
            measure_documents(pictures, policy, find)["all"]
            for policy in (Policy(), Policy(mode=Mode.BALANCED), Policy(text=TextMode.ALL))
        ]
        recall, balanced, every = results
        print(
            f"| {row} ({count}) | {recall.hits}/{recall.personal} | {recall.hit_others}/{recall.others} "
            f"| {balanced.hits}/{balanced.personal} | {balanced.hit_others}/{balanced.others} | {every.hits}/{every.personal} |",
            flush=True,
        )
        notes += [f"{row}: {note}" for note in recall.notes]
        notes += [f"{row}: not found at all: {note}" for note in every.notes if note.startswith("missed")]
    if "--lines" in sys.argv:
        print("\n".join(notes), file=sys.stderr)


if __name__ == "__main__":
    main()
