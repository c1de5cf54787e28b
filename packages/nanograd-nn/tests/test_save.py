"""Saved files hold every bit, are whole at any moment, and a damaged one changes nothing."""

import json
import math
import os
import random
import re
import signal
import struct
import subprocess
import sys
import threading
import time
import warnings
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.nn import (
    MLP,
    BatchNorm1d,
    Conv2d,
    Embedding,
    GRUCell,
    LayerNorm,
    Linear,
    NotSavableError,
    SavedFileError,
    Sequential,
    StateDictError,
    load,
    load_model,
    save,
    save_model,
)
from nanograd.nn import _atomic_file as atomic_file
from nanograd.nn import _extras as extras
from nanograd.nn._atomic_file import write_atomically
from nanograd.nn._grouped_names import grouped
from nanograd.nn._json_file import from_json, to_json
from nanograd.nn._safetensors_file import from_safetensors, to_safetensors

FORMATS = [(to_json, from_json), (to_safetensors, from_safetensors)]
ENDINGS = [".json", ".safetensors"]
IDS = ["json", "safetensors"]


def same(first, second):
    """Return whether two objects are equal in types, order of keys, and every bit of their floats."""
    if type(first) is not type(second):
        return False
    if isinstance(first, float):
        return struct.pack("d", first) == struct.pack("d", second)
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second


