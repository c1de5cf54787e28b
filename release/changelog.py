"""CHANGELOG.md as data: its newest section, which is about the version in VERSION."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HEADING = re.compile(r"^## (?P<version>\S+) - (?P<day>.+)$", re.MULTILINE)
UNRELEASED = "unreleased"


@dataclass(frozen=True)
class Section:
    """A version, the day it was released as the changelog writes it, and what is said about it."""

    version: str
    day: str
    text: str

    @property
    def has_day(self) -> bool:
        """Whether the heading names a day of the calendar, and not what else a person may write there."""
        try:
            date.fromisoformat(self.day)
        except ValueError:
            return False
        return True


def newest_section(root: Path) -> Section:
    """Return the section on top of the changelog; one without version and text if there is none."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = list(HEADING.finditer(text))
    if not headings:
        return Section("", UNRELEASED, "")
    end = headings[1].start() if len(headings) > 1 else len(text)
    return Section(headings[0]["version"], headings[0]["day"], text[headings[0].end() : end].strip())
