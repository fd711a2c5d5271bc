"""What the caller knows about the text that no rule can know: words to keep, words to remove, shapes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_ENTRIES = 1_000
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """Words and patterns, compared without regard to case and accents. They may name people, so they are never printed.

    ``deny`` words are removed wherever they stand; ``patterns`` are regular expressions, searched in each line, and what they
    match is removed; ``allow`` words are kept although a rule takes them for personal data. What is denied wins over what is
    allowed.
    """

    allow: tuple[str, ...] = field(default=(), repr=False)
    deny: tuple[str, ...] = field(default=(), repr=False)
    patterns: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name in ("allow", "deny", "patterns"):
            entries = getattr(self, name)
            if len(entries) > MAX_ENTRIES or any(not 0 < len(entry.strip()) <= MAX_LENGTH for entry in entries):
                raise ValueError(f"text_rules.{name}: at most {MAX_ENTRIES} texts of 1 to {MAX_LENGTH} characters")

    def to_dict(self) -> dict[str, list[str]]:
        """A JSON object."""
        return {"allow": list(self.allow), "deny": list(self.deny), "patterns": list(self.patterns)}

    @classmethod
    def from_dict(cls, untrusted: Any) -> TextRules:
        """From a policy file; raises ValueError naming the field that is wrong, never its content."""
        if not isinstance(untrusted, Mapping) or set(untrusted) - {"allow", "deny", "patterns"}:
            raise ValueError("text_rules: an object with allow, deny and patterns")
        for name, entries in untrusted.items():
            if not isinstance(entries, list | tuple) or not all(isinstance(entry, str) for entry in entries):
                raise ValueError(f"text_rules.{name}: a list of texts")
        return cls(**{name: tuple(entries) for name, entries in untrusted.items()})