numbers = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.fractions(),
    st.sampled_from([math.inf, -math.inf, math.nan, -math.nan, -0.0, 5e-324, 10**700, -(2**63), 2**63]),
)
keys = st.one_of(
    st.text(max_size=4), st.integers(), st.sampled_from(["w.0", "w.1", "b.0.0", "w", "$int", ".", ""])
)
plain_objects = st.recursive(
    st.one_of(numbers, st.none(), st.booleans(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(keys, inner, max_size=5),
        st.lists(st.floats(), max_size=5),
    ),
    max_leaves=12,
)


# ---- nothing is lost


@pytest.mark.parametrize(("write", "read"), FORMATS, ids=IDS)
@settings(max_examples=80, deadline=None)
@given(given=plain_objects)
def test_what_is_read_is_what_was_written(write, read, given):
    assert same(read(write(given)), given)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_model_computes_the_same_after_loading(tmp_path, ending):
    first, second = MLP(3, [4, 2], activation="tanh"), MLP(3, [4, 2], activation="tanh")
    save_model(first, tmp_path / f"model{ending}")
    assert load_model(second, tmp_path / f"model{ending}") == ([], [])
    assert same(second.state_dict(), first.state_dict())
    assert same(load(tmp_path / f"model{ending}"), first.state_dict())


@pytest.mark.parametrize("ending", ENDINGS)
def test_buffers_and_layers_of_every_kind_are_kept(tmp_path, ending):
    def made():
        return Sequential(
            Linear(3, 4), BatchNorm1d(4), LayerNorm(4), GRUCell(4, 2), Embedding(3, 2), Conv2d(1, 2, 2)
        )

    first, second = made(), made()
    first[1](first[0]([[1.0, 2.0, 3.0], [3.0, -2.0, 1.0]]))  # which changes the running mean
    save_model(first, tmp_path / f"model{ending}")
    load_model(second, tmp_path / f"model{ending}")
    assert same(second.state_dict(), first.state_dict())
    assert second.state_dict()["1.num_batches_tracked"] == 1


@pytest.mark.parametrize("payload", ["7ff8000000000001", "fff8000000000000", "7ff8dead0000beef"])
@pytest.mark.parametrize(("write", "read"), FORMATS, ids=IDS)
def test_every_bit_of_nan_is_kept(write, read, payload):
    (number,) = struct.unpack(">d", bytes.fromhex(payload))
    found = read(write({"a": number, "b": [[number, 1.0]]}))
    assert same(found, {"a": number, "b": [[number, 1.0]]})


@pytest.mark.parametrize("key", ["__metadata__", "\ud800", "", "ö.0", "$array", "data"])
@pytest.mark.parametrize(("write", "read"), FORMATS, ids=IDS)
def test_every_key_is_kept(write, read, key):
    assert same(read(write({key: 1.0})), {key: 1.0})
    assert same(read(write({"a": {key: 1.0}, "b": [1.0]})), {"a": {key: 1.0}, "b": [1.0]})


def test_names_that_would_be_one_are_kept_apart():
    given = {"a": {"b.c": 1.0}, "a.b": {"c": 2.0}}
    assert same(from_safetensors(to_safetensors(given)), given)


@pytest.mark.parametrize(("write", "read"), FORMATS, ids=IDS)
def test_ints_of_any_size_are_kept(write, read):
    large = 10**5000
    assert read(write([large, {"a": -large}, Fraction(1, large)])) == [
        large,
        {"a": -large},
        Fraction(1, large),
    ]


def test_numpy_scalars_become_plain_numbers():
    numpy = pytest.importorskip("numpy")
    found = from_json(to_json([numpy.float64(0.1), numpy.int32(3), numpy.float32(0.5)]))
    assert same(found, [0.1, 3, 0.5])


# ---- what the files look like


def test_a_json_file_has_a_line_for_each_entry(tmp_path):
    save({"weight.0": 0.5, "bias": -math.inf, "step": 3}, tmp_path / "state.json")
    text = (tmp_path / "state.json").read_text(encoding="ascii")
    assert text.splitlines()[:7] == [
        "{",
        ' "format": "nanograd",',
        ' "version": 1,',
        ' "data": {',
        '  "weight.0": 0.5,',
        '  "bias": {"$float": "-inf"},',
        '  "step": 3',
    ]
    assert json.loads(text)["data"]["weight.0"] == 0.5


def test_a_safetensors_file_has_the_arrays_that_pytorch_users_know(tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    model = Sequential(Linear(2, 3), Linear(3, 1, bias=False))
    save_model(model, tmp_path / "model.safetensors")
    arrays = library.load_file(tmp_path / "model.safetensors")
    assert {name: (array.shape, str(array.dtype)) for name, array in arrays.items()} == {
        "0.weight": ((3, 2), "float64"),
        "0.bias": ((3,), "float64"),
        "1.weight": ((1, 3), "float64"),
    }
    assert arrays["0.weight"][2, 1] == model.state_dict()["0.weight.2.1"]


def test_the_numbers_of_another_library_are_loaded_by_name(tmp_path):
    library, numpy = pytest.importorskip("safetensors.numpy"), pytest.importorskip("numpy")
    weight = numpy.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dtype=numpy.float32)
    library.save_file({"weight": weight, "bias": numpy.zeros(3)}, tmp_path / "torch.safetensors")
    model = Linear(2, 3)
    load_model(model, tmp_path / "torch.safetensors")
    assert model.state_dict()["weight.2.1"] == 6.0
    assert model.state_dict()["bias.1"] == 0.0
    library.save_file({"flag": numpy.array([True])}, tmp_path / "other.safetensors")
    with pytest.raises(SavedFileError, match="'flag' is an array of bool: only real numbers can be loaded"):
        load(tmp_path / "other.safetensors")


def test_nested_lists_under_a_name_are_the_numbers_of_an_array(tmp_path):
    save({"weight": [[1.0, 2.0]], "bias": [3.0]}, tmp_path / "model.json")
    model = Linear(2, 1)
    load_model(model, tmp_path / "model.json")
    assert list(model.state_dict().values()) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("names", "arrays"),
    [
        (["w.0", "w.1"], [("w", (2,))]),
        (["w.0.0", "w.1.0"], [("w", (2, 1))]),
        (["w.1", "w.0"], [("w.1", ()), ("w.0", ())]),
        (["w.0", "w.2"], [("w.0", ()), ("w.2", ())]),
        (["w.00"], [("w.00", ())]),
        (["w", "w.0"], [("w", ()), ("w.0", ())]),
        (["w.0", "b", "w.1"], [("w", (1,)), ("b", ()), ("w.1", ())]),
        (["0", "1"], [("0", ()), ("1", ())]),
        (["w.0", "w.9999999999"], [("w.0", ()), ("w.9999999999", ())]),
        ([], []),
    ],
    ids=str,
)
def test_names_make_an_array_if_none_is_missing(names, arrays):
    assert [(name, shape) for name, shape, _ in grouped(names)] == arrays


