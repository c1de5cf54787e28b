"""Every example runs in a folder of its own, prints what it should, and leaves pictures that are pictures.

The examples are files of the repository, so these tests are skipped where there is only a wheel.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
if not (ROOT / "examples").is_dir():
    pytest.skip("not in a checkout", allow_module_level=True)

EXAMPLES = {path.stem: path for path in sorted(ROOT.glob("examples/example_*.py"))}
SEED_BLOCK = Path(__file__).with_name("seed_block.txt").read_text(encoding="utf-8")


def python(script, folder):
    """Run a script in a folder, as on a machine without a screen, and return the finished process."""
    plain = {**os.environ, "MPLBACKEND": "agg", "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, script], cwd=folder, env=plain, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Return a function that runs an example once, and returns what it printed and the folder it wrote to."""

    @cache
    def run_once(name):
        folder = tmp_path_factory.mktemp(name)
        done = python(EXAMPLES[name], folder)
        assert done.returncode == 0, done.stderr
        return done.stdout, folder

    return run_once


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_draws(name, run):
    printed, folder = run(name)
    assert printed
    pictures = sorted(path for path in (folder / "output").iterdir() if path.suffix not in {".html", ".md"})
    assert {path.suffix for path in pictures} == {".png", ".svg"}
    assert all(path.stem.startswith(name) for path in pictures)
    for path in pictures:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
        else:
            assert ET.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_pictures_of_an_example_are_in_the_repository(name, run):
    _, folder = run(name)
    committed = {path.name for path in (ROOT / "output").iterdir()}
    # A page for the browser holds the whole explorer, and changes with it.
    made = {path.name for path in (folder / "output").iterdir() if path.suffix != ".html"}
    assert made <= committed


def test_the_first_example_prints_the_block_of_the_seed(run):
    printed, _ = run("example_vis")
    assert printed == SEED_BLOCK


def test_the_seed_block_is_in_the_readme():
    assert SEED_BLOCK in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_code_of_the_readme_prints_the_block_that_it_shows(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [(code, shown)] = re.findall(r"```python\n(.*?)```.*?```\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "twelve_lines.py").write_text(code, encoding="utf-8")
    done = python("twelve_lines.py", tmp_path)
    assert done.stdout == shown, done.stderr
    assert len(code.replace("\n\n", "\n").splitlines()) == 12
    drawn = " ".join(ET.parse(tmp_path / "graph.svg").getroot().itertext())
    assert re.search(r"\bb\s+data = 2\.0000\s+grad = 33\.0000", drawn)


def test_the_picture_of_the_first_example_holds_every_number(run):
    _, folder = run("example_vis")
    text = " ".join(ET.parse(folder / "output" / "example_vis.svg").getroot().itertext())
    boxes = {
        "a": (5, 8),
        "b": (2, 33),
        "c": (3, 4),
        "d": (10, 4),
        "e": (13, 4),
        "f": (4, 13),
        "k": (2, 13),
        "out": (52, 1),
    }
    for label, (data, gradient) in boxes.items():
        assert re.search(rf"\b{label}\s+data = {data}\.0000\s+grad = {gradient}\.0000", text)


def test_the_neuron_has_the_gradients_of_the_lecture(run):
    printed, _ = run("example_neuron")
    assert "n = -3.1250, out = tanh(n) = -0.9961" in printed
    for label, gradient in {"x1": -0.0231, "w1": 0.0154, "x2": 0.0077, "w2": -0.0308}.items():
        assert re.search(rf"^{label} +{gradient:.4f} +{gradient:.4f}$", printed, re.MULTILINE)
    assert "all gradients are equal" in printed


def test_the_derivative_is_a_formula(run):
    printed, _ = run("example_symbolic")
    assert "f'(x) = 12*x**2 - 4" in printed
    assert re.search(r"formula: +104$", printed, re.MULTILINE)
    assert re.search(r"backward: +104\.0$", printed, re.MULTILINE)
    for line in ("d a = b*(b + k) = 8.0", "d c = b + k = 4.0", "d k = a*b + c = 13.0"):
        assert f"d out / {line}" in printed


def test_iris_is_learned(run):
    printed, _ = run("example_iris")
    accuracy = float(re.search(r"test accuracy:? +([01]\.\d+)", printed)[1])
    assert accuracy >= 0.93


def test_a_gradient_is_explained(run):
    printed, folder = run("example_explain")
    assert "20 + 13 = 33\nThis is b.grad." in printed
    assert "0.059938 + 0.015029 = 0.074968" in printed
    page = (folder / "output" / "example_explain.html").read_text(encoding="utf-8")
    assert "A network of 28 parameters" in page


def test_the_program_is_equal_to_the_graph_and_trains(run):
    printed, _ = run("example_compile")
    assert float(re.search(r"gradients differ by (\S+) at most", printed)[1]) < 1e-14
    assert "layers_1_pre = layers_0_relu @ W1.T" in printed
    assert "100 of 100 points are on the right side" in printed


def test_the_neuron_is_derived_verified_and_written_as_programs(run):
    printed, folder = run("example_derivation")
    assert "= 2*(1 - tanh(-3.125)**2) ≈ 0.0153842" in printed
    assert "backward() found 0.015384" in printed
    assert "249 nodes against their formulas at 50 digits: 249 right" in printed
    assert "double neuron(const double *in, double *gradient)" in printed
    page = (folder / "output" / "derivation_neuron.md").read_text(encoding="utf-8")
    assert page == (ROOT / "output" / "derivation_neuron.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["example_digits", "example_names"])
def test_networks_learn_to_read(name, run):
    printed, _ = run(name)
    accuracy = float(re.search(r"test accuracy ([01]\.\d+)", printed)[1])
    assert accuracy >= {"example_digits": 0.94, "example_names": 0.8}[name]


def test_all_moons_are_on_the_right_side(run):
    printed, _ = run("example_moons")
    assert re.search(r"step 100  loss 0\.0\d+  accuracy 100%", printed)


def test_a_line_explains_half_of_the_progression_of_diabetes(run):
    printed, _ = run("example_diabetes")
    found = re.findall(r"^(\w+) +R2 .*, (\d\.\d+) in the test", printed, re.MULTILINE)
    explained = {name: float(r2) for name, r2 in found}
    assert explained["linear"] > 0.45
    assert explained["network"] > 0.35


def test_the_gpt_knows_more_about_names_than_pairs_of_letters_tell(run):
    printed, _ = run("example_gpt")
    assert "4192 parameters" in printed
    # 2.42 is the loss of one who has counted which letter follows which, in all the names to learn from.
    assert float(re.search(r"test loss (\d\.\d+)", printed)[1]) < 2.42
    written = re.search(r"it writes: (.*)", printed)[1].split(", ")
    assert len(written) == 20
    assert sum(name.isalpha() and name.islower() for name in written) >= 18


@pytest.mark.parametrize("name", ["example_vis", "example_neuron"])
def test_pictures_are_deterministic(name, run, tmp_path):
    _, folder = run(name)
    python(EXAMPLES[name], tmp_path)
    for path in (folder / "output").iterdir():
        assert path.read_bytes() == (tmp_path / "output" / path.name).read_bytes()
