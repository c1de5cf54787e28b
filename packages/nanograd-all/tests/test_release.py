"""The checks of ``nox -s release-check``: each kind of fault is found, and none where there is none.

They look at a small repository with one package, which is made here. The checks themselves are a part of our
repository, so these tests are skipped where there is only a wheel.
"""

import gzip
import io
import json
import re
import tarfile
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
if not (ROOT / "release" / "__main__.py").is_file():
    pytest.skip("not in a checkout", allow_module_level=True)
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(ROOT)
    archives = import_module("release.archives")
    changelog = import_module("release.changelog")
    command = import_module("release.__main__")
    licenses = import_module("release.licenses")
    metadata = import_module("release.metadata")
    versions = import_module("release.versions")

METADATA = """\
Metadata-Version: 2.4
Name: nanograd-engine
Version: 0.2.0
Summary: Scalar automatic differentiation
Project-URL: Homepage, https://example.org
Project-URL: Documentation, https://example.org/docs
Project-URL: Source, https://example.org/source
Project-URL: Changelog, https://example.org/changelog
Project-URL: Issues, https://example.org/issues
License-Expression: MIT
License-File: LICENSE
Keywords: autograd
Classifier: Programming Language :: Python :: 3.11
Classifier: Programming Language :: Python :: 3.12
Classifier: Typing :: Typed
Requires-Python: >=3.11
Requires-Dist: numpy>=2
Description-Content-Type: text/markdown

# nanograd-engine

Read the [documentation](https://example.org/docs).
"""
README = METADATA.partition("\n\n")[2]
FILES = {
    "VERSION": "0.2.0\n",
    "LICENSE": "MIT License\n",
    "CHANGELOG.md": "# Changelog\n\n## 0.2.0 - 2026-11-30\n\n- New.\n\n## 0.1.0 - 2026-10-01\n\n- Old.\n",
    "CITATION.cff": "cff-version: 1.2.0\nversion: 0.2.0\ndate-released: 2026-11-30\n",
    "packages/nanograd-engine/pyproject.toml": "[project]\n",
    "packages/nanograd-engine/README.md": README,
    "packages/nanograd-engine/LICENSE": "MIT License\n",
    "packages/nanograd-engine/src/nanograd/engine/__init__.py": "x = 1\n",
    "packages/nanograd-engine/src/nanograd/engine/py.typed": "",
    "packages/nanograd-engine/tests/test_engine.py": "def test_x(): ...\n",
}
WHEEL = "nanograd_engine-0.2.0-py3-none-any.whl"
SDIST = "nanograd_engine-0.2.0.tar.gz"
INFORMATION = "nanograd_engine-0.2.0.dist-info"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def build(root, dist, information=METADATA):
    """Make the two archives of the package as hatchling does, from what is in the repository now."""
    dist.mkdir(exist_ok=True)
    package = root / "packages/nanograd-engine"
    files = {
        path.relative_to(package).as_posix(): path.read_text()
        for path in package.rglob("*.*")
        if path.is_file()
    }
    files |= {"LICENSE": (package / "LICENSE").read_text(), "PKG-INFO": information}
    packed = gzip.GzipFile(dist / SDIST, "wb", mtime=0)
    with packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in sorted(files.items()):
            member = tarfile.TarInfo(f"nanograd_engine-0.2.0/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    inside = {name.removeprefix("src/"): text for name, text in files.items() if name.startswith("src/")}
    inside |= {f"{INFORMATION}/{name}": "" for name in ("WHEEL", "RECORD")}
    inside |= {f"{INFORMATION}/METADATA": information, f"{INFORMATION}/licenses/LICENSE": files["LICENSE"]}
    with zipfile.ZipFile(dist / WHEEL, "w") as archive:
        for name, text in sorted(inside.items()):
            archive.writestr(zipfile.ZipInfo(name), text)
    return dist


@pytest.fixture
def root(tmp_path):
    """Return a repository without a fault."""
    for name, text in FILES.items():
        write(tmp_path / "repository" / name, text)
    return tmp_path / "repository"


@pytest.fixture
def dist(root, tmp_path):
    """Return what was built from it."""
    return build(root, tmp_path / "dist")


def faults(root, dist):
    """Return what is found in texts and archives."""
    checks = (
        archives.faults_of_files,
        archives.faults_of_sdists,
        archives.faults_of_wheels,
        metadata.faults_of_metadata,
    )
    return [*versions.faults_of_version(root), *(fault for check in checks for fault in check(dist, root))]


def test_there_are_no_faults_without_a_fault(root, dist, tmp_path):
    again = build(root, tmp_path / "again")
    assert faults(root, dist) == []
    assert archives.faults_of_differences(dist, again) == []
    assert versions.steps_before_tag(root) == []
    assert versions.faults_of_tag(root, "v0.2.0") == []


# ---- texts


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("VERSION", "0.2.0", "0.2", "VERSION is '0.2': write three numbers as in 0.1.0"),
        ("VERSION", "0.2.0", "0.2.0rc1", "VERSION is '0.2.0rc1': write three numbers as in 0.1.0"),
        ("VERSION", "0.2.0", "next", "VERSION is 'next': write three numbers as in 0.1.0"),
        (
            "CITATION.cff",
            "version: 0.2.0",
            "version: 0.1.0",
            "CITATION.cff is about version 0.1.0: write `version: 0.2.0`",
        ),
        ("CITATION.cff", "\nversion: 0.2.0", "", "CITATION.cff is about version None"),
        (
            "CHANGELOG.md",
            "## 0.2.0 - 2026-11-30\n\n- New.\n\n",
            "",
            "CHANGELOG.md begins with 0.1.0: write `## 0.2.0 - unre",
        ),
        ("CHANGELOG.md", "## 0.2.0 - 2026-11-30", "## 0.3.0 - unreleased", "CHANGELOG.md begins with 0.3.0"),
        ("CHANGELOG.md", "## 0", "0", "CHANGELOG.md has no version: write `## 0.2.0 - unreleased`"),
        ("CHANGELOG.md", "- New.\n", "", "CHANGELOG.md says nothing about 0.2.0"),
        ("CHANGELOG.md", "2026-11-30", "2026-11-31", "CHANGELOG.md dates 0.2.0 '2026-11-31': write a day"),
        ("CHANGELOG.md", "2026-11-30", "soon", "CHANGELOG.md dates 0.2.0 'soon': write a day"),
    ],
    ids=str,
)
def test_a_text_of_another_version_is_found(root, file, old, new, expected):
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))
    assert any(fault.startswith(expected) for fault in versions.faults_of_version(root)), (
        versions.faults_of_version(root)
    )


