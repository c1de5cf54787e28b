"""One version in the texts: VERSION, CHANGELOG.md, CITATION.cff and the tag."""

from __future__ import annotations

import re
from pathlib import Path

from release.changelog import UNRELEASED, newest_section


def version_of(root: Path) -> str:
    """Return the version of all packages."""
    return (root / "VERSION").read_text(encoding="utf-8").strip()


def faults_of_version(root: Path) -> list[str]:
    """Return what contradicts the version, or is not written about it yet."""
    version = version_of(root)
    faults = []
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", version):
        faults.append(f"VERSION is {version!r}: write three numbers as in 0.1.0")
    cited = _cited(root, "version")
    if cited != version:
        faults.append(f"CITATION.cff is about version {cited}: write `version: {version}`")
    section = newest_section(root)
    if section.version != version:
        begins = f"begins with {section.version}" if section.version else "has no version"
        faults.append(f"CHANGELOG.md {begins}: write `## {version} - {UNRELEASED}` and what is new on top")
    elif not section.text:
        faults.append(
            f"CHANGELOG.md says nothing about {version}: write a line for each change a user can see"
        )
    if section.day != UNRELEASED and not section.has_day:
        faults.append(f"CHANGELOG.md dates {section.version} {section.day!r}: write a day such as 2026-01-31")
    return faults


def steps_before_tag(root: Path) -> list[str]:
    """Return what is left to do on the day of the release, which nobody can write down earlier."""
    section = newest_section(root)
    if section.day == UNRELEASED:
        return [
            f"CHANGELOG.md: write the day for {UNRELEASED!r} into `## {section.version} - {UNRELEASED}`",
            "CITATION.cff: write the same day into `date-released:`",
        ]
    cited = _cited(root, "date-released")
    if cited != section.day:
        return [f"CITATION.cff: `date-released: {section.day}` as in CHANGELOG.md, where it says {cited}"]
    return []


def faults_of_tag(root: Path, tag: str) -> list[str]:
    """Return a fault if the tag is not that of the version."""
    right = f"v{version_of(root)}"
    if tag == right:
        return []
    return [f"the tag is {tag} and VERSION says {version_of(root)}: the tag has to be {right}"]


def _cited(root: Path, field: str) -> str | None:
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    found = re.search(rf"^{field}: *[\"']?([^\s\"']+)", text, re.MULTILINE)
    return found and found[1]
