from __future__ import annotations

import copy
import json
import math
import os
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    GraphError,
    NanogradError,
    ScalarValue,
    clamp,
    custom_op,
    detect_anomaly,
    dot,
    exp,
    scope,
    sum_,
    topological_order,
    why_nonfinite,
)
from nanograd.viz import GraphFileError, NotAGraphError, draw_graph, load_graph_json, save_graph_json


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph.json"


def round_trip(root, path):
    save_graph_json(root, path)
    return load_graph_json(path)


def facts(root):
    """All that there is to say about a graph."""
    order = topological_order(root)
    index = {node: number for number, node in enumerate(order)}
    return [
        (
            repr(node.data),
            type(node.data),
            repr(node.grad),
            node.has_grad,
            node.label,
            None if node.op is None else node.op.symbol,
            node.requires_grad,
            [index[child] for child in node.children],
            [repr(slope) for slope in node.local_derivatives],
            None if node.scope is None else [(part.name, part.kind) for part in node.scope.ancestry],
        )
        for node in order
    ]


def test_a_loaded_graph_is_the_saved_one_and_draws_the_same(expression, minibatch, path):
    for root in (expression, minibatch):
        loaded = round_trip(root, path)
        assert facts(loaded) == facts(root)
        for depth in (None, 1, 2):
            assert draw_graph(loaded, depth=depth).dot == draw_graph(root, depth=depth).dot


def test_a_loaded_graph_differentiates_and_computes_on(expression, path):
    loaded = round_trip(expression, path)
    (b,) = [node for node in topological_order(loaded) if node.label == "b"]
    loaded.backward()
    assert b.grad == 66.0
    more = loaded * 2
    assert more.data == 104.0


def test_scopes_that_were_one_stay_one_and_uses_stay_two(minibatch, path):
    loaded = round_trip(minibatch, path)
    scopes = {node.scope for node in topological_order(loaded)} - {None}
    assert len(scopes) == len({node.scope for node in topological_order(minibatch)} - {None})
    assert len({inner.parent for inner in scopes} - {None}) == 3


def test_several_results_come_back_as_a_list(path):
    x = ScalarValue(2.0, label="x")
    loaded = round_trip([x * 2, x * 3], path)
    assert [value.data for value in loaded] == [4.0, 6.0]
    assert loaded[0].children[0] is loaded[1].children[0]


@pytest.mark.parametrize(
    "number",
    [2, 2.0, -0.0, 0.1, 5e-324, 1.7e308, math.inf, -math.inf, 2**53 + 1, -(10**5000), Fraction(-1, 3)],
    ids=["2", "2.0", "-0.0", "0.1", "5e-324", "1.7e308", "inf", "-inf", "2**53+1", "-10**5000", "-1/3"],
)
def test_numbers_come_back_exactly(number, path):
    value = ScalarValue(number)
    value.grad = number
    loaded = round_trip(value, path)
    assert type(loaded.data) is type(number)
    assert loaded.data == number
    assert not isinstance(number, float) or math.copysign(1, loaded.data) == math.copysign(1, number)
    assert loaded.grad == number


def test_nan_comes_back(path):
    assert math.isnan(round_trip(ScalarValue(math.nan), path).data)


@given(st.floats() | st.integers() | st.fractions(), st.text())
def test_any_number_and_any_label_come_back(tmp_path_factory, number, label):
    path = tmp_path_factory.getbasetemp() / "any.json"
    loaded = round_trip(ScalarValue(number, label=label), path)
    assert repr(loaded.data) == repr(number)
    assert loaded.label == label


def test_half_a_surrogate_pair_in_a_label_comes_back(path):
    assert round_trip(ScalarValue(1.0, label="\ud83d"), path).label == "\ud83d"


def test_operations_of_every_arity_come_back(path):
    x, y, z = (ScalarValue(number, label=label) for number, label in ((0.5, "x"), (-1.0, "y"), (2.0, "z")))
    root = sum_([exp(x), clamp(z, x, 3.0), dot([x, y], [y, 2.0]), sum_([x]), -z])
    root.backward()
    assert facts(round_trip(root, path)) == facts(root)


def test_constants_and_graphs_without_gradients_come_back(path):
    root = sum_([ScalarValue(1.0, requires_grad=False), ScalarValue(2.0, requires_grad=False)])
    loaded = round_trip(root, path)
    assert facts(loaded) == facts(root)
    with pytest.raises(GraphError):
        loaded.backward()


def test_numbers_that_were_changed_after_the_forward_pass_are_saved_as_they_are(path):
    x = ScalarValue(3.0, label="x")
    y = x * x
    x.data = 100.0
    loaded = round_trip(y, path)
    assert (loaded.data, loaded.children[0].data, loaded.local_derivatives) == (9.0, 100.0, (3.0, 3.0))


def test_recorded_gradients_are_saved_as_their_numbers(path):
    x = ScalarValue(3.0)
    (x * x).backward(create_graph=True)
    assert isinstance(x.grad, ScalarValue)
    assert round_trip(x, path).grad == 6.0
    x.grad = None


