"""Every layer and activation of nanograd.nn against torch.nn: numbers, gradients, names of the state.

Run with ``-s`` it prints the largest difference of each, relative to the largest number of the tensor.
"""

import itertools
import math
from collections import defaultdict

import pytest
import torch
from nanograd import nn
from nanograd.engine import ScalarValue, grad, no_grad
from nanograd.nn import functional
from torch.nn import functional as torch_functional

AT_MOST = 1e-12
SEEDS = range(4)


@pytest.fixture(scope="module", autouse=True)
def differences():
    worst = defaultdict(float)
    yield worst
    print("\nlargest relative difference from PyTorch", torch.__version__)
    for name, difference in sorted(worst.items()):
        print(f"  {name:30} {difference:.1e}")


@pytest.fixture
def compare(differences, request):
    """Hold nested lists against a tensor and keep the largest difference of the test's subject."""
    subject = request.node.callspec.params.get("name", request.node.name) if _is_table(request) else None

    def compared(ours, tensor, name=subject):
        numbers = [float(getattr(value, "data", value)) for value in flat(ours)]
        expected = tensor.detach().reshape(-1).tolist()
        assert shape_of(ours) == tuple(tensor.shape)
        # PyTorch and we agree on where there is no number.
        assert [math.isnan(number) for number in numbers] == [math.isnan(number) for number in expected]
        pairs = [pair for pair in zip(numbers, expected, strict=True) if not math.isnan(pair[1])]
        scale = max((abs(number) for _, number in pairs), default=0.0) or 1.0
        difference = max((abs(number - other) for number, other in pairs), default=0.0) / scale
        differences[name] = max(differences[name], difference)
        assert difference <= AT_MOST, (name, numbers, expected)

    return compared


def _is_table(request):
    return hasattr(request.node, "callspec")


def flat(nested):
    return [value for item in nested for value in flat(item)] if isinstance(nested, list) else [nested]


def shape_of(nested):
    return (len(nested), *(shape_of(nested[0]) if nested else ())) if isinstance(nested, list) else ()


def values(tensor):
    """Return a tensor as nested lists of ScalarValues."""
    return [values(part) for part in tensor] if tensor.dim() else ScalarValue(tensor.item())


def gradients(nested):
    return [gradients(part) for part in nested] if isinstance(nested, list) else nested.grad


def drawn(*shape, scale=2.0):
    return (torch.randn(*shape, dtype=torch.float64) * scale).requires_grad_()


def names_of(state):
    """Return the names that the numbers of PyTorch's tensors have with us, in order."""
    return [
        ".".join([key, *map(str, index)])
        for key, tensor in state.items()
        for index in itertools.product(*map(range, tensor.shape))
    ]


def as_state_dict(theirs):
    numbers = [number for tensor in theirs.state_dict().values() for number in tensor.reshape(-1).tolist()]
    return dict(zip(names_of(theirs.state_dict()), numbers, strict=True))


def same(ours, theirs):
    """Give our layer the numbers of theirs; the names and their order have to be equal."""
    assert list(ours.state_dict()) == names_of(theirs.state_dict())
    assert ours.load_state_dict(as_state_dict(theirs)) == ([], [])


def compare_parameters(compare, ours, theirs):
    for name, parameter in theirs.named_parameters():
        expected = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        compare(gradients(ours.get_parameter(name)), expected)


def backward(outputs, expected):
    """Send the same random gradients through both."""
    factors = torch.randn_like(expected)
    total = sum(f * value for f, value in zip(factors.reshape(-1).tolist(), flat(outputs), strict=True))
    total.backward()
    (factors * expected).sum().backward()


# ---- activations

