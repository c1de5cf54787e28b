"""The files that were built: all of them there, complete, and the same to the bit when built again."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from release.versions import version_of


def packages_of(root: Path) -> list[Path]:
    """Return the folder of each package."""
    return sorted(path.parent for path in root.glob("packages/*/pyproject.toml"))


def stem_of(package: Path, root: Path) -> str:
    """Return what the names of a package's archives begin with, as in ``nanograd_engine-0.1.0``."""
    return f"{package.name.replace('-', '_')}-{version_of(root)}"


def wheel_of(package: Path, dist: Path, root: Path) -> Path:
    """Return where the wheel of a package is."""
    return dist / f"{stem_of(package, root)}-py3-none-any.whl"


def sdist_of(package: Path, dist: Path, root: Path) -> Path:
    """Return where the source distribution of a package is."""
    return dist / f"{stem_of(package, root)}.tar.gz"


def contents_of(archive: Path) -> dict[str, bytes]:
    """Return every file of a wheel or a source distribution, by its path in there."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(archive) as sdist:
        members = [(member.name.partition("/")[2], sdist.extractfile(member)) for member in sdist]
        return {name: file.read() for name, file in members if file}  # a folder has no file


def faults_of_files(dist: Path, root: Path) -> list[str]:
    """Return which archive is missing, and which is there that is none of this version."""
    right = {
        archive.name
        for package in packages_of(root)
        for archive in (wheel_of(package, dist, root), sdist_of(package, dist, root))
    }
    there = {path.name for path in dist.iterdir()}
    return [
        *(f"{name} was not built" for name in sorted(right - there)),
        *(
            f"{name} is not of this version: empty {dist.name}/ and build again"
            for name in sorted(there - right)
        ),
    ]


def faults_of_sdists(dist: Path, root: Path) -> list[str]:
    """Return what the source distributions lack of their packages' sources, tests and texts."""
    faults = []
    for package in packages_of(root):
        expected = {
            name: (package / name).read_bytes() for name in ("pyproject.toml", "README.md", "LICENSE")
        }
        expected |= _files_below(package, "src") | _files_below(package, "tests")
        added = {"PKG-INFO", ".gitignore"}  # the metadata, and what hatchling needs to build from it again
        faults += _faults_of_contents(sdist_of(package, dist, root), expected, added)
    return faults


def faults_of_wheels(dist: Path, root: Path) -> list[str]:
    """Return what the wheels lack of their packages' sources, ``py.typed`` and the license included."""
    faults = []
    for package in packages_of(root):
        sources = _files_below(package, "src")
        expected = {name.removeprefix("src/"): content for name, content in sources.items()}
        information = f"{stem_of(package, root)}.dist-info"
        expected[f"{information}/licenses/LICENSE"] = (root / "LICENSE").read_bytes()
        added = {f"{information}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
        faults += _faults_of_contents(wheel_of(package, dist, root), expected, added)
    return faults


def faults_of_differences(dist: Path, again: Path) -> list[str]:
    """Return which archives came out otherwise when they were built again elsewhere, and in which file."""
    faults = []
    for path in sorted(dist.iterdir()):
        other = again / path.name
        if not other.exists():
            faults.append(f"{path.name} was built once only")
        elif sha256(path.read_bytes()).digest() != sha256(other.read_bytes()).digest():
            first, second = contents_of(path), contents_of(other)
            names = sorted(name for name in first.keys() | second if first.get(name) != second.get(name))
            where = ", ".join(names) or "order, times or permissions of its files"
            faults.append(f"{path.name} was not the same when it was built again: {where}")
    return faults


def _files_below(package: Path, folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in (package / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and ".hypothesis" not in path.parts
    }


def _faults_of_contents(archive: Path, expected: Mapping[str, bytes], added: set[str]) -> list[str]:
    if not archive.exists():
        return []  # faults_of_files says so
    found = contents_of(archive)
    return [
        *(f"{archive.name} lacks {name}" for name in sorted(expected.keys() - found)),
        *(
            f"{archive.name} holds {name}, which should not be there"
            for name in sorted(found.keys() - expected - added)
        ),
        *(
            f"{archive.name} holds another {name} than the checkout"
            for name in sorted(expected.keys() & found)
            if found[name] != expected[name]
        ),
    ]