# ---- what cannot be saved


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"w": ScalarValue(1.0)}, r"data\['w'\] is a ScalarValue\. Save its \.data; of a model save model"),
        ([Linear(1, 1)], r"data\[0\] is a Linear\. Save its state_dict\(\)\."),
        ({"a": {1}}, r"data\['a'\] is a set\. Save it as a list\."),
        ({"a": {"b": b""}}, r"data\['a'\]\['b'\] is a bytes"),
        ({"a": {frozenset(): 1}}, r"data\['a'\] has a frozenset as a key"),
        (1j, "data is a complex"),
    ],
    ids=["value", "module", "set", "bytes", "key", "complex"],
)
@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_not_plain_is_refused_and_leaves_no_file(tmp_path, ending, given, words):
    with pytest.raises(NotSavableError, match=words):
        save(given, tmp_path / f"file{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("write", "read"), FORMATS, ids=IDS)
def test_a_list_that_holds_itself_is_refused(write, read):
    endless = []
    endless.append(endless)
    with pytest.raises(ArgumentError, match="is nested more than 100 times; does it hold itself"):
        write({"a": endless})


@pytest.mark.parametrize("name", ["model", "model.pt", "model.json.gz", "model.npz"])
def test_other_endings_are_refused(tmp_path, name):
    for use in (lambda path: save({}, path), load, lambda path: load_model(Linear(1, 1), path)):
        with pytest.raises(ArgumentError, match=r"the name ends in \.json or \.safetensors"):
            use(tmp_path / name)


# ---- damaged files


def refused(path, content):
    """Return the message with which a file of this content is refused; the model has to stay as it was."""
    path.write_bytes(content)
    model = Linear(2, 1)
    before = model.state_dict()
    with pytest.raises((SavedFileError, StateDictError, NumberTypeError)) as error:
        load_model(model, path)
    assert same(model.state_dict(), before)
    return str(error.value)


@pytest.fixture
def written(tmp_path):
    save({"weight.0.0": 1.5, "weight.0.1": 2.5, "bias.0": 3.5}, tmp_path / "model.json")
    return (tmp_path / "model.json").read_text()


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path, ending):
    path = tmp_path / f"model{ending}"
    save_model(Linear(2, 1), path)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 2, 7):
        message = refused(path, whole[:length])
        assert "is empty" in message or "is cut off or damaged" in message


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_of_which_one_bit_is_changed_is_refused_or_the_same(tmp_path, ending):
    path = tmp_path / f"model{ending}"
    model = Linear(2, 1)
    save_model(model, path)
    whole, chance = path.read_bytes(), random.Random(0)
    for _ in range(150):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        other = Linear(2, 1)
        before = other.state_dict()
        try:
            load_model(other, path)
        except (SavedFileError, StateDictError, NumberTypeError):
            assert same(other.state_dict(), before)
        else:  # a changed space, or the foreign file that a damaged name of the metadata makes of it
            assert same(other.state_dict(), model.state_dict())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2.5", "2.25", r"'weight\.0\.1' was changed after the file was written\. If that is meant, remove"),
        ('  "bias.0": 3.5\n', '  "bias.0": 3.5,\n  "more": 1\n', "'more' was added after"),
        (',\n  "bias.0": 3.5', "", r"'bias\.0' was removed after"),
        ('"bias.0": 3.5', '"weight.0.1": 3.5', r"the key 'weight\.0\.1' occurs twice"),
        ("3.5", "oops", r"damaged in line 7, '  \"bias\.0\": oops'"),
        ("3.5", '{"$float": "x"}', r"data\['bias\.0'\] cannot be read: .*neither inf, -inf, nan"),
        ("3.5", '{"$new": 1}', r"data\['bias\.0'\] cannot be read: .* is no value that save writes"),
        (
            "3.5",
            '{"$int": "0x1", "b": 1}',
            r"data\['bias\.0'\] cannot be read: .* is no value that save writes",
        ),
        ("3.5", '{"$fraction": [1, 0]}', r"data\['bias\.0'\] cannot be read: .*Fraction\(1, 0\)"),
        ("3.5", '{"$fraction": ["1e999999999"]}', r"data\['bias\.0'\] cannot be read: "),
        ("3.5", '{"$fraction": [0.5, 1]}', r"data\['bias\.0'\] cannot be read: .*a fraction is two ints"),
        ("3.5", "NaN", r"data\['bias\.0'\] is nan, which is written \{\"\$float\": \"nan\"\}"),
        ("3.5", "-Infinity", r"data\['bias\.0'\] is -inf, which is written"),
        ("3.5", "1e999", r"data\['bias\.0'\] is inf, which is written"),
        (
            "3.5",
            '{"$dict": [[{"$tuple": [[1]]}, 2]]}',
            r"\['bias\.0'\] cannot be read: \(\[1\],\) is not a key",
        ),
        ("3.5", '{"$dict": [[1, 2], [1, 3]]}', r"data\['bias\.0'\] cannot be read: the key 1 occurs twice"),
        ("3.5", '{"$dict": [1]}', r"data\['bias\.0'\] cannot be read: 1 is not a key with its value"),
        ("3.5", '{"$dict": [[[1], 1]]}', r"data\['bias\.0'\] cannot be read: \[1\] is not a key"),
        ("3.5", "[" * 200 + "]" * 200, "is nested more than 100 times"),
        ("3.5", "[" * 100_000, "it is damaged: maximum recursion"),
        (
            '"version": 1',
            '"version": 2',
            "has the version 2 of the format, and this nanograd-nn reads version 1",
        ),
        ('"format": "nanograd"', '"format": "other"', "nanograd.nn.save did not write it"),
        ('"crc32": {', '"crc32": 1, "x": {', '"crc32" holds a checksum for each key and not 1'),
    ],
)
def test_an_edited_file_is_refused_with_the_key(tmp_path, written, old, new, words):
    assert old in written
    if "recursion" in words and sys.version_info >= (3, 12):
        words = "it is damaged: |is cut off or damaged"  # a newer parser may come to the end of it
    assert re.search(words, refused(tmp_path / "model.json", written.replace(old, new, 1).encode()))


