"""W7: a GPT in scalars, as in A. Karpathy's microgpt: one layer, 16 channels, 4 heads, 4,192 parameters.

One name of seven letters, that is eight tokens, loss and gradient. Tokens are given as one-hot vectors, so
that the program serves every name of this length.
"""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from nanograd import engine
from nanograd.engine import ScalarValue

from workloads.programs import Program, program_of, tape_of
from workloads.reading import Step, as_it_is, of_tensors, of_values

TITLE = "scalar GPT, 4,192 parameters, one name of 8 tokens"
TOKENS, CHANNELS, BLOCK, HEADS = 27, 16, 16, 4
WIDTH = CHANNELS // HEADS
SHAPES = {
    "token": (TOKENS, CHANNELS),
    "position": (BLOCK, CHANNELS),
    "head": (TOKENS, CHANNELS),
    "query": (CHANNELS, CHANNELS),
    "key": (CHANNELS, CHANNELS),
    "value": (CHANNELS, CHANNELS),
    "output": (CHANNELS, CHANNELS),
    "up": (4 * CHANNELS, CHANNELS),
    "down": (CHANNELS, 4 * CHANNELS),
}
NAME = [0, 5, 13, 13, 1, 12, 9, 14, 0]  # a dot, a name, a dot
LENGTH = len(NAME) - 1
COUNT = sum(rows * columns for rows, columns in SHAPES.values())
START = np.random.default_rng(1).normal(0.0, 0.08, COUNT)
GIVEN, WANTED = np.eye(TOKENS)[NAME[:-1]], np.eye(TOKENS)[NAME[1:]]


def gpt(parameters: list[Any], given: Any, wanted: Any, exp: Any, log: Any, relu: Any) -> Any:
    """Return the mean cross-entropy of each next token, in scalars."""
    parts, at = {}, 0
    for name, (rows, columns) in SHAPES.items():
        parts[name] = [parameters[at + row * columns : at + (row + 1) * columns] for row in range(rows)]
        at += rows * columns

    def linear(x: list[Any], weights: list[list[Any]]) -> list[Any]:
        return [sum(w * v for w, v in zip(row, x, strict=True)) for row in weights]

    def softmax(x: list[Any]) -> list[Any]:
        exponentials = [exp(number) for number in x]
        total = sum(exponentials)
        return [exponential / total for exponential in exponentials]

    def normalized(x: list[Any]) -> list[Any]:
        scale = (sum(number * number for number in x) * (1.0 / len(x)) + 1e-5) ** -0.5
        return [number * scale for number in x]

    keys, values, losses = [], [], []
    for position, (now, following) in enumerate(zip(given, wanted, strict=True)):
        columns = zip(*parts["token"], strict=True)
        embedded = [sum(hot * w for hot, w in zip(now, column, strict=True)) for column in columns]
        x = normalized([e + p for e, p in zip(embedded, parts["position"][position], strict=True)])
        before, x = x, normalized(x)
        query = linear(x, parts["query"])
        keys.append(linear(x, parts["key"]))
        values.append(linear(x, parts["value"]))
        attended = []
        for head in range(HEADS):
            mine = slice(head * WIDTH, (head + 1) * WIDTH)
            scores = [
                sum(q * k for q, k in zip(query[mine], key[mine], strict=True)) * WIDTH**-0.5 for key in keys
            ]
            weights = softmax(scores)
            attended += [
                sum(w * value[channel] for w, value in zip(weights, values, strict=True))
                for channel in range(mine.start, mine.stop)
            ]
        x = [a + b for a, b in zip(linear(attended, parts["output"]), before, strict=True)]
        hidden = [relu(number) for number in linear(normalized(x), parts["up"])]
        x = [a + b for a, b in zip(linear(hidden, parts["down"]), x, strict=True)]
        probabilities = softmax(linear(x, parts["head"]))
        losses.append(-sum(hot * log(p) for hot, p in zip(following, probabilities, strict=True)))
    return sum(losses) * (1.0 / len(losses))


def _graph(
    first: np.ndarray = GIVEN, following: np.ndarray = WANTED
) -> tuple[ScalarValue, list[ScalarValue], dict[str, Any]]:
    parameters = [ScalarValue(number) for number in START]
    given = [[ScalarValue(number) for number in row] for row in first]
    wanted = [[ScalarValue(number) for number in row] for row in following]
    root = gpt(parameters, given, wanted, engine.exp, engine.log, engine.relu)
    return root, parameters, {"given": given, "wanted": wanted}