ACTIVATIONS = [
    (kind, {})
    for kind in [
        "ReLU",
        "LeakyReLU",
        "PReLU",
        "ELU",
        "SELU",
        "CELU",
        "GELU",
        "SiLU",
        "Mish",
        "Sigmoid",
        "Tanh",
        "Softplus",
        "Softsign",
        "Hardtanh",
        "ReLU6",
        "Identity",
        "Hardsigmoid",
        "Hardswish",
        "LogSigmoid",
        "Tanhshrink",
        "Softshrink",
        "Hardshrink",
    ]
] + [
    ("LeakyReLU", {"negative_slope": 0.3}),
    ("PReLU", {"num_parameters": 3, "init": 0.1}),
    ("ELU", {"alpha": 0.4}),
    ("CELU", {"alpha": 2.5}),
    ("GELU", {"approximate": "tanh"}),
    ("Softplus", {"beta": 2.0, "threshold": 3.0}),
    ("Hardtanh", {"min_val": -2.0, "max_val": 0.5}),
    ("Threshold", {"threshold": 0.5, "value": -7.0}),
    ("Softshrink", {"lambd": 0.0}),
    ("Hardshrink", {"lambd": 1.5}),
    ("Softmax", {"dim": 0}),
    ("Softmax", {"dim": 1}),
    ("Softmax", {"dim": -1}),
    ("LogSoftmax", {"dim": 0}),
    ("LogSoftmax", {"dim": -2}),
    ("LogSoftmax", {"dim": 2}),
    ("GLU", {"dim": 0}),
    ("GLU", {"dim": -1}),
    ("Flatten", {}),
    ("Flatten", {"start_dim": 0, "end_dim": 1}),
    ("Unflatten", {"dim": 1, "unflattened_size": (3, -1)}),
]


@pytest.mark.parametrize(("name", "options"), ACTIVATIONS, ids=lambda given: str(given))
def test_an_activation(name, options, compare):
    for seed in SEEDS:
        torch.manual_seed(seed)
        ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options).double()
        same(ours, theirs)
        # A softmax of numbers far apart is 1 - tiny, and its slope what is left of that.
        x = drawn(2, 3, 4, scale=10.0 ** min(seed, 1 if "oftmax" in name else 3) / 10.0)
        inputs = values(x)
        outputs, expected = ours(inputs), theirs(x)
        compare(outputs, expected)
        backward(outputs, expected)
        # PyTorch keeps the slope 1/6 of hardsigmoid as a float32, which is 3e-8 off.
        if name != "Hardsigmoid":
            compare(gradients(inputs), x.grad)
        compare_parameters(compare, ours, theirs)


KINKS = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0, 6.0, 20.0, 1e-8, -1e-8, 800.0, -800.0, 1e200, -1e200]


@pytest.mark.parametrize(("name", "options"), ACTIVATIONS[:32], ids=lambda given: str(given))
@pytest.mark.parametrize("at", [*KINKS, math.inf, -math.inf, math.nan])
def test_corners_and_extremes(name, options, at):
    if options.get("num_parameters") or (name == "GELU" and options and abs(at) > 1e100):
        pytest.skip("needs channels; or PyTorch's slope is nan there, and ours is 0 or 1")
    if (name, at) == ("Hardswish", -math.inf):
        pytest.skip("PyTorch gives nan, and we the limit 0")
    theirs = getattr(torch.nn, name)(**options).double()
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    theirs(x).backward()
    value = ScalarValue(at)
    output = getattr(nn, name)(**options)(value)
    output.backward()
    close = {"rel": 1e-13, "abs": 1e-300, "nan_ok": True}
    assert output.data == pytest.approx(theirs(x).item(), **close)
    if not math.isnan(at):
        slope = x.grad.item()
        absolute = 1e-7 if name == "Hardsigmoid" else 2e-16  # see above; and 1 - tanh**2 cancels in both
        assert value.grad == pytest.approx(slope, rel=1e-13, abs=absolute, nan_ok=True)


# ---- layers: how to make one, and the shapes of its inputs