def test_tags_that_are_nested_too_deeply_are_refused(tmp_path):
    data = '{"$tuple": ' * 5000 + "[]" + "}" * 5000
    content = f'{{"format": "nanograd", "version": 1, "data": {data}}}'
    words = "it is damaged: maximum recursion|its data is nested too deeply"  # as far as the parser gets
    assert re.search(words, refused(tmp_path / "model.json", content.encode()))


def test_two_numbers_of_one_name_are_refused(tmp_path):
    content = (
        '{"format": "nanograd", "version": 1, "data": {"weight": [[1, 2]], "weight.0.1": 3, "bias.0": 4}}'
    )
    message = refused(tmp_path / "model.json", content.encode())
    assert "model.json cannot be loaded: there are two numbers with the name 'weight.0.1'" in message


def test_names_of_thousands_of_digits_are_only_names():
    assert grouped(["w.0", "w." + "9" * 5000])[1][:2] == ("w." + "9" * 5000, ())


def test_a_file_that_is_edited_on_purpose_is_loaded(tmp_path, written):
    edited = json.loads(written)
    edited["data"]["bias.0"] = 7.0
    del edited["crc32"]
    (tmp_path / "model.json").write_text(json.dumps(edited))
    model = Linear(2, 1)
    load_model(model, tmp_path / "model.json")
    assert model.state_dict()["bias.0"] == 7.0


def test_wrong_kinds_of_content_are_refused(tmp_path):
    path = tmp_path / "model.json"
    assert "it holds a list: nanograd.nn.save did not write it" in refused(path, b"[1, 2]")
    assert "it is damaged: 'utf-8' codec" in refused(path, b"\xff\xfe")
    save([1.0], path)
    assert "holds a list and not the state dict of a model" in refused(path, path.read_bytes())
    save({"weight.0.0": 1.0, "weight.0.1": "x", "bias.0": 1.0}, path)
    assert "load_state_dict: 'weight.0.1' takes a real number and got str" in refused(path, path.read_bytes())
    save(Linear(3, 1).state_dict(), path)
    message = refused(path, path.read_bytes())
    assert "size mismatch for weight: it has the shape (1, 3) in the file, " in message
    assert "and the shape in current model is (1, 2)." in message
    save(MLP(2, [1]).state_dict(), path)
    assert 'Missing key(s) in state_dict: "weight.0.0", "weight.0.1", "bias.0".' in refused(
        path, path.read_bytes()
    )


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    save(list(range(1000)), tmp_path / "large.json")
    with pytest.raises(SavedFileError, match=r"large\.json cannot be loaded: it has more than 1,000 bytes"):
        load(tmp_path / "large.json", max_bytes=1000)
    assert load(tmp_path / "large.json", max_bytes=10_000) == list(range(1000))
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.json")


