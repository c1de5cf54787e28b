"""A watcher is shown every recorded value."""

from nanograd.engine import ScalarValue, enable_grad, maximum, no_grad, scope, sum_, watch


def test_every_way_to_record_a_value_is_shown():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    seen = []
    with watch(seen.append):
        results = [x + y, x - y, x * y, x / y, -x, 1 + x, x.exp(), maximum(1.0, x), sum_([1.0, x, y])]
    assert list(map(id, seen)) == list(map(id, results))


def test_scopes_and_no_grad_inside_keep_the_watcher():
    x = ScalarValue(2.0)
    seen = []
    with watch(seen.append):
        with scope("layer"):
            inside = x * x
        with no_grad():
            x * x
            with enable_grad():
                again = x * 3
    x * x
    assert list(map(id, seen)) == [id(inside), id(again)]


def test_gradients_are_not_checked_for_a_watcher():
    with watch(lambda node: None):
        root = ScalarValue(0.0).sqrt()
        root.backward()
    assert root.has_grad
