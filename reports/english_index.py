"""Words of the page of a whole run."""

from __future__ import annotations

from typing import Final

INDEX: Final = {
    "index.title": "Verification run",
    "index.lead": "One line per file, worst first. The counts add up to the total.",
    "index.run": "Run",
    "index.policy": "Policy",
    "index.suite": "Suite",
    "index.total": "Files in this run",
    "index.sum": "Total",
    "index.count": "Files",
    "index.file": "File",
    "index.verdict": "Verdict",
    "index.regions": "Regions",
    "index.limits": "Limits and reasons",
    "index.change": "Since the previous run",
    "index.file_list": "Files, worst first",
    "index.no_report": "no report",
    "index.none": "No file was examined.",
    "index.filters": "Show only",
    "index.by_verdict": "By verdict",
    "index.by_code": "By limit or reason",
    "index.by_change": "By what changed",
    "index.all": "all",
    "index.shown": "Lines shown:",
    "index.shown_of": "of {0}",
    "index.machine": "The same for machines:",
    "trend.title": "Against the previous run",
    "trend.none": "There is no previous run to compare with. Where an index stands in the folder already, or --previous names "
    "one, the next run is compared with it.",
    "trend.unreadable": "An index of an earlier run stood here, and it cannot be read as one. Nothing is compared.",
    "trend.short": ": {0} worse, {1} better, {2} the same.",
    "trend.short_none": ": there is none to compare with.",
    "trend.short_unreadable": ": its index cannot be read.",
    "trend.lead_bare": "The previous run carries no id.",
    "trend.rules_differ": "Policy or suite are not those of the previous run: a difference may come from there, and not from "
    "the files.",
    "trend.matched": "{0} files have the published bytes of a file of the previous run: {1} with a worse verdict, {2} with a "
    "better one, {3} with the same. {4} were not in it with these bytes, and {5} of it are not in this run.",
    "trend.before": "Previous run",
    "trend.now": "This run",
    "trend.difference": "Difference",
    "trend.more": "{0} more",
    "trend.fewer": "{0} fewer",
    "trend.equal": "the same",
    "change.worse": "worse",
    "change.better": "better",
    "change.same": "the same",
    "change.unmatched": "not in it",
    "change.mark.worse": "\N{BLACK DOWN-POINTING TRIANGLE}",
    "change.mark.better": "\N{BLACK UP-POINTING TRIANGLE}",
    "change.mark.same": "=",
    "change.mark.unmatched": "\N{MIDDLE DOT}",
}
