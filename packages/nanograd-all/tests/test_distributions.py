"""The packages of the checkout fit together: one version, one license, one namespace, complete lists.

These tests read files of the repository, so they are skipped where there is only a wheel.
"""

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

each_package = pytest.mark.parametrize("name", PACKAGES)
each_portion = pytest.mark.parametrize("name", PORTIONS)


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
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {VERSION} - " in changelog
    assert [name for name in PACKAGES if f"\n### {name}\n" not in changelog] == []