LAYERS = [
    ("Linear", (3, 2), {}, [(3,)]),
    ("Linear", (3, 2), {"bias": False}, [(4, 3)]),
    ("Linear", (1, 4), {}, [(2, 3, 1)]),
    ("Bilinear", (3, 2, 4), {}, [(3,), (2,)]),
    ("Bilinear", (1, 2, 1), {"bias": False}, [(2, 3, 1), (2, 3, 2)]),
    ("LayerNorm", (4,), {}, [(3, 4)]),
    ("LayerNorm", ([3, 4],), {"eps": 0.1}, [(2, 3, 4)]),
    ("LayerNorm", (5,), {"bias": False}, [(5,)]),
    ("LayerNorm", (4,), {"elementwise_affine": False}, [(2, 2, 4)]),
    ("RMSNorm", (4,), {}, [(3, 4)]),
    ("RMSNorm", ([3, 4],), {"eps": 0.1}, [(2, 3, 4)]),
    ("RMSNorm", (5,), {"elementwise_affine": False}, [(5,)]),
    ("BatchNorm1d", (3,), {}, [(5, 3)]),
    ("BatchNorm1d", (3,), {"momentum": None, "eps": 0.01}, [(2, 3, 4)]),
    ("BatchNorm1d", (2,), {"affine": False, "momentum": 0.3}, [(4, 2)]),
    ("BatchNorm1d", (2,), {"track_running_stats": False}, [(4, 2)]),
    ("Conv2d", (2, 3, 3), {}, [(2, 2, 5, 4)]),
    ("Conv2d", (1, 2, (2, 3)), {"stride": 2, "padding": 1}, [(1, 4, 5)]),
    ("Conv2d", (2, 4, 3), {"padding": "same", "dilation": 2, "groups": 2}, [(1, 2, 4, 5)]),
    ("Conv2d", (2, 2, 2), {"padding": "valid", "bias": False, "stride": (1, 2)}, [(2, 2, 3, 4)]),
    ("Conv2d", (1, 1, 1), {"padding": 2}, [(1, 2, 2)]),
    ("Conv2d", (1, 2, (4, 2)), {"padding": "same"}, [(1, 1, 4, 3)]),
    ("MaxPool2d", (2,), {}, [(2, 2, 4, 5)]),
    ("MaxPool2d", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}, [(1, 6, 5)]),
    ("MaxPool2d", ((2, 3),), {"stride": (1, 2), "dilation": (2, 1)}, [(1, 1, 5, 6)]),
    ("MaxPool2d", ((3, 2),), {"ceil_mode": True, "padding": (0, 1)}, [(1, 1, 1, 4)]),
    ("AvgPool2d", (3,), {"ceil_mode": True}, [(1, 2, 5)]),
    ("AvgPool2d", (2,), {}, [(2, 2, 4, 5)]),
    ("AvgPool2d", (3,), {"stride": 2, "padding": 1, "ceil_mode": True}, [(1, 6, 5)]),
    ("AvgPool2d", (3, 2, 1), {"count_include_pad": False, "ceil_mode": True}, [(1, 6, 5)]),
    ("AvgPool2d", ((2, 3),), {"divisor_override": 5}, [(1, 4, 4)]),
    ("RNNCell", (3, 2), {}, [(3,)]),
    ("RNNCell", (3, 2), {"nonlinearity": "relu"}, [(4, 3), (4, 2)]),
    ("RNNCell", (2, 3), {"bias": False}, [(2,), (3,)]),
    ("GRUCell", (3, 2), {}, [(3,), (2,)]),
    ("GRUCell", (3, 2), {"bias": False}, [(4, 3)]),
    ("GRUCell", (1, 4), {}, [(2, 1), (2, 4)]),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize(("name", "sizes", "options", "shapes"), LAYERS, ids=lambda given: str(given))
def test_a_layer(name, sizes, options, shapes, compare):
    for seed in SEEDS:
        torch.manual_seed(seed)
        ours = getattr(nn, name)(*sizes, **options)
        theirs = getattr(torch.nn, name)(*sizes, **options).double()
        shuffle_parameters(theirs)
        same(ours, theirs)
        for _ in range(2):  # running statistics move
            tensors = [drawn(*shape) for shape in shapes]
            inputs = [values(tensor) for tensor in tensors]
            ours.zero_grad()
            theirs.zero_grad()
            outputs, expected = ours(*inputs), theirs(*tensors)
            compare(outputs, expected)
            backward(outputs, expected)
            for given, tensor in zip(inputs, tensors, strict=True):
                compare(gradients(given), tensor.grad)
            compare_parameters(compare, ours, theirs)
            for key, buffer in theirs.named_buffers():
                compare(ours.get_buffer(key), buffer)
        if name == "Bilinear":  # needs both of its inputs, and is the same in use
            continue
        ours.eval()
        theirs.eval()
        outputs, expected = ours(inputs[0]), theirs(tensors[0])
        compare(outputs, expected)
        for tensor in tensors:
            tensor.grad = None
        for value in flat(inputs):
            value.grad = None
        backward(outputs, expected)
        compare(gradients(inputs[0]), tensors[0].grad)


