"""Labels as names of variables, and as remarks: whatever a label contains, it stays a name or a remark."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_NAME = 40
LONGEST_REMARK = 60


class Identifiers:
    """The names of one generated function, each used once.

    >>> names = Identifiers(reserved={"lambda"}, ascii_only=True)
    >>> [names.new(label) for label in ("w[0]", "w 0", "lambda", "σ", "2x", "é")]
    ['w_0', 'w_0_2', 'lambda_', 'sigma', 'v2x', 'e']

    Args:
        reserved: words of the language and names that the generated code uses itself.
        ascii_only: whether letters are spelled in ASCII, as C wants them.
    """

    def __init__(self, reserved: Iterable[str], ascii_only: bool) -> None:
        self._taken = set(reserved)
        self._reserved = frozenset(self._taken)
        self._ascii_only = ascii_only
        self._counts: dict[str, int] = {}

    def new(self, label: str) -> str:
        """Return a name like the label that was not returned before."""
        base = identifier(label, self._ascii_only)
        if base in self._reserved:
            base += "_"
        name, count = base, self._counts.get(base, 1)
        while name in self._taken:
            count += 1
            name = f"{base}_{count}"
        self._counts[base] = count
        self._taken.add(name)
        return name

    def numbered(self, letter: str) -> str:
        """Return the next of ``x1, x2, ...`` that is free."""
        while True:
            count = self._counts[letter + "#"] = self._counts.get(letter + "#", 0) + 1
            if f"{letter}{count}" not in self._taken:
                return self.new(f"{letter}{count}")


def identifier(label: str, ascii_only: bool) -> str:
    """Return a label as a valid identifier; empty if nothing of it can be one.

    >>> identifier("layers.0 weight[1]", ascii_only=True), identifier("Δ loss", ascii_only=False)
    ('layers_0_weight_1', 'Δ_loss')
    """
    text = unicodedata.normalize("NFKC", label[: 4 * LONGEST_NAME])  # as Python reads identifiers
    if ascii_only:
        text = "".join(_spelled(letter) for letter in unicodedata.normalize("NFKD", text))
    name = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in text)
    name = re.sub("_+", "_", name).strip("_")[:LONGEST_NAME].rstrip("_") or "v"
    return name if name.isidentifier() else f"v{name}"


def remark(label: str, ascii_only: bool = False) -> str:
    r"""Return a label as a text that can stand in a comment: printable, on one line, and not too long.

    >>> print(remark("one\ntwo */ three"))
    one\ntwo * / three
    """
    text = label if len(label) <= LONGEST_REMARK else label[: LONGEST_REMARK - 3] + "..."
    text = "".join(
        letter
        if letter.isprintable() and (not ascii_only or letter.isascii())
        else letter.encode("ascii", "backslashreplace").decode()
        if not letter.isascii()
        else repr(letter)[1:-1]
        for letter in text
    )
    for closing, harmless in (("*/", "* /"), ("/*", "/ *"), ("??", "? ?")):
        text = text.replace(closing, harmless)
    # A backslash at the end of a line would continue a comment of C.
    return text.rstrip("\\ ").replace("*/", "* /").replace("/*", "/ *")


def _spelled(letter: str) -> str:
    """Return a letter in ASCII: Greek ones by their names, combining accents as nothing."""
    if letter.isascii():
        return letter
    if unicodedata.combining(letter):
        return ""
    words = unicodedata.name(letter, "").split()
    if words[:1] == ["GREEK"] and len(words) >= 4 and words[2] == "LETTER":
        return words[3].lower() if words[1] == "SMALL" else words[3].capitalize()
    return f"u{ord(letter):x}" if letter.isalnum() else "_"
