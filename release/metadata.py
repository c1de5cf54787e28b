"""What an index shows about a package and what an installer reads: complete, and true of this version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from packaging.metadata import InvalidMetadata, Metadata
from packaging.version import Version

from release.archives import contents_of, packages_of, sdist_of, stem_of, wheel_of
from release.versions import version_of

LABELS = ("Homepage", "Documentation", "Source", "Changelog", "Issues")
"""What is linked beside each package on an index."""

LINK = re.compile(
    r"\]\((?P<inline>[^)\s]+)|^\[[^\]]+\]: *(?P<reference>\S+)|(?:src|href)=\"(?P<html>[^\"]+)", re.MULTILINE
)


def faults_of_metadata(dist: Path, root: Path) -> list[str]:
    """Return what is wrong with the metadata of each wheel, and where the source distribution has other."""
    siblings = {package.name for package in packages_of(root)}
    faults = []
    for package in packages_of(root):
        wheel, sdist = wheel_of(package, dist, root), sdist_of(package, dist, root)
        if not (wheel.exists() and sdist.exists()):
            continue  # faults_of_files says so
        files = contents_of(wheel)
        written = files[f"{stem_of(package, root)}.dist-info/METADATA"]
        if contents_of(sdist)["PKG-INFO"] != written:
            faults.append(f"{package.name}: the metadata of the source distribution and of the wheel differ")
        try:
            metadata = Metadata.from_email(written, validate=True)
        except* InvalidMetadata as group:
            faults += [f"{package.name}: {error}" for error in group.exceptions]
        else:
            typed = any(name.endswith("/py.typed") for name in files)
            readme = (package / "README.md").read_text(encoding="utf-8")
            found = chain(
                _faults_of_description(metadata, readme),
                _faults_of_classifiers(metadata, typed=typed),
                _faults_of_requirements(metadata, siblings, Version(version_of(root))),
            )
            faults += [f"{package.name}: {fault}" for fault in found]
    return faults


def links_that_break(markdown: str) -> list[str]:
    """Return the links and pictures of a text that lead nowhere outside of the repository."""
    code = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
    targets = [next(filter(None, found.groups())) for found in LINK.finditer(code.sub("", markdown))]
    return [target for target in targets if not target.startswith(("https://", "#"))]


def _faults_of_description(metadata: Metadata, readme: str) -> Iterator[str]:
    if not metadata.summary:
        yield "it has no one-line description"
    if not metadata.keywords:
        yield "it has no keywords"
    if metadata.license_expression != "MIT":
        yield f"its license is {metadata.license_expression!r}, not MIT"
    if metadata.license_files != ["LICENSE"]:
        yield f"its license files are {metadata.license_files}, not LICENSE"
    if (metadata.description or "").strip() != readme.strip():
        yield "its description is not its README.md"
    for link in links_that_break(readme):
        yield f"its README.md links to {link!r}: on an index only full addresses work"
    urls = metadata.project_urls or {}
    for label in LABELS:
        if not urls.get(label, "").startswith("https://"):
            yield f"it has no address called {label!r} in [project.urls]"


def _faults_of_classifiers(metadata: Metadata, *, typed: bool) -> Iterator[str]:
    classifiers = metadata.classifiers or []
    pythons = [Version(line.rpartition(" ")[2]) for line in classifiers if re.search(r":: 3\.\d+$", line)]
    if not pythons:
        yield "its classifiers name no version of Python"
    elif str(metadata.requires_python) != f">={min(pythons)}":
        yield f"it requires Python {metadata.requires_python}, but its classifiers begin with {min(pythons)}"
    if ("Typing :: Typed" in classifiers) != typed:
        yield "the classifier 'Typing :: Typed' and a py.typed belong together"


def _faults_of_requirements(metadata: Metadata, siblings: set[str], version: Version) -> Iterator[str]:
    for need in metadata.requires_dist or []:
        if need.url:
            yield f"it requires {need.name} from {need.url}: an index refuses addresses"
        if need.name in siblings and str(need.specifier) != f"~={version.major}.{version.minor}.0":
            yield f"it requires {need}: of {version} it has to be ~={version.major}.{version.minor}.0"