def test_an_unreleased_version_has_no_faults_but_steps_to_do(root):
    write(root / "CHANGELOG.md", FILES["CHANGELOG.md"].replace("2026-11-30", "unreleased"))
    assert versions.faults_of_version(root) == []
    assert versions.steps_before_tag(root) == [
        "CHANGELOG.md: write the day for 'unreleased' into `## 0.2.0 - unreleased`",
        "CITATION.cff: write the same day into `date-released:`",
    ]


def test_the_citation_has_the_day_of_the_changelog(root):
    write(root / "CITATION.cff", FILES["CITATION.cff"].replace("11-30", "11-29"))
    assert versions.steps_before_tag(root) == [
        "CITATION.cff: `date-released: 2026-11-30` as in CHANGELOG.md, where it says 2026-11-29"
    ]


def test_another_tag_is_refused(root):
    expected = ["the tag is v0.2.1 and VERSION says 0.2.0: the tag has to be v0.2.0"]
    assert versions.faults_of_tag(root, "v0.2.1") == expected


def test_the_newest_section_ends_where_the_next_begins(root):
    assert changelog.newest_section(root).text == "- New."
    write(root / "CHANGELOG.md", "# Changelog\n\n## 0.2.0 - unreleased\n\n- The only one.\n")
    assert changelog.newest_section(root).text == "- The only one."


# ---- archives


def test_a_missing_archive_and_one_too_many_are_found(root, dist):
    (dist / WHEEL).rename(dist / WHEEL.replace("0.2.0", "0.1.0"))
    assert archives.faults_of_files(dist, root) == [
        f"{WHEEL} was not built",
        f"{WHEEL.replace('0.2.0', '0.1.0')} is not of this version: empty dist/ and build again",
    ]
    assert archives.faults_of_wheels(dist, root) == []  # said once is enough


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (
            "src/nanograd/engine/py.typed",
            [f"{SDIST} lacks src/nanograd/engine/py.typed", f"{WHEEL} lacks nanograd/engine/py.typed"],
        ),
        ("tests/test_engine.py", [f"{SDIST} lacks tests/test_engine.py"]),
    ],
    ids=str,
)
def test_a_file_that_was_forgotten_is_found(root, tmp_path, file, expected):
    path = root / "packages/nanograd-engine" / file
    path.unlink()
    dist = build(root, tmp_path / "dist")
    write(path, FILES[f"packages/nanograd-engine/{file}"])
    assert [fault for fault in faults(root, dist) if " lacks " in fault] == expected


