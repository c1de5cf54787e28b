from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from nanograd.engine import ArgumentError, ScalarValue, no_grad, scope
from nanograd.viz import NotAModelError, TooLargeError, draw_model

SVG = "{http://www.w3.org/2000/svg}"


def titles(drawing):
    groups = ET.fromstring(drawing.svg()).iter(f"{SVG}g")
    return {group.get("id"): group.findtext(f"{SVG}title") for group in groups}


def test_the_tree_names_every_part_with_its_kind_and_size(chain):
    drawing = draw_model(chain)
    assert repr(drawing) == "<Drawing: 3 parts, 13 parameters>"
    found = titles(drawing)
    assert found["m0"] == "Chain\n13 parameters"
    assert found["m1"] == "0\nDense(2, 3)\n9 parameters"
    assert found["m2"] == "1\nDense(3, 1)\n4 parameters"
    assert {"m0_m1", "m0_m2"} <= set(found)


def test_parts_in_a_row_that_are_alike_are_one(make_part):
    parts = [(f"neurons.{n}", make_part(parameters=[ScalarValue(0.0), ScalarValue(1.0)])) for n in range(16)]
    drawing = draw_model(make_part(parts))
    assert repr(drawing) == "<Drawing: 17 parts, 32 parameters>"
    assert titles(drawing)["m1"] == "neurons.0-15\nPart\u00a0×\u00a016\n2 parameters each"


def test_parts_of_other_sizes_or_out_of_order_stay_apart(make_part):
    one, other = make_part(parameters=[ScalarValue(0.0)]), make_part(parameters=[])
    again = make_part(parameters=[ScalarValue(0.0)])
    found = titles(draw_model(make_part([("a.0", one), ("a.1", other), ("a.3", again)])))
    assert [found[f"m{n}"].splitlines()[0] for n in (1, 2, 3)] == ["a.0", "a.1", "a.3"]


def test_a_part_that_two_hold_is_one_box_with_two_edges(make_part):
    shared = make_part(parameters=[ScalarValue(0.0)])
    whole = make_part([("a", make_part([("x", shared)])), ("b", make_part([("y", shared)]))])
    found = titles(draw_model(whole))
    assert found["m2"] == "x, y\nPart\n1 parameter"
    assert {"m1_m2", "m3_m2"} <= set(found)


def test_a_part_that_holds_itself_ends(make_part):
    part = make_part()
    part._parts.append(("me", part))
    assert repr(draw_model(part)) == "<Drawing: 1 part, 0 parameters>"


def test_a_deep_model_needs_no_recursion(make_part):
    part = make_part()
    for _ in range(1_600):
        part = make_part([("inner", part)])
    assert "1 part inside" in draw_model(part, depth=1).dot
    with pytest.raises(TooLargeError, match=r"the model has 1,550 parts at this depth.*with depth=1549"):
        draw_model(part, depth=1_550)


def test_depth_cuts_the_tree_and_says_what_is_inside(chain):
    found = titles(draw_model(chain, depth=1))
    assert found["m0"] == "Chain\n13 parameters\n2 parts inside"
    assert "m1" not in found


def test_a_large_model_is_cut_by_itself_and_says_so(make_part):
    inner = [(f"x{n}", make_part(parameters=[ScalarValue(0.0)] * (n % 7))) for n in range(60)]
    drawing = draw_model(make_part([("block", make_part(inner))]))
    assert "2 of 3 levels of parts, more with depth=3" in drawing.dot
    assert repr(draw_model(make_part([("block", make_part(inner))]), depth=3)).startswith(
        "<Drawing: 62 parts"
    )


def test_frozen_parameters_are_told(make_part):
    parameters = [ScalarValue(0.0), ScalarValue(0.0, requires_grad=False)]
    assert titles(draw_model(make_part(parameters=parameters)))["m0"] == "Part\n2 parameters, 1 frozen"
    assert titles(draw_model(make_part(parameters=parameters[1:])))["m0"] == "Part\n1 parameter, frozen"


def test_the_flow_of_a_call_goes_from_part_to_part(chain):
    found = titles(draw_model(chain, [1.0, -1.0]))
    stations = [found[f"m{n}"] for n in range(4)]
    assert sorted(stations) == [
        "0\nDense(2, 3)\n9 parameters",
        "1\nDense(3, 1)\n4 parameters",
        "input\n2 numbers",
        "output\n1 number",
    ]
    place = {text.splitlines()[0]: f"m{number}" for number, text in enumerate(stations)}
    assert found[f"{place['input']}_{place['0']}"] == "2 numbers"
    assert found[f"{place['0']}_{place['1']}"] == "3 numbers"
    assert found[f"{place['1']}_{place['output']}"] == "1 number"


def test_a_model_at_depth_1_is_one_box(chain):
    found = titles(draw_model(chain, [1.0, -1.0], depth=1))
    assert "Chain\n13 parameters" in found.values()
    assert len([name for name in found if re.fullmatch(r"m\d+", name or "")]) == 3


