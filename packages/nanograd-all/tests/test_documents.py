"""What the documentation and the packages' READMEs show is what happens.

They are files of the repository, so these tests are skipped where there is only a wheel.
"""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_what_happens(page, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    failed, attempted = doctest.testfile(
        str(PAGES[page]),
        module_relative=False,
        encoding="utf-8",
        optionflags=doctest.ELLIPSIS,
    )
    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("name", READMES)
def test_the_code_of_a_readme_runs(name, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", READMES[name].read_text(encoding="utf-8"), re.DOTALL)
    for block in blocks:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-W", "error", "-c", block],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
