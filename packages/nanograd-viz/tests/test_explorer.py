"""The page that save_html writes, as text. What it does in a browser is tested in the folder browser/."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from nanograd.engine import FLOATS, OPS, ArgumentError, ScalarValue, custom_op, topological_order
from nanograd.viz import Explorer, NotAGraphError, explore, save_html
from nanograd.viz._formulas import RESULT, slope_templates


class Page(HTMLParser):
    """The elements of a page with their attributes, and what its scripts and styles hold."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.contents, self.texts = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, text):
        if self.elements[-1:] and self.lasttag in {"script", "style"} and text.strip():
            self.contents.append((*self.elements[-1], text))
        elif text.strip():
            self.texts.append(text.strip())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def data(self):
        (text,) = [text for tag, attributes, text in self.contents if attributes.get("id") == "data"]
        return json.loads(text)

    @property
    def policy(self):
        (meta,) = [meta for meta in self.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
        return dict(part.split(" ", 1) for part in meta["content"].split("; "))


def page_of(root, **options):
    return Page(explore(root, **options).html)


def test_the_page_carries_every_number_and_asks_for_nothing(expression):
    page = page_of(expression)
    graph = page.data["graph"]
    order = topological_order(expression)
    assert graph["data"] == [node.data for node in order]
    assert graph["grad"] == [node.grad for node in order]
    assert list(graph["labels"].values()) == [node.label for node in order]
    for _, attributes in page.elements:
        assert not {"src", "href", "srcset", "action", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in html.unescape(explore(expression).html)
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", explore(expression).html)


def test_the_policy_names_the_hash_of_the_one_script_and_of_the_one_style_sheet(expression):
    page = page_of(expression)
    policy = page.policy
    assert policy["default-src"] == "'none'"
    assert set(policy) == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    by_kind = {
        attributes.get("type", tag): text
        for tag, attributes, text in page.contents
        if attributes.get("id") != "data"
    }
    assert sorted(by_kind) == ["module", "style"]
    for directive, kind in (("script-src", "module"), ("style-src", "style")):
        digest = hashlib.sha256(by_kind[kind].encode()).digest()
        assert policy[directive] == f"'sha256-{base64.b64encode(digest).decode()}'"


def test_the_script_obeys_no_data():
    for path in (files("nanograd.viz") / "explorer").iterdir():
        if path.name.endswith(".js"):
            source = path.read_text(encoding="utf-8")
            for forbidden in (
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
            ):
                assert forbidden not in source
            for forbidden in ("fetch(", "XMLHttpRequest", "import(", "localStorage", "WebSocket", "</script"):
                assert forbidden not in source


def test_every_module_is_in_the_script_once_before_it_is_used(expression):
    (script,) = [
        text for _, attributes, text in page_of(expression).contents if attributes.get("type") == "module"
    ]
    names = re.findall(r"^const from_(\w+) = ", script, re.MULTILINE)
    there = {
        path.name[:-3] for path in (files("nanograd.viz") / "explorer").iterdir() if path.name.endswith(".js")
    }
    assert sorted(names) == sorted(there)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    for name in names:
        first = (
            min(match.start() for match in re.finditer(rf"= from_{name};", script))
            if name != "main"
            else len(script)
        )
        assert script.index(f"const from_{name} = ") < first


HOSTILE = [
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]>",
    "\" onload='x'",
    "\0\x1b\u2028\u202e",
    "\ud83d",
    "🙂 שלום",
    "{{script}}{{data}}",
    "a" * 100_000,
    "",
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_labels_and_titles_stay_data(label, expression):
    x = ScalarValue(2.0, label=label)
    page = page_of(x * x, title=label)
    assert page.data["graph"]["labels"] == {"0": label}
    assert page.data["options"]["title"] == label
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in page_of(expression).elements]
    (data,) = re.findall(r'id="data">(.*?)</script>', explore(x * x, title=label).html)
    assert not set("<>&") & set(data)
    assert data.isascii()


def test_the_title_is_the_label_of_the_result_unless_one_is_given(expression):
    assert page_of(expression).data["options"]["title"] == "out"
    assert page_of(expression * 2).data["options"]["title"] == "nanograd graph"
    assert "<title>a &lt;b&gt;</title>" in explore(expression, title="a <b>").html


def test_options_reach_the_page(expression):
    options = page_of(expression, depth=2, precision=3, theme="dark", max_nodes=77).data["options"]
    assert (options["depth"], options["precision"], options["theme"], options["maxNodes"]) == (
        2,
        3,
        "dark",
        77,
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"title": 5}, r"explore\(title=5\) takes a string"),
        ({"depth": -1}, r"explore\(depth=-1\) takes a number of levels from 0 on, or None"),
        ({"depth": True}, r"explore\(depth=True\)"),
        ({"precision": 18}, r"explore\(precision=18\) takes a number of decimals from 0 to 17"),
        ({"theme": "blue"}, r"explore\(theme='blue'\) takes one of light, dark, or None"),
        ({"max_nodes": 0}, r"explore\(max_nodes=0\) takes a number from 1 to 10,000"),
        ({"max_nodes": 10_001}, "more boxes at once no browser draws smoothly"),
    ],
)
def test_options_out_of_range_are_refused(option, message, expression, tmp_path):
    with pytest.raises(ArgumentError, match=message):
        save_html(expression, tmp_path / "graph.html", **option)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("root", [None, 3.0, "x", [1.0]], ids=["None", "3.0", "x", "list"])
