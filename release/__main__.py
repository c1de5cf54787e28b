"""The commands: ``python -m release check`` judges what was built, ``notes`` prints what is new in it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from release.archives import faults_of_differences, faults_of_files, faults_of_sdists, faults_of_wheels
from release.changelog import newest_section
from release.licenses import Policy, faults_of_licenses
from release.metadata import faults_of_metadata
from release.versions import faults_of_tag, faults_of_version, steps_before_tag

ROOT = Path(__file__).parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return 1 if it found a fault."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("notes", help="print the section of the changelog that is about this version")
    check = commands.add_parser("check", help="look for faults in what was built")
    check.add_argument("--dist", type=Path, required=True, help="the folder with all archives")
    check.add_argument(
        "--again", type=Path, required=True, help="the same, built once more in another folder"
    )
    check.add_argument("--licenses", type=Path, required=True, help="what pip-licenses found, as JSON")
    check.add_argument("--tag", help="the tag that releases it: then nothing may be left to do")
    chosen = parser.parse_args(arguments)

    if chosen.command == "notes":
        print(newest_section(ROOT).text)
        return 0
    return _check(chosen.dist, chosen.again, json.loads(chosen.licenses.read_text("utf-8")), chosen.tag)


def _check(dist: Path, again: Path, installed: list[dict[str, str]], tag: str | None) -> int:
    faults = [
        *faults_of_version(ROOT),
        *faults_of_files(dist, ROOT),
        *faults_of_sdists(dist, ROOT),
        *faults_of_wheels(dist, ROOT),
        *faults_of_metadata(dist, ROOT),
        *faults_of_differences(dist, again),
        *faults_of_licenses(installed, Policy.read()),
    ]
    steps = steps_before_tag(ROOT)
    if tag is not None:
        faults += [*faults_of_tag(ROOT, tag), *steps]

    for package in installed:
        print(f"{package['Name']} {package['Version']}: {package['License']}")
    if faults:
        print("\nThis cannot be released:", *faults, sep="\n- ", file=sys.stderr)
        return 1
    print("\nNo faults found.")
    if tag is None and steps:
        print("Still to do before the tag is set:", *steps, sep="\n- ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
