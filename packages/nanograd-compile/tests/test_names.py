"""Names of arrays are Python names, and no two are equal."""

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
    for label in ("p", "x", "np", "m", "part", "gradient", "i1", "c2"):
        y = x[0].exp() * x[1]
        y.label = label
        program = compile_graph(y.tanh() + 1.0, x)
        assert f"\n    {label} = " not in program.source or label == "gradient"
        assert program.value_and_grad([1.0, 2.0])[1].shape == (2,)


def test_values_of_different_parts_are_named_for_what_the_parts_have_in_common():
    x = [ScalarValue(float(number)) for number in range(4)]
    results = []
    for number, value in enumerate(x):
        with scope("encoder"), scope(f"blocks.{number}"):
            results.append(value.exp())
    assert "encoder_exp = np.exp(p)" in compile_graph(sum_(results), x).source
