"""Names of arrays are Python names, and no two are equal."""

import numpy as np
import pytest
from nanograd.compile import compile_graph
from nanograd.compile._names import identifier
from nanograd.engine import ScalarValue, scope, sum_


@pytest.mark.parametrize(
    ("text", "name"),
    [("layers.0.w", "layers_0_w"), ("", "v"), ("0", "v0"), ("λ x", "x"), ("for", "for_"), ("a__b", "a_b")],
)
def test_identifier(text, name):
    assert identifier(text) == name


def test_a_label_that_is_a_name_of_the_source_is_changed():
    x = [ScalarValue(1.0), ScalarValue(2.0)]
    for label in ("p", "z", "np", "m", "part", "gradient", "i1", "c2", "ones_40"):
        y = x[0].exp() * x[1]
        y.label = label
        z = ScalarValue(3.0)
        program = compile_graph(y.tanh() + z, x, {"z": z})
        assert f"\n    {label} = " not in program.source or label == "gradient"
        assert program.value_and_grad([1.0, 2.0], z=3.0)[1].shape == (2,)


@pytest.mark.parametrize(
    ("name", "written"),
    [("x", "x"), ("p", "p_2"), ("np", "np_2"), ("len", "len_2"), ("i1", "i1_2"), ("ones_40", "ones_40_2")],
)
def test_an_input_that_is_called_like_something_of_the_source_is_renamed_in_it(name, written):
    w, x = [ScalarValue(2.0), ScalarValue(3.0)], ScalarValue(5.0)
    program = compile_graph(w[0] * x + w[1], w, {name: x})
    assert program.source.startswith(f"def value_and_grad(p, {written}):\n")
    assert program.value_and_grad([2.0, 3.0], **{name: 5.0})[1].tolist() == [5.0, 1.0]


def test_an_array_that_is_called_like_an_input_is_renamed():
    w, data = ScalarValue(2.0), ScalarValue(3.0)
    product = w * data
    product.label = "data"
    program = compile_graph(product.exp(), [w], {"data": data})
    assert "    data_2 = p[0] * data\n" in program.source
    assert program.value([2.0], data=0.5) == pytest.approx(np.e)


def test_values_of_different_parts_are_named_for_what_the_parts_have_in_common():
    x = [ScalarValue(float(number)) for number in range(4)]
    results = []
    for number, value in enumerate(x):
        with scope("encoder"), scope(f"blocks.{number}"):
            results.append(value.exp())
    assert "encoder_exp = np.exp(p)" in compile_graph(sum_(results), x).source
