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
GIVEN = os.environ.get("NANOGRAD_DIST")  # a folder of archives to test, instead of building them
DIST = Path(GIVEN).resolve() if GIVEN else ROOT / "dist"
BUILT = [] if GIVEN else ["build"]
VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
PACKAGES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))
SOURCES = sorted(str(path) for path in ROOT.glob("packages/*/src"))

# What check-jsonschema calls the kinds of files that machines read, and where they are.
SCHEMAS = {
    "citation-file-format": "CITATION.cff",
    "dependabot": ".github/dependabot.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-workflows": ".github/workflows/*.yml",
}

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


@nox.session(python="3.11", venv_backend="uv")  # pip cannot take the oldest
def minimum(session: nox.Session) -> None:
    """Test with the oldest Python and the oldest direct dependencies that the packages say they work with."""
    needed = {need for package in PACKAGES for need in group("test", package)}
    oldest = ("--resolution", "lowest-direct")
    install_checkout(session, *oldest, "-r", "examples/requirements.txt", *sorted(needed), *group("test"))
    session.run("pytest", "--numprocesses=auto", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, the direction of imports, the workflows, and other files that machines read."""
    session.install(*group("lint"))
    workflows = [str(path) for path in sorted(ROOT.glob(".github/workflows/*.yml"))]
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", env={"PYTHONPATH": os.pathsep.join([".ci", *SOURCES])})
    session.run("actionlint", *workflows)
    session.run("zizmor", "--offline", "--no-progress", ".github")
    session.run("pre-commit", "validate-config")
    for schema, pattern in SCHEMAS.items():
        files = [str(path) for path in sorted(ROOT.glob(pattern))]
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


@nox.session
def style(session: nox.Session) -> None:
    """Repair style, in all files or in those named after --."""
    session.install(*[need for need in group("lint") if need.startswith("ruff")])
    session.run("ruff", "check", "--fix", *session.posargs)
    session.run("ruff", "format", *session.posargs)


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
    session.run("pytest", "docs/tests")


@nox.session
def build(session: nox.Session) -> None:
    """Build the source distribution and the wheel of every package into dist/."""
    if GIVEN:
        session.error("NANOGRAD_DIST names archives to test; without it they are built into dist/")
    session.install(*group("build"))
    shutil.rmtree(DIST, ignore_errors=True)
    build_packages(session, ROOT, DIST)  # wheels from the source distributions
    session.run("twine", "check", "--strict", *sorted(DIST.iterdir()))
    for wheel in sorted(DIST.glob("*.whl")):
        session.log(f"{wheel.name}: {wheel.stat().st_size:,} bytes")


@nox.session(name="release-check", requires=BUILT)
def release_check(session: nox.Session) -> None:
    """Check everything about a release but publishing it (on the day of the release: -- --tag v0.1.0)."""
    session.install(*group("build"), *group("release"))
    folder = Path(session.create_tmp(), "release")
    shutil.rmtree(folder, ignore_errors=True)
    elsewhere, again, everything = folder / "elsewhere", folder / "again", folder / "everything"

    shutil.copytree(ROOT / "packages", elsewhere / "packages", ignore=shutil.ignore_patterns("*.pyc"))
    for name in ("VERSION", ".gitignore"):
        shutil.copy(ROOT / name, elsewhere)
    build_packages(session, elsewhere, again, "--sdist", "--wheel")  # wheels from the checkout itself
    for package in PACKAGES:
        sources = ROOT / "packages" / package / "src"
        check = ("--src-dir", sources) if sources.exists() else ("--ignore", "W007,W008")  # it is empty
        session.run("check-wheel-contents", *check, wheel_of(package))

    project = nox.project.load_toml(ROOT / "packages/nanograd-all/pyproject.toml")["project"]
    extras = ",".join(project["optional-dependencies"])
    install_beside(session, everything, f"nanograd-all[{extras}]", "--constraint", siblings_in(folder))
    python = everything / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    found = folder / "licenses.json"
    quiet = ("--format=json", f"--output-file={found}")
    session.run("pip-licenses", f"--python={python}", "--with-system", *quiet)
    archives = (f"--dist={DIST}", f"--again={again}", f"--licenses={found}")
    session.run("python", "-m", "release", "check", *archives, *session.posargs)


@nox.session(requires=BUILT)
@nox.parametrize("package", PACKAGES, ids=[name.removeprefix("nanograd-") for name in PACKAGES])
def wheels(session: nox.Session, package: str) -> None:
    """Test a package alone: its wheel, what it depends on, a copy of its tests, no checkout."""
    alone = Path(session.create_tmp(), "alone").resolve()
    shutil.rmtree(alone, ignore_errors=True)
    shutil.copytree(ROOT / "packages" / package / "tests", alone / "tests")
    session.chdir(alone)
    session.install("--constraint", siblings_in(alone), wheel_of(package), *group("test", package))

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
    """Drive the explorer and the live page in the system's Chromium, Chrome or Edge (or NANOGRAD_BROWSER)."""
    install_checkout(session, "-r", "browser/requirements.txt")
    session.run("pytest", *(session.posargs or ["browser"]))


@nox.session(requires=BUILT)
def pyodide(session: nox.Session) -> None:
    """Test the packages in Pyodide, the Python of browsers, under Node (one of them: -- nn)."""
    names = session.posargs or IN_PYODIDE
    if not set(names).issubset(IN_PYODIDE):
        session.error(f"this session tests {', '.join(IN_PYODIDE)}, and was asked for {', '.join(names)}")
    install_from_npm(session)
    for package in [f"nanograd-{name}" for name in names]:
        pure = [need for need in group("test", package) if Requirement(need).name in PURE]
        site = install_for_pyodide(session, package, *pure)
        tests = f"packages/{package}/tests"
        session.run("node", "pyodide/run_tests.mjs", site, "pyproject.toml", tests, external=True)


@nox.session(requires=BUILT)
def live(session: nox.Session) -> None:
    """Get what the live page of the documentation runs; the next `docs` puts it into the page."""
    install_from_npm(session)
    site = install_for_pyodide(session, "nanograd-nn", wheel_of("nanograd-viz"))
    session.run("python", "pyodide/vendor_runtime.py", site, "docs/_static/live/runtime")


# What the sessions share.

# What is tested in Pyodide, and which needs of the tests install there. The index has no NumPy for it.
IN_PYODIDE = ("engine", "nn", "viz", "symbolic")
PURE = {"hypothesis", "pytest", "rich", "sympy"}

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


def build_packages(session: nox.Session, root: Path, dist: Path, *what: str) -> None:
    """Build every package of a checkout with the hatchling of the session, the same to the bit every time."""
    for package in PACKAGES:
        folder = root / "packages" / package
        session.run(
            *("pyproject-build", "--no-isolation", *what, "--outdir", dist, folder),
            env={"SOURCE_DATE_EPOCH": "1580601600"},  # hatchling's own default: 2020-02-02
            silent=True,
        )


def install_beside(session: nox.Session, environment: Path, *what: str) -> None:
    """Install into an environment beside that of the session, in which nothing else is then."""
    session.run("python", "-m", "venv", "--without-pip", environment)
    if session.venv_backend == "uv":
        session.run("uv", "pip", "install", "--python", environment, *what)
    else:
        session.run("python", "-m", "pip", "--python", environment, "install", *what)


def siblings_in(folder: Path) -> str:
    """Write a file of constraints that takes all packages from dist/, never from an index."""
    lines = [f"{name} @ {wheel_of(name).as_uri()}\n" for name in PACKAGES]
    path = folder / "siblings.txt"
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def install_from_npm(session: nox.Session) -> None:
    """Install what pyodide/package-lock.json lists, and uv, which knows Pyodide's platform."""
    if not all(map(shutil.which, ("node", "npm"))):
        session.error("this session needs Node 20 or newer with npm: https://nodejs.org/en/download")
    session.run("npm", "ci", "--prefix=pyodide", "--no-audit", "--no-fund", "--silent", external=True)
    session.install("uv")


def install_for_pyodide(session: nox.Session, package: str, *more: str | Path) -> Path:
    """Install a package and ``more`` into a folder, as for Pyodide, and return the folder."""
    site = Path(session.create_tmp(), package)
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir()
    platform = ("--python-platform=wasm32-pyodide2025", "--python-version=3.14", "--only-binary=:all:")
    siblings = f"--constraint={siblings_in(site.parent)}"
    session.run("uv", "pip", "install", f"--target={site}", *platform, siblings, wheel_of(package), *more)
    return site


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