def test_source_lines_come_back(path):
    with detect_anomaly():
        y = ScalarValue(2.0) * 3
    loaded = round_trip(y, path)
    loaded.data = math.inf
    assert "test_graph_json.py:" in str(why_nonfinite(loaded))


def test_a_deep_graph_comes_back(path):
    x = ScalarValue(0.0, label="x")
    for _ in range(20_000):
        x = x + 1.0
    loaded = round_trip(x, path)
    assert loaded.data == 20_000.0
    loaded.backward()


def test_an_operation_of_ones_own_comes_back_as_itself_where_it_is_defined(path):
    cube = custom_op("cube in a file", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    y = cube(ScalarValue(2.0, label="x"))
    assert round_trip(y, path).op is y.op
    del OPS["cube in a file"]


def test_an_operation_that_is_not_defined_draws_and_differentiates_and_says_why_it_does_no_more(path):
    gone = custom_op("gone from here", lambda m, x: x * x, [lambda m, o, x: 2 * x])
    y = gone(ScalarValue(2.0, label="x"))
    save_graph_json(y, path)
    del OPS["gone from here"]
    loaded = load_graph_json(path)
    assert "gone from here" in draw_graph(loaded).dot
    loaded.backward()
    assert loaded.children[0].grad == 4.0
    with pytest.raises(
        GraphError, match=r"'gone from here' comes from a file .* Define it with custom_op\(\)"
    ):
        loaded.op.evaluate(2.0)


def test_the_same_graph_gives_the_same_bytes(expression, tmp_path):
    one, other = (
        save_graph_json(expression, tmp_path / "a.json"),
        save_graph_json(expression, tmp_path / "b.json"),
    )
    assert one.read_bytes() == other.read_bytes()


def test_the_file_is_strict_json_of_one_line(minibatch, path):
    minibatch.grad = math.nan
    save_graph_json(minibatch, path)

    def refuse(name):
        raise AssertionError(name)

    json.loads(path.read_text(encoding="ascii"), parse_constant=refuse)


def test_folders_are_made_and_the_path_is_returned(expression, tmp_path):
    path = tmp_path / "some" / "where" / "GRAPH.JSON"
    assert save_graph_json(expression, path) == path
    assert save_graph_json(expression, str(path)) == path
    assert [each.name for each in path.parent.iterdir()] == ["GRAPH.JSON"]


# ---- what is refused


def test_another_ending_is_refused(expression, tmp_path):
    with pytest.raises(ArgumentError, match=r"writes JSON: use a name that ends in \.json"):
        save_graph_json(expression, tmp_path / "graph.svg")


@pytest.mark.parametrize("root", [None, 2.0, "x", [ScalarValue(1.0), 2.0]], ids=["None", "2.0", "x", "list"])
def test_only_values_are_saved(root, path):
    with pytest.raises(
        NotAGraphError, match=r"save_graph_json\(root\) takes a ScalarValue or a list of them"
    ):
        save_graph_json(root, path)
    assert not path.exists()


def test_an_empty_list_is_refused(path):
    with pytest.raises(ArgumentError, match=r"save_graph_json\(root\) got an empty list"):
        save_graph_json([], path)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may write everywhere")
def test_a_folder_that_cannot_be_written_to_keeps_what_it_had(expression, path):
    save_graph_json(expression, path)
    before = path.read_bytes()
    path.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            save_graph_json(expression * 2, path)
    finally:
        path.parent.chmod(0o700)
    assert path.read_bytes() == before


def test_a_folder_in_the_way_is_an_error_and_no_half_file_stays(expression, path):
    path.mkdir()
    with pytest.raises(OSError, match=r"."):
        save_graph_json(expression, path)
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_file_is_the_systems_error(path):
    with pytest.raises(FileNotFoundError):
        load_graph_json(path)


def test_a_file_that_was_cut_off_anywhere_is_refused(expression, path):
    save_graph_json(expression, path)
    content = path.read_bytes()
    for length in range(0, len(content), 17):
        path.write_bytes(content[:length])
        with pytest.raises(GraphFileError, match=r"is not a whole JSON file: .* Save the graph again"):
            load_graph_json(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, "nested too deeply|is not a whole JSON file"),
        (b"\xff\xfe\x00", "is not a whole JSON file"),
        (b'{"format": NaN}', "NaN is no number of JSON"),
        (b"1" * 5000, "is not a whole JSON file|it has no"),
        (b"[]", 'it has no "format"'),
        (b'{"format": "something else"}', 'it has no "format"'),
        (
            b'{"format": "nanograd graph", "version": 2}',
            "has version 2 .* reads version 1. Update nanograd-viz",
        ),
        (b'{"format": "nanograd graph", "version": 1}', '"data" is not a list of numbers'),
    ],
    ids=["deep", "binary", "nan", "long", "list", "other", "newer", "empty"],
)
def test_other_files_are_refused(content, reason, path):
    path.write_bytes(content)
    with pytest.raises(GraphFileError, match=reason) as caught:
        load_graph_json(path)
    assert isinstance(caught.value, NanogradError)
    assert isinstance(caught.value, ValueError)
    assert len(str(caught.value)) < 1000