def test_a_file_that_should_not_be_there_is_found(root, tmp_path):
    path = root / "packages/nanograd-engine/src/nanograd/engine/secret.txt"
    write(path, "a")
    dist = build(root, tmp_path / "dist")
    path.unlink()
    assert faults(root, dist) == [
        f"{SDIST} holds src/nanograd/engine/secret.txt, which should not be there",
        f"{WHEEL} holds nanograd/engine/secret.txt, which should not be there",
    ]


def test_an_archive_of_yesterday_is_found(root, dist):
    write(root / "packages/nanograd-engine/src/nanograd/engine/__init__.py", "x = 2\n")
    assert faults(root, dist) == [
        f"{SDIST} holds another src/nanograd/engine/__init__.py than the checkout",
        f"{WHEEL} holds another nanograd/engine/__init__.py than the checkout",
    ]


def test_caches_are_no_sources(root, dist):
    write(root / "packages/nanograd-engine/src/nanograd/engine/__pycache__/a.cpython-311.pyc", "")
    write(root / "packages/nanograd-engine/tests/.hypothesis/unicode/a", "")
    assert faults(root, dist) == []


def test_what_is_not_reproducible_is_found_with_the_file(root, dist, tmp_path):
    again = build(root, tmp_path / "again", METADATA.replace("Scalar", "Automatic"))
    assert archives.faults_of_differences(dist, again) == [
        f"{WHEEL} was not the same when it was built again: {INFORMATION}/METADATA",
        f"{SDIST} was not the same when it was built again: PKG-INFO",
    ]


def test_times_in_an_archive_are_not_reproducible(root, dist, tmp_path):
    again = build(root, tmp_path / "again")
    with zipfile.ZipFile(dist / WHEEL) as old, zipfile.ZipFile(again / WHEEL, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2026, 11, 30, 0, 0, 0)), old.read(name))
    expected = f"{WHEEL} was not the same when it was built again: order, times or permissions of its files"
    assert archives.faults_of_differences(dist, again) == [expected]


def test_what_was_built_once_is_found(dist, tmp_path):
    (tmp_path / "again").mkdir()
    assert archives.faults_of_differences(dist, tmp_path / "again") == [
        f"{name} was built once only" for name in (WHEEL, SDIST)
    ]


# ---- metadata


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Summary: Scalar automatic differentiation\n", "", "it has no one-line description"),
        ("Keywords: autograd\n", "", "it has no keywords"),
        ("License-Expression: MIT\n", "", "its license is None, not MIT"),
        ("Expression: MIT", "Expression: GPL-3.0-only", "its license is 'GPL-3.0-only', not MIT"),
        ("License-File: LICENSE\n", "", "its license files are None, not LICENSE"),
        ("Read the", "See the", "its description is not its README.md"),
        ("URL: Documentation", "URL: Docs", "it has no address called 'Documentation' in [project.urls]"),
        ("Issues, https:", "Issues, http:", "it has no address called 'Issues' in [project.urls]"),
        (">=3.11", ">=3.12", "it requires Python >=3.12, but its classifiers begin with 3.11"),
        (
            "Typing :: Typed",
            "Topic :: Education",
            "the classifier 'Typing :: Typed' and a py.typed belong together",
        ),
        ("numpy>=2", "nanograd-engine~=0.1.0", "it requires nanograd-engine~=0.1.0: of 0.2.0 it"),
        (
            "numpy>=2",
            "numpy @ https://a.org/a.whl",
            "it requires numpy from https://a.org/a.whl: an index refuses",
        ),
        (">=3.11", "3.11 or newer", "'3.11 or newer' is invalid for 'requires-python'"),
    ],
    ids=str,
)
def test_metadata_that_is_wrong_is_found(root, tmp_path, old, new, expected):
    assert METADATA.count(old) == 1
    dist = build(root, tmp_path / "dist", METADATA.replace(old, new))
    [fault] = metadata.faults_of_metadata(dist, root)
    assert fault.startswith(f"nanograd-engine: {expected}")


def test_classifiers_without_a_python_are_found(root, tmp_path):
    dist = build(root, tmp_path / "dist", re.sub(r"Classifier: Programming.*\n", "", METADATA))
    assert metadata.faults_of_metadata(dist, root) == [
        "nanograd-engine: its classifiers name no version of Python"
    ]


def test_metadata_that_differs_between_the_archives_is_found(root, dist, tmp_path):
    other = build(root, tmp_path / "other", METADATA.replace("Keywords: autograd", "Keywords: gradient"))
    (other / SDIST).replace(dist / SDIST)
    expected = ["nanograd-engine: the metadata of the source distribution and of the wheel differ"]
    assert metadata.faults_of_metadata(dist, root) == expected


