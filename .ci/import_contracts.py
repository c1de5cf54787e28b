"""A contract for import-linter, which knows no "standard library only". Configured in pyproject.toml."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class StandardLibraryOnly(Contract):
    """The modules of ``package`` import each other and the standard library; ``except_for`` lists exceptions.

    It sees every import statement, those inside functions and under ``if TYPE_CHECKING`` included.
    """

    package = fields.ModuleField()
    except_for = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002
        """Collect the imports of anything else."""
        allowed = {self.package.root_package_name, *sys.stdlib_module_names, *(self.except_for or ())}
        importers = {self.package.name, *graph.find_descendants(self.package.name)}
        foreign = [
            graph.get_import_details(importer=importer, imported=imported)
            for importer in sorted(importers)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in allowed
        ]
        found = [detail for details in foreign for detail in details]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each forbidden import."""
        for detail in check.metadata["found"]:
            output.print_error(f"{detail['importer']}:{detail['line_number']}: {detail['line_contents']}")