EDITS = {
    "no roots": (["roots"], [], '"roots" is empty'),
    "a root that is not there": (["roots", 0], 99, "roots is 99 and should be from 0 to 7"),
    "a root that is no number": (["roots", 0], "x", "roots is 'x'"),
    "a true root": (["roots", 0], True, "roots is True"),
    "data missing": (["data"], None, '"data" is not a list'),
    "a datum that is text": (["data", 2], "<script>", "'data' of value 2 is no number: '<script>'"),
    "a datum that is true": (["data", 2], True, "'data' of value 2 is no number"),
    "a datum without a denominator": (["data", 2], "0x1/0x0", "'data' of value 2 is no number"),
    "a datum that is null": (["data", 2], None, "'data' of value 2 is no number"),
    "fewer gradients": (["grad"], [1.0], "'grad' has 1 entries for 8 values"),
    "a flag of 2": (["requires_grad", 0], 2, '"requires_grad" of value 0 is neither 0 nor 1'),
    "a flag that does not follow": (["requires_grad", 2], 0, '"requires_grad" of value 2 does not follow'),
    "a label that is a number": (["labels", "0"], 5, "'labels' has an entry '0' that is no text"),
    "a label of nothing": (["labels", "8"], "z", "'labels' has an entry '8'"),
    "a label of a name": (["labels", "-1"], "z", "'labels' has an entry '-1'"),
    "labels in a list": (["labels"], [], '"labels" is missing or not what it should be'),
    "an operand from later": (["operands", 2, 0], 5, "operands of value 2 is 5 and should be from 0 to 1"),
    "an operand that is itself": (["operands", 2, 0], 2, "operands of value 2 is 2"),
    "an operand more": (["operands", 2], [0, 1, 1], "no lists of as many operands as slopes"),
    "operands of a leaf": (["operands", 1], [0], "value 1 has no lists of as many operands as slopes"),
    "no operands": (["operands", 2], "ab", "value 2 has no lists"),
    "a missing slope": (["slopes", 2, 0], None, "value 2 has not one slope for each operand"),
    "a slope that is text": (["slopes", 2, 0], "steep", "slopes of value 2 is no number: 'steep'"),
    "an operation without a name": (["operations", 0, 0], "", "operation 0 is not a name with a number"),
    "an operation of other arity": (["operations", 0, 1], 3, r"operation '\*' takes 2 arguments here and 3"),
    "an operation in pieces": (["operations", 0], "*", "operation 0 is not a list of 2"),
    "an operation that is not there": (["operation", 2], 7, "'operation' of value 2 is 7"),
    "a leaf of two operands": (["operation", 2], -1, "value 2 is a leaf with 2 operands"),
    "an operation without operands": (["operation", 0], 0, r"value 0 is an operation '\*' with 0 operands"),
    "a scope that is not there": (["scope", 2], 0, "'scope' of value 2 is 0 and should be from -1 to -1"),
    "a scope inside itself": (["scopes"], [["a", "b", 0]], "parent of scope 0 is 0"),
    "a scope without a name": (["scopes"], [[1, "b", -1]], "scope 0 has no name and kind"),
    "a source that is a number": (["sources"], {"0": 5}, "'sources' has an entry '0'"),
}


@pytest.mark.parametrize(("place", "entry", "reason"), EDITS.values(), ids=EDITS)
def test_a_file_that_was_changed_is_refused_with_the_place(place, entry, reason, expression, path):
    save_graph_json(expression, path)
    record = json.loads(path.read_text(encoding="utf-8"))
    at = record
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = entry
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(GraphFileError, match=reason):
        load_graph_json(path)


@given(st.data())
def test_no_change_of_a_file_makes_anything_but_a_graph_or_a_clear_error(tmp_path_factory, data):
    x = ScalarValue(2.0, label="x")
    with scope("part"):
        y = exp(x) * x
    y.backward()
    path = tmp_path_factory.getbasetemp() / "changed.json"
    save_graph_json(y, path)
    record = json.loads(path.read_text(encoding="utf-8"))
    odd = st.sampled_from([None, True, -1, 0, 1, 99, 1e308, "", "0x1", "nan", [], [0], [[]], {}, {"0": "x"}])
    name = data.draw(st.sampled_from(sorted(record)))
    changed = copy.deepcopy(record)
    if isinstance(changed[name], list) and changed[name] and data.draw(st.booleans()):
        changed[name][data.draw(st.integers(0, len(changed[name]) - 1))] = data.draw(odd)
    else:
        changed[name] = data.draw(odd)
    path.write_text(json.dumps(changed), encoding="utf-8")
    try:
        root = load_graph_json(path)
    except GraphFileError:
        return
    draw_graph(root)
