"""The packages of the checkout fit together: one version, one license, one namespace, complete lists.

These tests read files of the repository, so they are skipped where there is only a wheel.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[3]
if not (ROOT / "VERSION").is_file():
    pytest.skip("not in a checkout", allow_module_level=True)

VERSION = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PACKAGES = {path.parent.name: path.parent for path in sorted(ROOT.glob("packages/*/pyproject.toml"))}
PROJECTS = {
    name: tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, path in PACKAGES.items()
}
PORTIONS = {name: path for name, path in PACKAGES.items() if name != "nanograd-all"}

DOCS = "https://nanograd.github.io/nanograd/"

each_package = pytest.mark.parametrize("name", PACKAGES)
each_portion = pytest.mark.parametrize("name", PORTIONS)


def in_repository(*parts: str) -> str:
    """Return the text of a file of the repository."""
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def sessions() -> list[str]:
    """Return the names of the sessions in the noxfile, as one calls them."""
    functions = [
        node for node in ast.parse(in_repository("noxfile.py")).body if isinstance(node, ast.FunctionDef)
    ]
    return [function.name.replace("_", "-") for function in functions if function.decorator_list]


def requirements_of(name: str) -> list[Requirement]:
    """Return what a package depends on, its extras included."""
    project = PROJECTS[name]
    extras = project.get("optional-dependencies", {}).values()
    return [Requirement(text) for texts in (project["dependencies"], *extras) for text in texts]


@each_package
def test_is_named_like_its_folder(name):
    assert PROJECTS[name]["name"] == name


@each_package
def test_sibling_pins_are_those_of_the_version(name):
    pins = {need.name: str(need.specifier) for need in requirements_of(name) if need.name in PACKAGES}
    major, minor, _ = VERSION.split(".")
    assert pins == dict.fromkeys(pins, f"~={major}.{minor}.0")


@each_package
def test_license_is_that_of_the_repository(name):
    assert (PACKAGES[name] / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


@each_package
def test_readme_says_how_to_install_it(name):
    readme = (PACKAGES[name] / PROJECTS[name]["readme"]).read_text(encoding="utf-8")
    assert readme.startswith(f"# {name}\n")
    assert f"pip install {name}\n" in readme


@each_portion
def test_holds_one_typed_portion_of_the_namespace(name):
    source = PACKAGES[name] / "src"
    portion = source / "nanograd" / name.removeprefix("nanograd-")
    folders_with_code = {path.parent.relative_to(source).parts[:2] for path in source.rglob("*.py")}
    assert folders_with_code == {portion.relative_to(source).parts}
    assert (portion / "py.typed").is_file()


def test_the_meta_distribution_depends_on_all_others():
    assert {need.name for need in requirements_of("nanograd-all") if not need.extras} == set(PORTIONS)


def test_the_meta_distribution_passes_every_extra_on():
    passed_on = {
        extra: sorted(f"{Requirement(text).name}[{', '.join(Requirement(text).extras)}]" for text in texts)
        for extra, texts in PROJECTS["nanograd-all"]["optional-dependencies"].items()
    }
    offered = {}
    for name in PORTIONS:
        for extra in PROJECTS[name].get("optional-dependencies", ()):
            offered.setdefault(extra, []).append(f"{name}[{extra}]")
    assert passed_on == {extra: sorted(names) for extra, names in offered.items()}


def test_mypy_and_import_linter_know_every_package():
    modules = [name.replace("-", ".") for name in PORTIONS]
    assert sorted(TOOLS["importlinter"]["root_packages"]) == modules
    assert [Path(path).parts[-2] for path in sorted(TOOLS["mypy"]["mypy_path"])] == list(PORTIONS)


def test_the_changelog_has_a_heading_for_every_package():
    changelog = in_repository("CHANGELOG.md")
    assert f"\n## {VERSION} - " in changelog
    assert [name for name in PACKAGES if f"\n### {name}\n" not in changelog] == []


def test_the_citation_is_of_this_version():
    assert f"\nversion: {VERSION}\n" in in_repository("CITATION.cff")


def test_the_documentation_takes_the_version_from_the_file():
    assert re.search(r'^release = version = .*"VERSION"', in_repository("docs", "conf.py"), re.MULTILINE)


@each_package
def test_metadata_is_the_same_where_it_should_be(name):
    first = PROJECTS["nanograd-engine"]
    for field in ("license", "license-files", "authors", "requires-python", "readme", "dynamic"):
        assert PROJECTS[name][field] == first[field]
    pythons = [line for line in first["classifiers"] if "Python :: 3." in line]
    assert set(pythons) <= set(PROJECTS[name]["classifiers"])
    folder = f"https://github.com/nanograd/nanograd/tree/main/packages/{name}"
    assert PROJECTS[name]["urls"] == first["urls"] | {"Source": folder}


def test_what_is_classified_is_tested():
    pythons = re.findall(r"Python :: (3\.\d+)", str(PROJECTS["nanograd-engine"]["classifiers"]))
    assert f"python: {pythons}".replace("'", '"') in in_repository(".github", "workflows", "ci.yml")


def test_a_dependency_has_one_lower_bound():
    texts = [
        in_repository(folder, "requirements.txt") for folder in ("docs", "examples", "browser", "oracle")
    ]
    lines = [line.partition("#")[0].strip() for text in texts for line in text.splitlines()]
    needs = [Requirement(line) for line in lines if line]
    for name, path in PACKAGES.items():
        groups = tomllib.loads((path / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
        needs += [*requirements_of(name), *map(Requirement, groups["test"])]
    bounds = {}
    for need in needs:
        bounds.setdefault(need.name, set()).update(
            str(part) for part in need.specifier if part.operator == ">="
        )
    assert {name: found for name, found in bounds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("session", sessions())
def test_contributing_tells_what_a_session_does(session):
    assert f"\n| `nox -s {session}` |" in in_repository("CONTRIBUTING.md")


@pytest.mark.parametrize("workflow", sorted(path.name for path in ROOT.glob(".github/workflows/*.yml")))
def test_workflows_run_sessions_that_there_are(workflow):
    text = in_repository(".github", "workflows", workflow)
    called = " ".join(re.findall(r"nox -s((?: [a-z][a-z-]*)+)", text)).split()
    matrix = re.search(r"^ +session:\n((?: +- .*\n)+)", text, re.MULTILINE)
    entries = re.findall(r"- ([a-z,-]+)", matrix[1]) if matrix else []
    listed = [name for entry in entries for name in entry.split(",")]
    assert {*called, *listed}
    assert {*called, *listed} <= set(sessions())


def test_workflows_take_actions_at_a_commit():
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob(".github/workflows/*.yml")]
    used = [line for text in texts for line in re.findall(r"uses: .*", text)]
    assert used
    pinned = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in used if not pinned.fullmatch(line)] == []
    assert len({line.split("@")[0] for line in used}) == len(set(used)), "an action is taken at two commits"


PUBLIC = "https://github.com/nanograd/nanograd/", "https://raw.githubusercontent.com/nanograd/nanograd/main/"
TEXTS = (
    "*.md",
    "*.cff",
    ".github/**/*.md",
    ".github/**/*.yml",
    "packages/*/README.md",
    "packages/*/pyproject.toml",
)


def test_addresses_of_this_repository_lead_somewhere():
    texts = [path.read_text(encoding="utf-8") for pattern in TEXTS for path in ROOT.glob(pattern)]
    addresses = {found for text in texts for found in re.findall(r"https://[^\s\"')>\]]+", text)}
    files = {
        re.sub(r"^(tree|blob)/main/", "", found.removeprefix(start))
        for found in addresses
        for start in PUBLIC
        if found.startswith(start)
    }
    pages = {found.removeprefix(DOCS).removesuffix(".html") for found in addresses if found.startswith(DOCS)}
    assert len(files) > 8
    assert len(pages) > 8
    services = {"issues", "security/advisories/new"}
    assert [file for file in sorted(files - services) if not (ROOT / file).exists()] == []
    made = {"", "gallery/index"}
    assert [page for page in sorted(pages - made) if not (ROOT / "docs" / f"{page}.rst").exists()] == []


def test_every_package_is_published():
    release = in_repository(".github", "workflows", "release.yml")
    assert sorted(re.findall(r"^ +- (nanograd-\w+)$", release, re.MULTILINE)) == list(PACKAGES)