def test_only_values_are_explored(root):
    with pytest.raises(
        NotAGraphError, match=r"explore\(root\) takes a ScalarValue or a list of them and got"
    ):
        explore(root)


def test_an_empty_list_is_refused():
    with pytest.raises(ArgumentError, match=r"explore\(root\) got an empty list: give it at least one"):
        explore([])


def test_several_results_are_one_page():
    x = ScalarValue(2.0)
    assert page_of([x * 2, x * 3, x]).data["graph"]["roots"] == [2, 4, 0]


def test_a_page_is_saved_whole_with_its_folders(expression, tmp_path):
    path = save_html(expression, tmp_path / "some" / "where" / "graph.HTML")
    assert path.read_text(encoding="utf-8") == explore(expression).html
    assert [each.name for each in path.parent.iterdir()] == ["graph.HTML"]
    assert explore(expression).save(str(tmp_path / "page.htm")).exists()


def test_a_wrong_ending_and_a_folder_in_the_way_are_errors_and_leave_nothing(expression, tmp_path):
    with pytest.raises(
        ArgumentError, match=r"writes a web page: use a name that ends in \.html\. For a picture"
    ):
        save_html(expression, tmp_path / "graph.png")
    assert not list(tmp_path.iterdir())
    (tmp_path / "graph.html").mkdir()
    with pytest.raises(OSError, match=r"."):
        save_html(expression, tmp_path / "graph.html")
    assert [each.name for each in tmp_path.iterdir()] == ["graph.html"]


def test_notebooks_get_a_frame_that_may_do_nothing_but_run_its_script(expression):
    explorer = explore(expression, title='a "b" <c>')
    page = Page(explorer._repr_html_())
    ((tag, attributes),) = page.elements
    assert tag == "iframe"
    assert attributes["sandbox"] == "allow-scripts"
    assert attributes["srcdoc"] == explorer.html
    assert isinstance(explorer, Explorer)
    assert repr(explorer) == "<Explorer: 8 values>"


def test_the_same_graph_gives_the_same_page(minibatch):
    assert explore(minibatch).html == explore(minibatch).html


def test_constants_decide_between_the_cases_of_a_formula():
    x = ScalarValue(3.0, label="x")
    y = x**2 * 4 + x**x
    data = page_of(y).data
    order = topological_order(y)
    assert data["formulas"]["**"]["2"][0][0] == "0 if "
    [(number, formulas)] = data["formulas_of_values"].items()
    assert formulas[0] == ["2 · ", 0]
    assert order[int(number)].children[1].data == 2


