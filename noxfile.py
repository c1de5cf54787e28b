"""Everything one does with this repository. ``nox --list`` shows the sessions, ``nox -s NAME`` runs one.

Each session makes its own fresh virtual environment, so one that was interrupted is simply run again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed
from packaging.requirements import Requirement

nox.needs_version = ">=2026.2.9"
nox.options.default_venv_backend = "uv|venv"
nox.options.sessions = ["lint", "types", "tests"]

ROOT = Path(__file__).parent
DIST = ROOT / "dist"
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
SOURCES = sorted(str(path) for path in ROOT.glob("packages/*/src"))

for folder in ROOT.glob(".nox/[!.]*/"):
    if not (folder / "pyvenv.cfg").exists():  # an interruption left it half made, and uv would not replace it
        shutil.rmtree(folder, ignore_errors=True)


@nox.session
def examples(session: nox.Session) -> None:
    """Run every script in examples/; the pictures go to output/."""
    install_checkout(session, "-r", "examples/requirements.txt")
    (ROOT / "output").mkdir(exist_ok=True)
    run_scripts(session, "examples/example_*.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Test all packages together (another Python: -P 3.12; arguments for pytest: -- -k tanh)."""
    needed = {need for package in PACKAGES for need in group("test", package)}
    install_checkout(session, "-r", "examples/requirements.txt", *sorted(needed), *group("test"))
    session.run("pytest", "--numprocesses=auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, the direction of imports, and the workflows."""
    session.install(*group("lint"))
    workflows = [str(path) for path in sorted(ROOT.glob(".github/workflows/*.yml"))]
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join([".ci", *SOURCES])})
    session.run("actionlint", *workflows)
    session.run("zizmor", "--offline", "--no-progress", ".github")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of every package, strictly."""
    install_checkout(session, *group("types"))
    session.run("mypy", *SOURCES)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation, its example gallery included, into docs/_build/html."""
    install_checkout(session, "-r", "docs/requirements.txt", "-r", "examples/requirements.txt")
    strict = ("-W", "-n", "--keep-going")
    session.run("sphinx-build", *strict, "-b", "html", "docs", "docs/_build/html", env=PLAIN)


@nox.session
def build(session: nox.Session) -> None:
    """Build the source distribution and the wheel of every package into dist/."""
    installer = "uv" if session.venv_backend == "uv" else "pip"
    session.install(*group("build"), installer)
    shutil.rmtree(DIST, ignore_errors=True)
    for package in PACKAGES:
        session.run(
            "pyproject-build", "--installer", installer, "--outdir", DIST, f"packages/{package}", silent=True
        )
    session.run("twine", "check", "--strict", *sorted(DIST.iterdir()))
    for wheel in sorted(DIST.glob("*.whl")):
        session.log(f"{wheel.name}: {wheel.stat().st_size:,} bytes")


@nox.session(requires=["build"])
@nox.parametrize("package", PACKAGES, ids=[name.removeprefix("nanograd-") for name in PACKAGES])
def wheels(session: nox.Session, package: str) -> None:
    """Test a package alone: its wheel, what it depends on, a copy of its tests, no checkout."""
    alone = Path(session.create_tmp(), "alone")
    shutil.rmtree(alone, ignore_errors=True)
    shutil.copytree(ROOT / "packages" / package / "tests", alone / "tests")
    session.chdir(alone)
    siblings = [f"{name} @ {wheel_of(name).as_uri()}\n" for name in PACKAGES]  # from dist/, never an index
    Path("siblings.txt").write_text("".join(siblings), encoding="utf-8")
    session.install("--constraint", "siblings.txt", wheel_of(package), *group("test", package))

    importable = session.run("python", "-I", "-c", PRINT_PORTIONS, silent=True)
    if importable.split() != portions_of(package):
        session.error(f"only {portions_of(package)} should be importable beside {package}, not {importable}")
    session.run("pytest", f"--config-file={ROOT}/pyproject.toml", "--rootdir=.", "tests", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run every script in benchmarks/, beside its peers."""
    install_checkout(session, "-r", "benchmarks/requirements.txt")
    run_scripts(session, "benchmarks/bench_*.py")


@nox.session(venv_backend="venv")  # pip takes PyTorch from where it is set up to; uv would take CUDA along
def oracle(session: nox.Session) -> None:
    """Hold every result against PyTorch (needs Python 3.11 to 3.13 and a large download)."""
    install_checkout(session, "-r", "oracle/requirements.txt")
    session.run("pytest", *(session.posargs or ["oracle"]))


@nox.session
def browser(session: nox.Session) -> None:
    """Drive the web explorer in the system's Chromium, Chrome or Edge (NANOGRAD_BROWSER names another)."""
    install_checkout(session, "-r", "browser/requirements.txt")
    session.run("pytest", *(session.posargs or ["browser"]))


# What the sessions share.

# Prints as it goes, in UTF-8 (on Windows too), and never waits for a window to be closed.
PLAIN = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "MPLBACKEND": "agg"}

PRINT_PORTIONS = """
import nanograd, pkgutil
print(*sorted(portion.name for portion in pkgutil.iter_modules(nanograd.__path__)))
"""


def install_checkout(session: nox.Session, *more: str) -> None:
    """Install every package of the checkout, editable, and ``more`` requirements in one go."""
    editable = [argument for package in PACKAGES for argument in ("--editable", f"packages/{package}")]
    session.install(*editable, *more)


def run_scripts(session: nox.Session, pattern: str) -> None:
    """Run all scripts that match, or those whose names hold one of the arguments; then say which failed."""
    wanted = session.posargs or [""]
    scripts = [path for path in sorted(ROOT.glob(pattern)) if any(word in path.stem for word in wanted)]
    failed = []
    for script in scripts:
        try:
            session.run("python", script.relative_to(ROOT), env=PLAIN)
        except CommandFailed:
            failed.append(script.name)
    if failed or not scripts:
        session.error(f"{len(failed)} of {len(scripts)} scripts failed: {', '.join(failed)}")


def group(name: str, package: str | None = None) -> tuple[str, ...]:
    """Return what a ``[dependency-groups]`` entry lists: of a package, or of the repository for its tools."""
    folder = ROOT / "packages" / package if package else ROOT
    return nox.project.dependency_groups(nox.project.load_toml(folder / "pyproject.toml"), name)


def portions_of(package: str) -> list[str]:
    """Return each X of the ``nanograd.X`` that a package and the packages it depends on hold."""
    project = nox.project.load_toml(ROOT / "packages" / package / "pyproject.toml")["project"]
    there = {package, *(Requirement(text).name for text in project["dependencies"])}
    with_code = [path.parent.name for path in ROOT.glob("packages/*/src")]
    return sorted(name.removeprefix("nanograd-") for name in there.intersection(with_code))


def wheel_of(package: str) -> Path:
    """Return the wheel that the ``build`` session made of a package."""
    return DIST / f"{package.replace('-', '_')}-{VERSION}-py3-none-any.whl"