def test_two_uses_of_a_part_are_two_boxes_that_share_its_parameters(make_chain, make_dense):
    dense = make_dense(2, 2)
    found = titles(draw_model(make_chain(dense, dense, names=["same", "same"]), [1.0, 2.0]))
    assert "same\nDense(2, 2)\nuse 1 of 2" in found.values()
    assert "same\nDense(2, 2)\nuse 2 of 2" in found.values()
    assert "parameters\n6 parameters\nof same" in found.values()


def test_a_part_that_is_used_for_every_row_is_one_part(make_part, make_dense):
    dense = make_dense(2, 2)

    def rows(xs):
        with scope("", kind="Rows"):
            results = []
            for x in xs:
                with scope("inner", kind="Dense"):
                    results.append(dense(x))
            return results

    model = make_part([("inner", dense)], call=rows)
    found = titles(draw_model(model, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert "inner\nDense(2, 2)\n6 parameters\n3 uses" in found.values()


def test_operations_between_the_parts_are_seen(make_part, make_dense):
    dense = make_dense(2, 2)

    def residual(x):
        with scope("", kind="Residual"):
            with scope("inner", kind="Dense"):
                y = dense(x)
            return [a + b for a, b in zip(x, y, strict=True)]

    model = make_part([("inner", dense)], call=residual)
    found = titles(draw_model(model, [1.0, 2.0]))
    assert "+\n× 2" in found.values()


def test_several_inputs_have_names_and_dicts_and_tuples_come_out(make_part):
    model = make_part(call=lambda a, b: {"sum": (a[0] + b, [b * 2])})
    found = titles(draw_model(model, [1.0], 2.0))
    assert {"input 0\n1 number", "input 1\n1 number", "output\n2 numbers"} <= set(found.values())


def test_the_model_is_used_and_left_as_it_was(make_chain, make_dense):
    modes = []

    class Noted(make_dense):
        def __call__(self, x):
            modes.append(self.training)
            return super().__call__(x)

    part = Noted(2, 1)
    model = make_chain(part)
    with no_grad(), scope("elsewhere"):
        found = titles(draw_model(model, [1.0, 2.0]))
    assert modes == [False]
    assert part.training is True
    assert model.training is True
    assert "0\nNoted(2, 1)\n3 parameters" in found.values()
    assert not any(parameter.has_grad for parameter in model.parameters())


def test_an_error_in_the_call_leaves_the_mode_as_it_was(make_part):
    def fail(x):
        raise ZeroDivisionError

    model = make_part(call=fail)
    with pytest.raises(ZeroDivisionError):
        draw_model(model, 1.0)
    assert model.training is True


def test_a_long_way_goes_from_top_to_bottom(make_chain, make_dense):
    assert "rankdir=LR" in draw_model(make_chain(make_dense(1, 1)), [1.0]).dot
    many = make_chain(*(make_dense(1, 1) for _ in range(6)))
    assert "rankdir=TB" in draw_model(many, [1.0]).dot
    assert "rankdir=RL" in draw_model(many, [1.0], rankdir="RL").dot


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_are_data(make_part, theme):
    odd = '<b>"{|}\\N\0</b>\u202e]]>' + "a" * 100_000
    model = make_part([(odd, make_part(extra=odd))])
    svg = draw_model(model, theme=theme).svg()
    assert "<b>" not in svg
    assert len(svg) < 400_000
    ET.fromstring(svg)
    model = make_part(call=lambda x: x * 2.0, extra=odd)
    ET.fromstring(draw_model(model, 1.0, theme=theme).svg())


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (None, "got NoneType: None. Give it a module"),
        (lambda x: x, "named_children.*got function"),
        (ScalarValue, "got type.*Give it an object of it"),
    ],
)
def test_what_is_no_model_is_refused(given, text):
    with pytest.raises(NotAModelError, match=rf"draw_model\(model\) takes a model.*{text}"):
        draw_model(given)


@pytest.mark.parametrize(
    "option",
    [{"depth": 0}, {"depth": True}, {"theme": "blue"}, {"theme": []}, {"rankdir": "XY"}, {"rankdir": []}],
)
def test_options_are_checked(chain, option):
    (name,) = option
    with pytest.raises(ArgumentError, match=rf"draw_model\({name}="):
        draw_model(chain, **option)


def test_a_call_that_computes_nothing_is_refused(make_part):
    with pytest.raises(ArgumentError, match=r"called Part and got nothing that was computed"):
        draw_model(make_part(call=lambda x: 3.0), 1.0)


def test_endless_samples_are_refused(make_part):
    sample = []
    sample.append(sample)
    with pytest.raises(ArgumentError, match="more than 32 nested lists"):
        draw_model(make_part(call=lambda x: x), sample)