def test_a_header_that_promises_too_much_is_refused(tmp_path):
    pytest.importorskip("safetensors")
    header = b'{"w":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}}'
    content = struct.pack("<Q", len(header)) + header + b"\0" * 8
    assert "is cut off or damaged" in refused(tmp_path / "model.safetensors", content)
    header = b'{"w":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}'
    content = struct.pack("<Q", len(header)) + header + b"\0" * 2
    assert "numbers of the type 'BF16': convert them" in refused(tmp_path / "model.safetensors", content)


def safetensors_file(data=b"\0" * 8, *, inside=None, **entries):
    """Return a file with a header of our own; ``inside`` is what it says the data is."""
    header = {"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, len(data)]}} | entries
    if inside is not None:
        header["__metadata__"] = {"nanograd": f'{{"format": "nanograd", "version": 1, "data": {inside}}}'}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (safetensors_file(inside='{"$array": "v"}'), "there is no array 'v'"),
        (safetensors_file(inside='{"$array": ["w"]}'), "unhashable type: 'list'"),
        (safetensors_file(inside='[{"$array": "w"}, {"$array": "w"}]'), "the array 'w' occurs twice"),
        (safetensors_file(inside='{"$arrays": [[5], ""]}'), "there is no array 5"),
        (safetensors_file(inside='{"$arrays": 5}'), "cannot be read"),
        (safetensors_file(inside='{"x": NaN}'), r"data\['x'\] is nan, which is written"),
        (safetensors_file(inside='1, "data": 2'), "its metadata is damaged: the key 'data' occurs twice"),
        (safetensors_file(inside="[" * 100_000), "its metadata is damaged"),
        (safetensors_file(__metadata__={"nanograd": "5"}), "its metadata is damaged: it is not a dict"),
        (
            safetensors_file(w={"dtype": "F64", "shape": [1] * 65, "data_offsets": [0, 8]}),
            "it has an array that cannot be made: maximum supported dimension",
        ),
        (
            safetensors_file(b"", w={"dtype": "F64", "shape": [2**63, 0], "data_offsets": [0, 0]}),
            "it has an array that cannot be made: Maximum allowed dimension",
        ),
        (
            safetensors_file(b"\0" * 16, w={"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}).replace(
                b'{"w": {', b'{"w.0": {"dtype": "F64", "shape": [], "data_offsets": [8, 16]}, "w": {'
            ),
            "there are two numbers with the name 'w.0'",
        ),
    ],
)
def test_a_hostile_array_file_is_refused(tmp_path, content, words):
    pytest.importorskip("safetensors")
    size = struct.pack("<Q", content.rindex(b"}") - 7)  # where the header ends
    assert re.search(words, refused(tmp_path / "model.safetensors", size + content[8:]))


def test_arrays_of_no_numbers_take_no_memory(tmp_path):
    pytest.importorskip("safetensors")
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors_file(b"", w={"dtype": "F64", "shape": [10**12, 0], "data_offsets": [0, 0]}))
    assert load(path) == {}
    path.write_bytes(safetensors_file(__metadata__=None))
    assert load(path) == {"w.0": 0.0}


def test_a_checkpoint_gives_its_model(tmp_path):
    model, other = Linear(2, 1), Linear(2, 1)
    save({"epoch": 3, "model": model.state_dict()}, tmp_path / "checkpoint.json")
    load_model(other, tmp_path / "checkpoint.json")
    assert same(other.state_dict(), model.state_dict())


def test_names_that_only_one_has_are_told_when_not_strict(tmp_path):
    save({"bias.0": 2.0, "more": 1.0}, tmp_path / "model.json")
    model = Linear(1, 1)
    keys = load_model(model, tmp_path / "model.json", strict=False)
    assert keys == (["weight.0.0"], ["more"])
    assert model.state_dict()["bias.0"] == 2.0


