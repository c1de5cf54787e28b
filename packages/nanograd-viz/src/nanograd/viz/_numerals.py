"""How a number is written in a box: with fixed decimals, or compactly where that would be long or 0."""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction

from nanograd.engine import Number

_LARGE = 1_000_000
_LONGEST = 40


def numeral(number: Number, precision: int = 4) -> str:
    """Return a number as boxes show it.

    >>> [numeral(x) for x in (5, -2.00004, 0.00002, 1e-300, 123456789, 10**400, Fraction(1, 3))]
    ['5.0000', '-2.0000', '2e-05', '1e-300', '1.235e+08', '1e+400', '0.3333']

    Args:
        number: the number, of any size.
        precision: the number of decimals; the compact form has as many significant digits.
    """
    size = -number if number < 0 else number
    if not (size >= _LARGE or 0 < size < 0.1**precision):
        return f"{float(number):.{precision}f}"
    digits = max(precision, 1)
    if isinstance(number, float):
        return f"{number:.{digits}g}"
    # An integer or a fraction may lie beyond the range of floats.
    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
    ratio = Fraction(number)
    quotient = context.divide(Decimal(ratio.numerator), Decimal(ratio.denominator)).normalize(context)
    mantissa, exponent = f"{quotient:e}".split("e")
    return f"{mantissa}e{int(exponent):+03}"


def short_numeral(number: Number, precision: int = 4) -> str:
    """Return a number without the zeros at its end, as one writes it in an expression.

    >>> short_numeral(10), short_numeral(0.5), short_numeral(1e-300)
    ('10', '0.5', '1e-300')
    """
    text = numeral(number, precision)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def exact_numeral(number: Number) -> str:
    """Return a number with all its digits, or compactly if these are more than a line holds.

    >>> exact_numeral(0.1 + 0.2), exact_numeral(2), exact_numeral(-(10**5000))
    ('0.30000000000000004', '2', '-1e+5000')
    """
    if isinstance(number, float):
        return repr(number)
    # Python refuses to write out an integer of several thousand digits.
    ratio = Fraction(number)
    if math.log10(2) * (ratio.numerator.bit_length() + ratio.denominator.bit_length()) > _LONGEST:
        return numeral(number, precision=16)
    return str(number)


def value_range(numbers: list[Number], precision: int = 4) -> str:
    """Return the smallest and the largest of some numbers, and how many of them are nan.

    >>> value_range([2.0, -1.0, float("nan")]), value_range([3, 3.0])
    ('-1.0000 … 2.0000, 1 nan', '3.0000')
    """
    known = [number for number in numbers if number == number]
    unknown = len(numbers) - len(known)
    parts = []
    if known:
        ends = [numeral(min(known), precision), numeral(max(known), precision)]
        parts.append(" … ".join(dict.fromkeys(ends)))
    if unknown:
        parts.append(f"{unknown} nan")
    return ", ".join(parts)
