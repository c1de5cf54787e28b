"""The fastest engine that can be written by hand in plain Python with what nanograd's nodes hold.

It records the same: data, gradient, operation, two arguments, two partial derivatives, whether a gradient is
needed, label and scope, under a mode from a context variable. Everything is written out in the operators that
the two-moons step uses, and nothing is checked: no NumPy numbers, fractions, huge integers, hooks or arrays.
"""

from contextvars import ContextVar

MODE = ContextVar("mode", default=(True, None))


class Node:
    __slots__ = (
        "__weakref__",
        "data",
        "dx",
        "dy",
        "grad",
        "label",
        "needs",
        "operation",
        "scope",
        "x",
        "y",
    )

    def __init__(self, data, needs=True):
        self.data = data
        self.grad = None
        self.operation = self.x = self.y = self.dx = self.dy = self.label = self.scope = None
        self.needs = needs

    def __add__(self, other):
        if other.__class__ is not Node:
            other = Node(other, False)
        recording, scope = MODE.get()
        node = _new(Node)
        node.data = self.data + other.data
        node.grad = None
        node.label = None
        if recording:
            node.operation = "+"
            node.scope = scope
            node.x = self
            node.y = other
            node.needs = self.needs or other.needs
            node.dx = 1.0 if self.needs else None
            node.dy = 1.0 if other.needs else None
        return node

    __radd__ = __add__

    def __mul__(self, other):
        if other.__class__ is not Node:
            other = Node(other, False)
        recording, scope = MODE.get()
        node = _new(Node)
        node.data = self.data * other.data
        node.grad = None
        node.label = None
        if recording:
            node.operation = "*"
            node.scope = scope
            node.x = self
            node.y = other
            node.needs = self.needs or other.needs
            node.dx = other.data if self.needs else None
            node.dy = self.data if other.needs else None
        return node

    __rmul__ = __mul__

    def relu(self):
        recording, scope = MODE.get()
        x = self.data
        node = _new(Node)
        node.data = x if x > 0 else 0.0
        node.grad = None
        node.label = None
        if recording:
            node.operation = "relu"
            node.scope = scope
            node.x = self
            node.y = None
            node.needs = self.needs
            node.dx = (1.0 if x > 0 else 0.0) if self.needs else None
            node.dy = None
        return node

    def backward(self):
        order, reached, stack = [], set(), [self]
        while stack:
            node = stack.pop()
            if node is None:
                order.append(stack.pop())
            elif node not in reached:
                reached.add(node)
                if node.operation is None:
                    continue
                stack.append(node)
                stack.append(None)
                if node.y is not None and node.y not in reached:
                    stack.append(node.y)
                if node.x not in reached:
                    stack.append(node.x)
        for node in order:
            node.grad = None
        self.grad = 1.0
        for node in reversed(order):
            gradient = node.grad
            if node.dx is not None:
                x = node.x
                x.grad = node.dx * gradient if x.grad is None else x.grad + node.dx * gradient
            if node.dy is not None:
                y = node.y
                y.grad = node.dy * gradient if y.grad is None else y.grad + node.dy * gradient


_new = object.__new__