@pytest.mark.parametrize("module", ["safetensors.numpy", "numpy"])
def test_a_missing_package_is_named_with_its_extra(tmp_path, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(extras.MissingExtraError, match=r'pip install "nanograd-nn\[safetensors\]"') as error:
        save({"a": 1.0}, tmp_path / "a.safetensors")
    assert isinstance(error.value, ImportError)
    assert list(tmp_path.iterdir()) == []


# ---- whole at any moment


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    save(1, path)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(2, path)
    assert load(path) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_folders_are_made_and_links_are_followed(tmp_path):
    save(1, tmp_path / "new" / "folder" / "a.json")
    assert load(tmp_path / "new" / "folder" / "a.json") == 1
    if os.name == "posix":
        (tmp_path / "link.json").symlink_to(tmp_path / "new" / "folder" / "a.json")
        save(2, tmp_path / "link.json")
        assert (tmp_path / "link.json").is_symlink()
        assert load(tmp_path / "new" / "folder" / "a.json") == 2


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_the_permissions_of_a_file_stay(tmp_path):
    save(1, tmp_path / "a.json")
    (tmp_path / "a.json").chmod(0o640)
    save(2, tmp_path / "a.json")
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o640


def test_several_threads_may_save_at_once(tmp_path):
    path = tmp_path / "a.json"
    threads = [threading.Thread(target=save, args=([number] * 500, path)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = load(path)
    assert len(found) == 500
    assert len(set(found)) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_processes_of_one_number_on_two_machines_do_not_share_a_file(tmp_path, monkeypatch):
    names = []

    def note(descriptor):
        names.extend(path.name for path in tmp_path.iterdir() if path.suffix == ".tmp")

    monkeypatch.setattr(os, "fsync", note)
    for machine in ("one", "two"):
        monkeypatch.setattr("platform.node", lambda machine=machine: machine)
        save(1, tmp_path / "a.json")
    assert len(set(names)) == 2


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be forked and killed so fast on Windows")
def test_leftovers_of_dead_processes_are_removed_and_those_of_living_ones_stay(tmp_path):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    here = atomic_file._machine()
    left = tmp_path / f".a.json.{here}.{int(dead.stdout)}.tmp"
    others = [
        tmp_path / f".a.json.{here}.{os.getppid()}.tmp",
        tmp_path / f".a.json.{here}.note.tmp",
        tmp_path / f".b.json.{here}.{int(dead.stdout)}.tmp",
        tmp_path / f".a.json.00000000.{int(dead.stdout)}.tmp",  # of another machine, where it may live
    ]
    for file in (left, *others):
        file.write_text("half")
    save(1, tmp_path / "a.json")
    assert not left.exists()
    assert all(file.exists() for file in others)


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be forked and killed so fast on Windows")
def test_a_process_that_is_killed_200_times_leaves_a_whole_file(tmp_path):
    """A child saves without end and is killed at any moment: there is always one of its two versions."""
    path = tmp_path / "model.json"
    versions = [{f"weight.{index}": float(number) for index in range(200)} for number in (1, 2)]
    contents = [to_json(version) for version in versions]
    save(versions[0], path)
    began = time.perf_counter()
    for _ in range(10):
        write_atomically(path, contents[0])
    writing = min((time.perf_counter() - began) / 10, 0.005)  # 200 times have an end on a slow disk, too
    chance, leftovers, seen = random.Random(0), [], set()
    for _ in range(200):
        there = contents.index(path.read_bytes())
        with warnings.catch_warnings():  # of threads that the parent may have: the child does not meet them
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            try:
                while True:
                    for content in (contents[1 - there], contents[there]):
                        write_atomically(path, content)
            finally:
                os._exit(0)
        time.sleep(0.001 + 4.0 * writing * chance.random())
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(contents.index(path.read_bytes()))
        leftovers.append(len(list(tmp_path.iterdir())) - 1)
    assert seen == {0, 1}
    assert max(leftovers) == 1  # killed in the middle of a write, and never more than the last one's
    assert load(path) in versions
    save(versions[0], path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.json"]