def nanograd() -> Step:
    program = program_of(*_graph())
    return lambda: program(START, given=GIVEN, wanted=WANTED), as_it_is


def nanograd_tape() -> Step:
    tape = tape_of(*_graph())
    inputs = np.concatenate([GIVEN.ravel(), WANTED.ravel()])
    return lambda: tape.value_and_grad(START, inputs), as_it_is


def _scalars(number: Any, exp: Any, log: Any, relu: Any) -> Step:
    def call() -> Any:
        parameters = [number(start) for start in START]
        root = gpt(parameters, GIVEN.tolist(), WANTED.tolist(), exp, log, relu)
        root.backward()
        return root, parameters

    return call, lambda result: of_values(result[1])(result[0])


def nanograd_eager() -> Step:
    return _scalars(ScalarValue, engine.exp, engine.log, engine.relu)


def micrograd() -> Step:
    from micrograd.engine import Value

    from workloads import micrograd_functions as functions

    return _scalars(Value, functions.exp, functions.log, functions.relu)


def _matrices() -> Iterator[np.ndarray]:
    at = 0
    for rows, columns in SHAPES.values():
        yield START[at : at + rows * columns].reshape(rows, columns).copy()
        at += rows * columns


def _of_arrays(m: Any, parts: Any, given: Any, wanted: Any, mask: Any) -> Any:
    """Return the loss, in the arrays of PyTorch or JAX."""
    token, position, head, query, key, value, output, up, down = parts

    def normalized(x: Any) -> Any:
        return x * ((x * x).mean(-1, keepdims=True) + 1e-5) ** -0.5

    def heads(x: Any) -> Any:
        return m.swapaxes(x.reshape(LENGTH, HEADS, WIDTH), 0, 1)

    def softmax(x: Any) -> Any:
        exponentials = m.exp(x)
        return exponentials / exponentials.sum(-1, keepdims=True)

    before = normalized(given @ token + position[:LENGTH])
    x = normalized(before)
    scores = heads(x @ query.T) @ m.swapaxes(heads(x @ key.T), 1, 2) * WIDTH**-0.5
    attended = softmax(scores + mask) @ heads(x @ value.T)
    x = m.swapaxes(attended, 0, 1).reshape(LENGTH, CHANNELS) @ output.T + before
    hidden = normalized(x) @ up.T
    x = m.maximum(hidden, hidden * 0) @ down.T + x
    return -(wanted * m.log(softmax(x @ head.T))).sum() / LENGTH


MASK = np.triu(np.full((LENGTH, LENGTH), -np.inf), 1)


def torch() -> Step:
    import torch

    parts = [torch.tensor(part, requires_grad=True) for part in _matrices()]
    given = torch.tensor(GIVEN), torch.tensor(WANTED), torch.tensor(MASK)

    def call() -> Any:
        for part in parts:
            part.grad = None
        root = _of_arrays(torch, parts, *given)
        root.backward()
        return root.detach()

    return call, of_tensors(parts)


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    run = jax.jit(jax.value_and_grad(lambda *given: _of_arrays(jnp, *given)))
    given = [jnp.array(part) for part in _matrices()], jnp.array(GIVEN), jnp.array(WANTED), jnp.array(MASK)
    return lambda: jax.block_until_ready(run(*given)), as_it_is


