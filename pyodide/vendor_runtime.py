"""Gather what the live page runs: Python and Graphviz in WebAssembly, the packages, all licenses.

python vendor_runtime.py SITE TARGET: the packages are installed in the folder SITE; TARGET is made anew.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
FROM_NPM = {
    "pyodide": ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"),
    "@viz-js/viz": ("dist/viz.js",),
}
LEFT_OUT = ("bin", "share", "__pycache__")
MIDNIGHT = (2020, 2, 2, 0, 0, 0)  # of every file, so that the same packages make the same archive


def main(site: Path, target: Path) -> None:
    """Gather everything beside the target, and put it in its place when it is complete."""
    new = target.with_name(f"{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(HERE / "licenses", new / "licenses")
    for package, files in FROM_NPM.items():
        for file in files:
            shutil.copy(HERE / "node_modules" / package / file, new)
    # Pyodide's own list of packages names those on its server. Here there is only what is in the archive.
    known = json.loads((HERE / "node_modules/pyodide/pyodide-lock.json").read_text(encoding="utf-8"))
    (new / "pyodide-lock.json").write_text(
        json.dumps({"info": known["info"], "packages": {}}), encoding="utf-8"
    )
    pack(site, new / "packages.zip")
    shutil.rmtree(target, ignore_errors=True)
    new.rename(target)


def pack(site: Path, archive: Path) -> None:
    """Write all installed files into an archive, the licenses of the packages included."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(site.rglob("*")):
            inside = path.relative_to(site)
            if path.is_file() and not set(LEFT_OUT).intersection(inside.parts):
                entry = zipfile.ZipInfo(inside.as_posix(), MIDNIGHT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
