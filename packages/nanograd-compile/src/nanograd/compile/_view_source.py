"""The source of a view: slices, reshapes and transpositions instead of offsets and strides."""

from __future__ import annotations

from nanograd.compile._array_program import BATCH, Array, Shape, View, same, strides_of


def view_source(name: str, array: Array, view: View) -> str:
    """Return Python source for a view of the array called ``name``.

    >>> p = Array("p", (12,))
    >>> view_source("p", p, View(p, 1, (3, 2), (4, 1)))
    'p.reshape(3, 4)[:, 1:3]'
    >>> view_source("p", p, View(p, 0, (2, 3), (1, 4)))
    'p.reshape(3, 4)[:, :2].T'

    Args:
        name: the array's name.
        array: the array.
        view: a part of it.
    """
    if same(view, array.view()):  # also one without elements
        return name
    axes = [axis for axis, size in enumerate(view.shape) if view.strides[axis]]
    direct = _direct(array.shape, view, axes)
    if direct is not None:
        base = name
        index, order = direct
    else:
        base, shape, offset = _split(name, array, view, axes)
        moved = View(array, offset, view.shape, view.strides)
        found = _direct(shape, moved, axes)
        if found is None:
            return _strided(name, array, view)
        index, order = found
    if array.batched:
        index = [":", *index]
        order = [axis for axis in range(len(view.shape)) if view.shape[axis] == BATCH] + order
    while index and index[-1] == ":":
        index.pop()
    text = f"{base}[{', '.join(index)}]" if index else base
    return text + _arranged(view, order)


def _direct(shape: Shape, view: View, axes: list[int]) -> tuple[list[str], list[int]] | None:
    """Return an index of an array of this shape, and which axis of the view each axis of the result is.

    None if the view is not made of slices along the axes of the array.
    """
    rest = view.offset
    strides = strides_of(shape)
    index = []
    order = []
    remaining = [axis for axis in axes if view.shape[axis] != BATCH]
    for size, stride in zip(shape, strides, strict=True):
        start, rest = divmod(rest, stride)
        if start >= size:
            return None
        candidates = [axis for axis in remaining if view.strides[axis] % stride == 0]
        chosen = None
        for axis in candidates:
            step, count = view.strides[axis] // stride, view.shape[axis]
            last = start + step * (count - 1)
            if 0 <= last < size:
                chosen = axis
                break
        if chosen is None:
            index.append(str(start) if size > 1 else "0")
            continue
        remaining.remove(chosen)
        order.append(chosen)
        index.append(_slice(start, view.strides[chosen] // stride, view.shape[chosen], size))
    return None if remaining or rest else (index, order)


def _slice(start: int, step: int, count: int, size: int) -> str:
    last = start + step * (count - 1)
    if step < 0:
        stop = "" if last + step < 0 else str(last - 1)
        return f"{start}:{stop}:{step}"
    stop = "" if last + step >= size else str(last + 1)
    first = str(start) if start else ""
    return f"{first}:{stop}" + (f":{step}" if step > 1 else "")


def _split(name: str, array: Array, view: View, axes: list[int]) -> tuple[str, Shape, int]:
    """Return the source of a reshaped run of the array, its shape, and the view's offset in it.

    The shape is made so that every stride of the view is a stride of it.
    """
    moving = sorted(
        [axis for axis in axes if view.shape[axis] != BATCH], key=lambda axis: -view.strides[axis]
    )
    batch = "-1, " if array.batched else ""
    flat = array.shape != () and len(array.shape) == 1
    if not moving:
        if flat:
            return name, (array.size,), view.offset
        return f"{name}.reshape({batch}{array.size})", (array.size,), view.offset
    largest = view.strides[moving[0]]
    shape = []
    inner = largest
    for axis in moving[1:]:
        stride = view.strides[axis]
        if stride <= 0 or inner % stride:
            return name, (), view.offset
        shape.append(inner // stride)
        inner = stride
    if inner > 1:
        shape.append(inner)
    count = view.shape[moving[0]]
    if array.size % largest == 0 and (array.size == count * largest or not flat):
        sizes = (array.size // largest, *shape)
        if sizes == array.shape:
            return name, sizes, view.offset
        return f"{name}.reshape({batch}{', '.join(map(str, sizes))})", sizes, view.offset
    start = min(view.offset, array.size - count * largest)
    if start < 0:
        return name, (), view.offset
    sizes = (count, *shape)
    base = name if flat else f"{name}.reshape({batch}{array.size})"
    run = f"{batch and ':, '}{start or ''}:{start + count * largest}"
    return f"{base}[{run}].reshape({batch}{', '.join(map(str, sizes))})", sizes, view.offset - start


def _strided(name: str, array: Array, view: View) -> str:
    """Return the source of a view whose parts overlap, for reading only."""
    flat = name if len(array.shape) == 1 else f"{name}.reshape({'-1, ' if array.batched else ''}{array.size})"
    first = f":, {view.offset}:" if array.batched else f"{view.offset}:"
    sizes, strides = [], []
    for size, stride in zip(view.shape, view.strides, strict=True):
        sizes.append(f"len({name})" if size == BATCH else str(size))
        strides.append(f"{flat}.strides[0]" if size == BATCH else f"{flat}.strides[-1] * {stride}")
    comma = "," if len(sizes) == 1 else ""
    return (
        f"np.lib.stride_tricks.as_strided({flat}[{first}], ({', '.join(sizes)}{comma}), "
        f"({', '.join(strides)}{comma}))"
    )


def _arranged(view: View, order: list[int]) -> str:
    """Return what brings the axes into the view's order and adds those of size 1."""
    wanted = sorted(order)
    text = ""
    if order != wanted:
        permutation = [order.index(axis) for axis in wanted]
        text = (
            ".T"
            if permutation == list(reversed(range(len(order))))
            else f".transpose({str(permutation)[1:-1]})"
        )
    if len(wanted) < len(view.shape):
        index = [":" if axis in wanted else "None" for axis in range(len(view.shape))]
        while len(index) > 1 and index[-1] == ":":
            index.pop()
        text += f"[{', '.join(index)}]"
    return text