def shuffle_parameters(module):
    """Draw all parameters, also those that begin as 0 or 1."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn_like(parameter))


@pytest.mark.parametrize("name", ["LSTMCell"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
@pytest.mark.parametrize("with_state", [True, False])
def test_an_lstm(name, bias, batch, with_state, compare):
    for seed in SEEDS:
        torch.manual_seed(seed)
        ours, theirs = nn.LSTMCell(3, 2, bias), torch.nn.LSTMCell(3, 2, bias).double()
        same(ours, theirs)
        tensors = [drawn(*batch, 3), drawn(*batch, 2), drawn(*batch, 2)]
        x, h, c = map(values, tensors)
        given = ((h, c), (tensors[1], tensors[2])) if with_state else (None, None)
        outputs, expected = ours(x, given[0]), theirs(tensors[0], given[1])
        for output, other in zip(outputs, expected, strict=True):
            compare(output, other)
        backward(list(outputs), torch.stack(expected))
        for part, tensor in zip((x, h, c), tensors if with_state else tensors[:1], strict=False):
            compare(gradients(part), tensor.grad)
        compare_parameters(compare, ours, theirs)


@pytest.mark.parametrize("name", ["Embedding"])
@pytest.mark.parametrize("padding_idx", [None, 1, -1])
def test_an_embedding(name, padding_idx, compare):
    torch.manual_seed(0)
    ours = nn.Embedding(5, 3, padding_idx)
    theirs = torch.nn.Embedding(5, 3, padding_idx).double()
    assert ours.padding_idx == theirs.padding_idx
    same(ours, theirs)
    indices = [[0, 4, 1], [4, 4, 2]]
    outputs, expected = ours(indices), theirs(torch.tensor(indices))
    compare(outputs, expected)
    backward(outputs, expected)
    compare_parameters(compare, ours, theirs)
    assert functional.one_hot(indices, 6) == torch_functional.one_hot(torch.tensor(indices), 6).tolist()


def is_bool(mask):
    return all(isinstance(entry, bool) for entry in flat(mask))


MASKS = [None, "bool", "float", "heads", "padding", "float padding", "both", "mixed", "rows of nothing"]


@pytest.mark.parametrize("name", ["MultiheadAttention"])
@pytest.mark.parametrize(
    "options",
    [{}, {"bias": False}, {"kdim": 3, "vdim": 5}, {"batch_first": True}, {"batch": None}],
    ids=str,
)
@pytest.mark.parametrize("masks", MASKS, ids=str)
@pytest.mark.parametrize("need_weights", [True, False])
def test_multihead_attention(name, options, masks, need_weights, compare):
    torch.manual_seed(len(str(options)))
    options = dict(options)
    batch = options.pop("batch", 2)
    ours, theirs = (
        nn.MultiheadAttention(4, 2, **options),
        torch.nn.MultiheadAttention(4, 2, **options).double(),
    )
    shuffle_parameters(theirs)
    same(ours, theirs)
    dims = [4, options.get("kdim", 4), options.get("vdim", 4)]
    lengths = [3, 2, 2]
    shapes = [
        (length, dim) if batch is None else (batch, length, dim) if ours.batch_first else (length, batch, dim)
        for length, dim in zip(lengths, dims, strict=True)
    ]
    tensors = [drawn(*shape) for shape in shapes]
    given, other = {}, {}
    keys = (2,) if batch is None else (batch, 2)
    if masks in {"bool", "both"}:
        given["attn_mask"] = [[False, True], [True, False], [False, False]]
    if masks in {"float", "mixed"}:
        given["attn_mask"] = [[0.5, -math.inf], [0.0, 1.0], [-2.0, 0.25]]
    if masks == "heads":
        given["attn_mask"] = (torch.rand((batch or 1) * 2, 3, 2) < 0.5).tolist()
        given["attn_mask"] = [[[False, entry[1]] for entry in mask] for mask in given["attn_mask"]]
    if masks in {"padding", "both"}:
        given["key_padding_mask"] = torch.zeros(keys).bool().tolist()
        (given["key_padding_mask"] if batch is None else given["key_padding_mask"][0])[0] = masks == "padding"
    if masks in {"float padding", "mixed"}:
        given["key_padding_mask"] = torch.randn(keys, dtype=torch.float64).tolist()
    if masks == "rows of nothing":
        given["attn_mask"] = [[True, True], [False, False], [True, False]]
    for key, mask in given.items():
        other[key] = torch.tensor(mask, dtype=torch.bool if is_bool(mask) else torch.float64)
    inputs = [values(tensor) for tensor in tensors]
    outputs, weights = ours(*inputs, need_weights=need_weights, **given)
    expected, expected_weights = theirs(*tensors, need_weights=need_weights, **other)
    compare(outputs, expected)
    if need_weights:
        compare(weights, expected_weights)
        each = {"need_weights": True, "average_attn_weights": False}
        with no_grad():
            compare(ours(*inputs, **each, **given)[1], theirs(*tensors, **each, **other)[1])
    else:
        assert weights is None
    if masks != "rows of nothing":
        backward(outputs, expected)
        for part, tensor in zip(inputs, tensors, strict=True):
            compare(gradients(part), tensor.grad)
        compare_parameters(compare, ours, theirs)


@pytest.mark.parametrize("name", ["scaled_dot_product_attention"])
@pytest.mark.parametrize("leading", [(), (2,), (2, 3)], ids=str)
@pytest.mark.parametrize("kind", ["none", "causal", "bool", "float", "repeated", "scale"])
def test_attention_of_functional(name, leading, kind, compare):
    torch.manual_seed(0)
    tensors = [drawn(*leading, 3, 4), drawn(*leading, 5, 4), drawn(*leading, 5, 2)]
    inputs = [values(tensor) for tensor in tensors]
    mask = {
        "bool": torch.rand(3, 5) < 0.6,
        "float": torch.randn(*leading, 3, 5, dtype=torch.float64),
        "repeated": torch.rand(1, 5) < 0.6,
    }.get(kind)
    options = {"is_causal": kind == "causal", "scale": 0.3 if kind == "scale" else None}
    outputs = functional.scaled_dot_product_attention(
        *inputs, None if mask is None else mask.tolist(), **options
    )
    expected = torch_functional.scaled_dot_product_attention(*tensors, mask, **options)
    compare(outputs, expected)
    backward(outputs, expected)
    for part, tensor in zip(inputs, tensors, strict=True):
        compare(gradients(part), tensor.grad)


@pytest.mark.parametrize("name", ["MLP", "MLP, fused"])
def test_a_batch_through_an_mlp(name, compare):
    torch.manual_seed(0)
    ours = nn.MLP(3, [4, 2], activation="gelu", fused="fused" in name)
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.GELU(), torch.nn.Linear(4, 2)).double()
    numbers = as_state_dict(theirs)
    for layer, index in ((0, 0), (1, 2)):
        for row, neuron in enumerate(ours.layers[layer].neurons):
            neuron.b.data = numbers[f"{index}.bias.{row}"]
            for column, weight in enumerate(neuron.w):
                weight.data = numbers[f"{index}.weight.{row}.{column}"]
    x = drawn(2, 5, 3)
    inputs = values(x)
    outputs, expected = ours(inputs), theirs(x)
    compare(outputs, expected)
    backward(outputs, expected)
    compare(gradients(inputs), x.grad)


@pytest.mark.parametrize(
    "name",
    [
        "Softplus",
        "ELU",
        "CELU",
        "LeakyReLU",
        "PReLU",
        "GELU",
        "Hardtanh",
        "ReLU6",
        "Softshrink",
        "Hardshrink",
        "Softmax",
        "Tanh",
        "Bilinear",
        "LayerNorm",
        "RMSNorm",
        "BatchNorm1d",
        "Conv2d",
        "MaxPool2d",
        "RNNCell",
        "GRUCell",
        "LSTMCell",
        "Embedding",
        "Flatten",
        "Unflatten",
    ],
)
def test_a_layer_is_printed_as_in_pytorch(name):
    arguments = {
        "Bilinear": (2, 3, 4),
        "LayerNorm": (4,),
        "RMSNorm": (4,),
        "BatchNorm1d": (3,),
        "Conv2d": (2, 3, 3),
        "MaxPool2d": (2,),
        "Embedding": (5, 3),
        "Unflatten": (1, (2, 2)),
    }.get(name, (3, 2) if name.endswith("Cell") else ())
    assert repr(getattr(nn, name)(*arguments)) == repr(getattr(torch.nn, name)(*arguments))


def test_gains_and_first_numbers_have_pytorch_s_bounds():
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert nn.init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    ours = nn.Conv2d(2, 3, (2, 3))
    theirs = torch.nn.Conv2d(2, 3, (2, 3))
    bound = 1 / math.sqrt(12)
    for weights in (flat(ours.weight), theirs.weight.reshape(-1).tolist()):
        assert all(
            -bound - 1e-7 <= float(getattr(weight, "data", weight)) <= bound + 1e-7 for weight in weights
        )
    for name in ("kaiming_uniform_", "xavier_uniform_"):
        tensor = torch.empty(400, 3, 2, 2, dtype=torch.float64)
        getattr(torch.nn.init, name)(tensor)
        drawn_here = getattr(nn.init, name)(values(torch.zeros(400, 3, 2, 2)))
        most = max(abs(value.data) for value in flat(drawn_here))
        assert most == pytest.approx(tensor.abs().max().item(), rel=0.02)


@pytest.mark.parametrize("name", ["second derivatives"])
@pytest.mark.parametrize(
    ("kind", "sizes", "options", "shapes"),
    LAYERS
    + [
        (kind, (), options, [(2, 3, 4)])
        for kind, options in ACTIVATIONS
        if kind != "Hardsigmoid"  # PyTorch has no second derivative of it
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_second_derivatives(name, kind, sizes, options, shapes, compare):
    """The gradient of a sum over gradients, as a penalty on them needs it."""
    torch.manual_seed(0)
    ours = getattr(nn, kind)(*sizes, **options)
    theirs = getattr(torch.nn, kind)(*sizes, **options).double()
    shuffle_parameters(theirs)
    same(ours, theirs)
    tensors = [drawn(*shape) for shape in shapes]
    inputs = [values(tensor) for tensor in tensors]
    outputs, expected = ours(*inputs), theirs(*tensors)
    factors = torch.randn_like(expected)
    total = sum_of(
        f * value * value for f, value in zip(factors.reshape(-1).tolist(), flat(outputs), strict=True)
    )
    variables, sources = flat(inputs) + ours.parameters(), [*tensors, *theirs.parameters()]
    first = grad(total, variables, create_graph=True, allow_unused=True)
    expected_first = torch.autograd.grad(
        (factors * expected**2).sum(), sources, create_graph=True, allow_unused=True
    )
    first = [ScalarValue(0.0) if slope is None else slope for slope in first]
    expected_first = [
        torch.zeros_like(source) if slope is None else slope
        for slope, source in zip(expected_first, sources, strict=True)
    ]
    penalty = sum_of(slope * slope for slope in first)
    expected_second = torch.autograd.grad(
        sum((slope**2).sum() for slope in expected_first), sources, allow_unused=True
    )
    second = grad(penalty, variables, allow_unused=True)
    compare(
        [0.0 if slope is None else slope for slope in second],
        torch.cat(
            [
                (torch.zeros_like(source) if slope is None else slope).reshape(-1)
                for slope, source in zip(expected_second, sources, strict=True)
            ]
        ),
        name,
    )


def sum_of(numbers):
    return sum(numbers, ScalarValue(0.0))
