"""What the documentation and the packages' READMEs show is what happens.

They are files of the repository, so these tests are skipped where there is only a wheel.
"""

import codeop
import doctest
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from nanograd.engine import OPS

ROOT = Path(__file__).parents[3]
if not (ROOT / "docs").is_dir():
    pytest.skip("not in a checkout", allow_module_level=True)

READMES = {path.parent.name: path for path in sorted(ROOT.glob("packages/*/README.md"))}
WRITTEN = ["docs/*.rst", *(f"docs/{part}/**/*.rst" for part in ("tutorial", "inside", "howto"))]
PAGES = {
    path.relative_to(ROOT / "docs").with_suffix("").as_posix(): path
    for pattern in WRITTEN
    for path in sorted(ROOT.glob(pattern))
    if re.search(r"^ *>>> ", path.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.fixture
def the_table_as_it_was():
    """Take away the operations that a page defines: other tests look at the whole table."""
    before = set(OPS)
    yield
    for symbol in OPS.keys() - before:
        del OPS[symbol]


def run_page(path):
    """Return how the examples of a page went, and the names that it leaves behind.

    A page that begins with ``:continues: table`` has the names of the page ``table`` beside it.
    """
    text = path.read_text(encoding="utf-8")
    earlier = re.match(r":continues: (\w+)\n", text)
    names = run_page(path.with_name(f"{earlier[1]}.rst"))[1] if earlier else {"__name__": "__main__"}
    page = doctest.DocTestParser().get_doctest(text, names, path.name, str(path), 0)
    page.globs = names  # not a copy: functions of an earlier page see what this one defines anew
    return doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(page, clear_globs=False), names


@pytest.mark.usefixtures("the_table_as_it_was")
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_what_happens(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (failed, attempted), _ = run_page(PAGES[page])
    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("page", PAGES)
def test_lines_can_be_pasted_into_a_prompt(page):
    """The prompt of Python 3.12 and earlier takes an empty line for the end of a block, and needs one."""
    text = PAGES[page].read_text(encoding="utf-8")
    for pasted in re.findall(r"^ *>>> .*\n(?: *(?:>>> .*|\.\.\.(?: .*)?)\n)*", text, re.MULTILINE):
        waiting = []
        for line in pasted.splitlines():
            waiting.append(re.sub(r"^ *(>>>|\.\.\.) ?", "", line))
            if codeop.compile_command("\n".join(waiting), page, "single") is not None:
                waiting = []


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_c_of_a_page_compiles_and_prints_what_the_page_says(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    run_page(PAGES["howto/c"])
    text = PAGES["howto/c"].read_text(encoding="utf-8")
    (main,) = re.findall(r"\.\. code-block:: c\n\n((?: {3}.*\n|\n)+)", text)
    Path("main.c").write_text(textwrap.dedent(main), encoding="utf-8")
    ((compiling, program, printed),) = re.findall(r"\$ (cc .*)\n +\$ (.*)\n +(.*)\n", text)
    subprocess.run([*shlex.split(compiling), "-Wall", "-Wextra", "-pedantic", "-Werror"], check=True)
    done = subprocess.run([tmp_path / program], capture_output=True, text=True, check=True)
    assert done.stdout == f"{printed}\n"


def words_of(page):
    """Return the text of a page in one line."""
    return " ".join((ROOT / "docs" / f"{page}.rst").read_text(encoding="utf-8").split())


def test_what_is_claimed_about_speed_is_in_the_table():
    table = (ROOT / "docs" / "performance_table.txt").read_text(encoding="utf-8")
    ratios = {}
    for engine, ratio in re.findall(r"^   \* - (.+)\n     - .+\n     - ([\d.,]+)$", table, re.MULTILINE):
        ratios.setdefault(engine, []).append(float(ratio.replace(",", "")))
    why = words_of("why")
    assert "about the time of ``jax.jit`` or less, and less than PyTorch" in why
    assert min(ratios["jax.jit"]) > 0.95
    assert min(ratios["PyTorch, eager"]) > 1
    assert f"up to {1 / min(ratios['NumPy by hand']):.1f} times the time of NumPy" in why
    assert "about five times that of C; and CasADi with gcc is ahead" in why
    assert {round(1 / ratio) for ratio in ratios["C by hand"]} == {5}
    assert max(ratios["CasADi and gcc"]) < 1


@pytest.mark.parametrize(
    ("page", "figures"),
    [("why", ["65,818 nodes", "51 to 53 ms", "168"]), ("inside/speed", ["168", "747"])],
)
def test_figures_of_other_pages_stand_on_the_page_of_performance(page, figures):
    for figure in figures:
        assert figure in words_of(page)
        assert figure in words_of("performance")


@pytest.mark.parametrize("name", READMES)
def test_the_code_of_a_readme_runs(name, tmp_path):
    code = r"```python\n(.*?)```(?:\n\nThis prints\n\n```text\n(.*?)```)?"
    for block, printed in re.findall(code, READMES[name].read_text(encoding="utf-8"), re.DOTALL):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", "-c", block],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == printed or not printed
