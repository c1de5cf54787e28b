"""The notebooks that readers download, as `nox -s docs` made them: valid, complete, and able to run."""

import ast
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "gallery"
EXAMPLES = {path.stem: path for path in sorted(ROOT.glob("examples/example_*.py"))}
INSTALL = '%pip install --quiet "nanograd-all[datasets,plots]"'
QUICK = ("example_explain", "example_neuron", "example_vis")


def notebook_of(name: str) -> nbformat.NotebookNode:
    return nbformat.read(GALLERY / f"{name}.ipynb", as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def brought_by(requirement: Requirement) -> set[str]:
    """Return everything that is installed along with a distribution."""
    found: set[str] = set()
    waiting = [requirement]
    while waiting:
        need = waiting.pop()
        key = f"{canonicalize_name(need.name)}{sorted(need.extras)}"
        if key in found:
            continue
        found |= {key, canonicalize_name(need.name)}
        for text in requires(need.name) or ():
            further = Requirement(text)
            if further.marker is None or any(
                further.marker.evaluate({"extra": extra}) for extra in (*need.extras, "")
            ):
                waiting.append(further)
    return found


def distributions_of(module: str) -> set[str]:
    """Return where a module may come from; an editable installation does not list its modules."""
    package, _, portion = module.partition(".")
    if package == "nanograd":
        return {f"nanograd-{portion.partition('.')[0]}"}
    return set(map(canonicalize_name, packages_distributions().get(package, ())))


def test_there_is_one_for_every_example():
    assert {path.stem for path in GALLERY.glob("*.ipynb")} == EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_notebook_is_valid_and_is_the_script(name):
    notebook = notebook_of(name)
    nbformat.validate(notebook)
    first, *cells, last = code_of(notebook)
    assert first == INSTALL
    assert "display(" in last
    script = ast.parse(EXAMPLES[name].read_text(encoding="utf-8"))
    del script.body[0]  # the docstring, which the notebook has as text
    assert ast.dump(ast.parse("\n\n".join(cells))) == ast.dump(script)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_it_imports_is_what_its_first_cell_installs(name):
    there = brought_by(Requirement(INSTALL.partition('"')[2].rstrip('"')))
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(EXAMPLES[name].read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    missing = {module for module in imported if not there.intersection(distributions_of(module))}
    assert missing == {module for module in imported if module.partition(".")[0] in sys.stdlib_module_names}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_offers_both_downloads(name):
    html = (ROOT / "docs/_build/html/gallery" / f"{name}.html").read_text(encoding="utf-8")
    for ending in ("py", "ipynb"):
        assert f'{name}.{ending}"' in html
        assert list((ROOT / "docs/_build/html/_downloads").glob(f"*/{name}.{ending}"))


@pytest.mark.parametrize("name", QUICK)
def test_a_notebook_runs_and_shows_what_it_drew(name, tmp_path):
    notebook = notebook_of(name)
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = ""  # everything is installed
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    shown = [output.data for output in notebook.cells[-1].outputs]
    assert len(shown) == len({path.stem for path in tmp_path.glob("output/*.[ps][nv]g")}) > 0
    assert all("image/svg+xml" in data or "image/png" in data for data in shown)
