"""Labels are data: whatever characters they hold, DOT, SVG and HTML show these and obey none of them."""

from __future__ import annotations

import re
import unicodedata

LONGEST_LABEL = 40

# What XML cannot carry (control characters, half surrogates), what would break a line, and what would turn
# the direction of the text after it.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    r"""Return a text with every control character written as Python writes it.

    >>> print(visible("two\nlines, a \0 and a \\"))
    two\nlines, a \x00 and a \
    """
    return _INVISIBLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def shortened(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a text that fits into a box: an ellipsis stands for the end of a long one.

    >>> shortened("a" * 10_000, longest=5)
    'aaaa…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def escaped(text: str) -> str:
    """Return a text as it stands in XML, such as a title of an SVG picture.

    >>> escaped('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;")


def escaped_for_dot(text: str) -> str:
    r"""Return a text as it stands in a DOT label, between double quotes or the tags of an HTML-like one.

    Graphviz reads entities first and then replaces ``\N`` and its like; a doubled backslash is one.

    >>> print(escaped_for_dot(r"\N|{}<b>"))
    &#92;&#92;N|{}&lt;b&gt;
    """
    return escaped(text).replace("\\", "&#92;&#92;")


def has_wide_characters(text: str) -> bool:
    """Return whether a text has characters that are as wide as high, as those of Chinese and Japanese."""
    return not text.isascii() and any(unicodedata.east_asian_width(character) in "WF" for character in text)


def estimated_width(text: str, font_size: float) -> float:
    """Return about how wide a text with wide characters is.

    >>> estimated_width("データ", font_size=10)
    30.0
    """
    return font_size * sum(1.0 if has_wide_characters(character) else 0.6 for character in text)