@pytest.mark.parametrize(
    ("markdown", "broken"),
    [
        ("[a](https://example.org) [b](#below) `[c](d.md)`", []),
        ("```\n[a](b.md)\n```\n", []),
        ("[a](LICENSE) ![b](output/b.svg 'title')", ["LICENSE", "output/b.svg"]),
        ("[a][b]\n\n[b]: ../docs/b.md\n", ["../docs/b.md"]),
        ('<img src="output/a.svg">', ["output/a.svg"]),
        ("[a](http://example.org)", ["http://example.org"]),
    ],
    ids=str,
)
def test_links_that_break_on_an_index_are_found(markdown, broken):
    assert metadata.links_that_break(markdown) == broken


def test_the_readme_is_searched_for_them(root, tmp_path):
    information = METADATA.replace("https://example.org/docs).", "docs/index.rst).")
    write(root / "packages/nanograd-engine/README.md", information.partition("\n\n")[2])
    dist = build(root, tmp_path / "dist", information)
    assert metadata.faults_of_metadata(dist, root) == [
        "nanograd-engine: its README.md links to 'docs/index.rst': on an index only full addresses work"
    ]


@pytest.mark.parametrize("package", sorted(path.parent.name for path in ROOT.glob("packages/*/README.md")))
def test_no_link_of_our_readmes_breaks(package):
    assert (
        metadata.links_that_break((ROOT / "packages" / package / "README.md").read_text(encoding="utf-8"))
        == []
    )


# ---- licenses


@pytest.mark.parametrize(
    ("name", "license", "allowed"),
    [
        ("a", "MIT", True),
        ("a", "BSD-3-Clause AND MIT", True),
        ("a", "GPL-3.0-only OR MIT", True),
        ("a", "MIT License; BSD License", True),
        ("a", "GPL-3.0-only", False),
        ("a", "MIT AND GPL-3.0-only", False),
        ("a", "UNKNOWN", False),
        ("a", "", False),
        ("graphviz-pure", "EPL-2.0 AND OFL-1.1 AND MIT", True),
        ("graphviz-pure", "GPL-3.0-only", False),
        ("a", "EPL-2.0 AND OFL-1.1 AND MIT", False),
    ],
    ids=str,
)
def test_only_listed_licenses_are_allowed(name, license, allowed):
    assert licenses.Policy.read().allows(name, license) is allowed


def found(name, license):
    """Return a package as pip-licenses writes it."""
    return {"Name": name, "Version": "2.0", "License": license}


def test_a_license_that_nobody_agreed_to_is_found():
    installed = [found("a", "MIT"), found("b", "SSPL-1.0")]
    [fault] = licenses.faults_of_licenses(installed, licenses.Policy.read())
    assert fault.startswith("b 2.0 has the license 'SSPL-1.0': list it in release/licenses.toml")


# ---- the command


@pytest.fixture
def check(root, dist, tmp_path, monkeypatch):
    """Return a function that runs ``python -m release check`` on the small repository."""
    monkeypatch.setattr(command, "ROOT", root)
    again, listed = build(root, tmp_path / "again"), tmp_path / "licenses.json"
    listed.write_text(json.dumps([found("a", "MIT")]))
    return lambda *more: command.main(
        ["check", f"--dist={dist}", f"--again={again}", f"--licenses={listed}", *more]
    )


def test_a_release_without_fault_passes(check, capsys):
    assert check("--tag=v0.2.0") == 0
    assert capsys.readouterr().out == "a 2.0: MIT\n\nNo faults found.\n"


def test_a_rehearsal_passes_and_says_what_is_left_to_do(check, root, capsys):
    write(root / "CHANGELOG.md", FILES["CHANGELOG.md"].replace("2026-11-30", "unreleased"))
    assert check() == 0
    assert (
        "No faults found.\nStill to do before the tag is set:\n- CHANGELOG.md: write the day"
        in capsys.readouterr().out
    )


def test_a_release_with_something_left_to_do_fails(check, root, capsys):
    write(root / "CHANGELOG.md", FILES["CHANGELOG.md"].replace("2026-11-30", "unreleased"))
    assert check("--tag=v0.2.0") == 1
    assert "This cannot be released:\n- CHANGELOG.md: write the day" in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--tag=v0.2.0"]], ids=["rehearsal", "release"])
def test_a_fault_fails(check, dist, more, capsys):
    (dist / SDIST).unlink()
    assert check(*more) == 1
    assert f"This cannot be released:\n- {SDIST} was not built\n" in capsys.readouterr().err


def test_notes_are_the_newest_section(root, monkeypatch, capsys):
    monkeypatch.setattr(command, "ROOT", root)
    assert command.main(["notes"]) == 0
    assert capsys.readouterr().out == "- New.\n"
