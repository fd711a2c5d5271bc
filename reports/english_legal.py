"""Texts of the legal map: its own, and those of the pack."""

from __future__ import annotations

from indelible.reports import legal

LEGAL = {
    **legal.words(),
    "legal.lead": "Demands of laws, authorities and standards, and what this certificate has to say about each. It maps and judges "
    "nothing: whether the file may be published is the controller's decision, and no authority has seen this list.",
    "legal.pack": "Pack {0}. In this certificate: {1} evidenced, {2} in part, {3} not in this run, {4} without a test in this version, "
    "{5} the controller's.",
    "legal.none": "This certificate names no legal pack. No requirement of any law is marked as met or evidenced by this report.",
    "legal.other": "This certificate names a legal pack that is not the one installed here (version {0}). No requirement of any "
    "law is marked as met or evidenced by this report.",
    "legal.open": "All {0} demands",
    "legal.id": "Id",
    "legal.source": "Source",
    "legal.demand": "Demand",
    "legal.standing": "Here",
    "legal.tests": "Tests",
    "legal.later": "to be written: {0}",
    "legal.digest": "Digest of the legal pack",
    "standing.evidenced": "evidenced",
    "standing.partly": "in part; the rest is the controller's",
    "standing.not_in_run": "not in this run",
    "standing.no_test": "no test in this version",
    "standing.controller": "the controller's",
    "reading.text": "from the source's text",
    "reading.secondary": "as others quote it, not held against the source",
    "reading.memory": "from memory, not held against the source",
    "mark.evidenced": "✓",
    "mark.partly": "◧",
    "mark.not_in_run": "–",
    "mark.no_test": "–",
    "mark.controller": "“",
}