def numpy() -> Step:
    token, position, head, query, key, value, output, up, down = _matrices()
    inputs = np.array(NAME[:-1])
    rows, targets = np.arange(LENGTH), np.array(NAME[1:])
    merged = np.concatenate([query * WIDTH**-0.5, key, value])

    def scale_of(x: np.ndarray) -> np.ndarray:
        return 1.0 / np.sqrt(np.einsum("ij,ij->i", x, x) / CHANNELS + 1e-5)[:, None]

    def by_normalized(slope: np.ndarray, x: np.ndarray, scale: np.ndarray) -> np.ndarray:
        return scale * (slope - x * (np.einsum("ij,ij->i", slope, x)[:, None] * scale * scale / CHANNELS))

    def call() -> Any:
        embedded = token[inputs] + position[:LENGTH]
        first = scale_of(embedded)
        before = embedded * first
        second = scale_of(before)
        x = before * second
        q, k, v = (x @ merged.T).reshape(LENGTH, 3, HEADS, WIDTH).transpose(1, 2, 0, 3)
        weights = np.exp(q @ k.transpose(0, 2, 1) + MASK)
        weights /= weights.sum(-1, keepdims=True)
        attended = (weights @ v).transpose(1, 0, 2).reshape(LENGTH, CHANNELS)
        middle = attended @ output.T + before
        third = scale_of(middle)
        normal = middle * third
        hidden = np.maximum(normal @ up.T, 0.0)
        last = hidden @ down.T + middle
        logits = last @ head.T
        by_logits = np.exp(logits)
        sums = by_logits.sum(1)
        loss = (np.log(sums) - logits[rows, targets]).mean()
        by_logits /= sums[:, None]
        by_logits[rows, targets] -= 1.0
        by_logits /= LENGTH
        by_last = by_logits @ head
        by_hidden = (by_last @ down) * (hidden > 0.0)
        by_middle = by_last + by_normalized(by_hidden @ up, middle, third)
        by_attended = (by_middle @ output).reshape(LENGTH, HEADS, WIDTH).transpose(1, 0, 2)
        by_weights = by_attended @ v.transpose(0, 2, 1)
        by_scores = weights * (by_weights - np.einsum("hij,hij->hi", by_weights, weights)[:, :, None])
        by_merged = np.empty((3, HEADS, LENGTH, WIDTH))
        np.matmul(by_scores, k, out=by_merged[0])
        np.matmul(by_scores.transpose(0, 2, 1), q, out=by_merged[1])
        np.matmul(weights.transpose(0, 2, 1), by_attended, out=by_merged[2])
        by_merged = by_merged.transpose(2, 0, 1, 3).reshape(LENGTH, 3 * CHANNELS)
        by_before = by_middle + by_normalized(by_merged @ merged, before, second)
        by_embedded = by_normalized(by_before, embedded, first)
        by_query_key_value = by_merged.T @ x
        by_query_key_value[:CHANNELS] *= WIDTH**-0.5
        by_token, by_position = np.zeros_like(token), np.zeros_like(position)
        np.add.at(by_token, inputs, by_embedded)
        by_position[:LENGTH] = by_embedded
        by_head, by_output = by_logits.T @ last, by_middle.T @ attended
        by_up, by_down = by_hidden.T @ normal, by_last.T @ hidden
        return loss, [by_token, by_position, by_head, by_query_key_value, by_output, by_up, by_down]

    return call, as_it_is


NAMES = """
    emma olivia ava isabella sophia mia amelia harper evelyn abigail emily ella scarlett grace chloe camila
    aria sofia avery luna mila layla hannah lily nora zoe stella aurora natalie emilia everly leah aubrey
    willow lucy liam noah william james logan benjamin mason elijah oliver jacob lucas michael ethan daniel
"""


def train(steps: int) -> dict[str, float]:
    """Train by Adam on one name after the other; a program is compiled for each length of a name.

    Return seconds of CPU time, all told and of compiling, and the mean loss of the first and last 50 steps.
    """
    begin, compiling = time.process_time(), 0.0
    programs: dict[int, Program] = {}
    parameters = START.copy()
    mean, square = np.zeros(COUNT), np.zeros(COUNT)
    names, losses = NAMES.split(), []
    for step in range(1, steps + 1):
        name = names[step % len(names)]
        tokens = np.eye(TOKENS)[[0, *[ord(letter) - ord("a") + 1 for letter in name], 0]]
        given, wanted = tokens[:-1], tokens[1:]
        if len(name) not in programs:
            start = time.process_time()
            programs[len(name)] = program_of(*_graph(given, wanted))
            compiling += time.process_time() - start
        loss, gradient = programs[len(name)](parameters, given=given, wanted=wanted)
        losses.append(loss)
        mean += 0.1 * (gradient - mean)
        square += 0.01 * (gradient * gradient - square)
        rate = 0.01 * (1 - step / steps)
        parameters -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return {
        "seconds": time.process_time() - begin,
        "compiling": compiling,
        "first": float(np.mean(losses[:50])),
        "last": float(np.mean(losses[-50:])),
    }