def test_a_large_graph_takes_little_room_for_each_value():
    x = ScalarValue(0.5, label="x")
    for _ in range(10_000):
        x = x * 1.0001 + 0.25
    x.backward()
    size = len(explore(x).html) - len(explore(ScalarValue(1.0)).html)
    assert size < 90 * len(topological_order(x))


# ---- formulas


def written(operation, count):
    names = [*"xyzuvw", *(f"x{number}" for number in range(7, 100))]
    return [
        None
        if template is None
        else "".join(
            part if isinstance(part, str) else "o" if part == RESULT else names[part] for part in template
        )
        for template in slope_templates(operation, count)
    ]


@pytest.mark.parametrize(
    ("symbol", "count", "expected"),
    [
        ("+", 2, ["1", "1"]),
        ("-", 2, ["1", "−1"]),
        ("*", 2, ["y", "x"]),
        ("/", 2, ["1 / y", "−o / y"]),
        ("**", 2, ["0 if y = 0 else y · x^(y − 1)", "0 if x = 0 and y ≥ 0 else o · log(x)"]),
        ("tanh", 1, ["1 − o · o"]),
        ("relu", 1, ["0 if x ≤ 0 else 1"]),
        ("sigmoid", 1, ["o · sigmoid(−x)"]),
        (
            "atan2",
            2,
            [
                "0 if hypot(x, y) = 0 else y / hypot(x, y) / hypot(x, y)",
                "−(0 if hypot(x, y) = 0 else x / hypot(x, y) / hypot(x, y))",
            ],
        ),
        ("dot", 4, ["z", "u", "x", "y"]),
        ("prod", 3, ["z · y", "x · z", "x · y"]),
        ("sum", 3, ["1", "1", "1"]),
        ("logsumexp", 2, ["exp(x − o)", "exp(y − o)"]),
        ("sum", 65, [None] * 65),
    ],
)
def test_the_table_writes_its_derivatives_down(symbol, count, expected):
    assert written(OPS[symbol], count) == expected


@pytest.mark.parametrize("operation", list(OPS.values()), ids=list(OPS))
def test_every_row_has_a_formula_for_every_operand(operation):
    count = operation.arity or 4
    formulas = written(operation, count)
    if operation.symbol != "gelu_tanh":  # longer than anyone reads
        assert all(formulas)


def test_formulas_say_what_the_table_computes():
    """Read back as Python, each formula gives the slope."""
    numbers = (0.3, 0.7, 0.9, 0.4)
    functions = {name: getattr(FLOATS, name) for name in dir(FLOATS) if not name.startswith("_")}
    for operation in list(OPS.values()):
        point = [1.5] if operation.symbol == "acosh" else list(numbers[: operation.arity or 4])
        result = operation.evaluate(*point)
        slopes = operation.partials_at(result, *point)
        for text, slope in zip(written(operation, len(point)), slopes, strict=True):
            if text is None:
                continue
            python = (
                text.replace("−", "-")
                .replace("·", "*")
                .replace("^", "**")
                .replace("≤", "<=")
                .replace("≥", ">=")
            )
            python = (
                re.sub(r"(?<![<>])=", "==", python)
                .replace("<==", "<=")
                .replace(">==", ">=")
                .replace("π", "pi")
            )
            names = dict(zip("xyzu", point, strict=False), o=result)
            assert eval(python, functions, names) == pytest.approx(slope, rel=1e-12), (operation, text)


def test_a_rule_that_only_knows_plain_numbers_has_no_formula():
    custom_op("plain only", lambda m, x: math.sin(x), [lambda m, o, x: math.cos(x)])
    branching = custom_op("branching", lambda m, x: x, [lambda m, o, x: 1 if x > 0 else 0])
    assert written(OPS["plain only"], 1) == [None]
    assert written(OPS["branching"], 1) == [None]
    page = page_of(branching(ScalarValue(1.0)))
    assert page.data["formulas"] == {"branching": {"1": [None]}}
    del OPS["plain only"], OPS["branching"]
