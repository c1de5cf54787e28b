"""The licenses of everything that ``pip install nanograd-all`` brings along, all extras included."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("licenses.toml")


@dataclass(frozen=True)
class Policy:
    """Which licenses are allowed: some for everything, others for one package each."""

    everywhere: frozenset[str]
    of_package: Mapping[str, str]

    @classmethod
    def read(cls) -> Policy:
        """Return what ``licenses.toml`` says."""
        table = tomllib.loads(LIST.read_text(encoding="utf-8"))
        exceptions = {name: entry["license"] for name, entry in table["packages"].items()}
        return cls(frozenset(table["everywhere"]["licenses"]), exceptions)

    def allows(self, name: str, license: str) -> bool:
        """Return whether a package may have this license, which may join several by AND and OR."""
        if license == self.of_package.get(name):
            return True
        return all(
            any(choice.strip() in self.everywhere for choice in part.split(" OR "))
            for part in license.replace("; ", " AND ").split(" AND ")
        )


def faults_of_licenses(installed: Iterable[Mapping[str, str]], policy: Policy) -> list[str]:
    """Return which of the packages that pip-licenses found have a license that nobody has agreed to yet."""
    return [
        f"{package['Name']} {package['Version']} has the license {package['License']!r}: "
        f"list it in release/{LIST.name} if it is fine, or do without the package"
        for package in installed
        if not policy.allows(package["Name"], package["License"])
    ]
