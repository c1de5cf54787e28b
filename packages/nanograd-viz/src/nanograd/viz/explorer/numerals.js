/**
 * Numbers of the graph: doubles, and the integers and fractions that no double can hold.
 *
 * They are written as the pictures of the Python package write them, digit for digit.
 */

const LARGE = 1_000_000;

/** An exact quotient of two BigInts, the denominator positive. */
export class Fraction {
  constructor(numerator, denominator = 1n) {
    const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator);
    this.numerator = numerator / divisor;
    this.denominator = denominator / divisor;
  }
}

/** Return the number that an entry of the data stands for; null for none. */
export function decoded(entry) {
  if (typeof entry !== "string") return entry;
  if (entry === "nan") return NaN;
  if (entry === "inf") return Infinity;
  if (entry === "-inf") return -Infinity;
  const [numerator, denominator] = entry.split("/");
  return denominator === undefined
    ? hexadecimal(numerator)
    : new Fraction(hexadecimal(numerator), hexadecimal(denominator));
}

/** Return the nearest double. */
export function approximate(x) {
  if (typeof x === "number") return x;
  if (typeof x === "bigint") return Number(x);
  const quotient = Number(x.numerator) / Number(x.denominator);
  if (Number.isFinite(quotient) && quotient !== 0) return quotient;
  return Number(compact(x, 17));
}

/** Return a number with fixed decimals, or compactly where that would be long or 0. */
export function numeral(x, precision) {
  const value = approximate(x);
  if (Number.isNaN(value)) return "nan";
  const size = Math.abs(value);
  if (!(size >= LARGE || (isPositive(x, size) && size < 0.1 ** precision))) return fixed(value, precision);
  const digits = Math.max(precision, 1);
  if (typeof x !== "number") return compact(x, digits);
  if (size === Infinity) return value < 0 ? "-inf" : "inf";
  return general(value, digits);
}

/** Return a number without the zeros at its end, as one writes it in an expression. */
export function shortNumeral(x, precision) {
  const text = numeral(x, precision);
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** Return a number with all its digits. */
export function exactNumeral(x) {
  if (typeof x === "bigint") return x.toString();
  if (typeof x !== "number") return `${x.numerator}/${x.denominator}`;
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  return Object.is(x, -0) ? "-0" : String(x);
}

/** Return the product of two numbers, exact if both are. */
export function times(x, y) {
  return combined(
    x,
    y,
    (a, b) => a * b,
    (a, b) => new Fraction(a.numerator * b.numerator, a.denominator * b.denominator),
  );
}

/** Return the sum of two numbers, exact if both are. */
export function plus(x, y) {
  return combined(
    x,
    y,
    (a, b) => a + b,
    (a, b) =>
      new Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator),
  );
}

/** Return the difference of two numbers, exact if both are. */
export function minus(x, y) {
  return plus(x, times(-1, y));
}

/** Return whether two numbers are equal but for rounding errors; nan equals nan. */
export function nearlyEqual(x, y) {
  const [a, b] = [approximate(x), approximate(y)];
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) && Number.isFinite(a - b);
}

function combined(x, y, ofDoubles, ofFractions) {
  if (typeof x === "number" && typeof y === "number") return ofDoubles(x, y);
  const [a, b] = [asFraction(x), asFraction(y)];
  if (a === null || b === null) return ofDoubles(approximate(x), approximate(y));
  const result = ofFractions(a, b);
  return result.denominator === 1n ? result.numerator : result;
}

function asFraction(x) {
  if (typeof x === "bigint") return new Fraction(x);
  if (typeof x === "number") return Number.isSafeInteger(x) ? new Fraction(BigInt(x)) : null;
  return x;
}

function hexadecimal(text) {
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}

function greatestCommonDivisor(a, b) {
  while (b) [a, b] = [b, a % b];
  return a || 1n;
}

function isPositive(x, size) {
  return size > 0 || (typeof x === "object" && x.numerator !== 0n);
}

/** Return a double with so many decimals, a tie going to the even digit as in Python. */
function fixed(value, precision) {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return (
    sign +
    halfEven(Math.abs(value).toFixed(precision), Math.abs(value).toFixed(Math.min(precision + 60, 100)))
  );
}

/** Return a double with so many significant digits and no zeros at the end, as Python's "g" does. */
function general(value, digits) {
  const sign = value < 0 ? "-" : "";
  const [rounded, exponent] = Math.abs(value)
    .toExponential(digits - 1)
    .split("e");
  const [exact, itsExponent] = Math.abs(value).toExponential(100).split("e");
  const mantissa = exponent === itsExponent ? halfEven(rounded, exact) : rounded;
  const power = Number(exponent);
  if (power >= -4 && power < digits) {
    return sign + withoutZeros(Math.abs(value).toFixed(Math.max(digits - 1 - power, 0)));
  }
  return `${sign}${withoutZeros(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Return a rounded text, or where it was rounded up from exactly half, the even one below. */
function halfEven(rounded, exact) {
  const kept = exact.slice(0, rounded.includes(".") ? rounded.length : exact.indexOf("."));
  const rest = exact.slice(kept.length).replace(".", "");
  if (!/^50*$/.test(rest) || kept.length !== rounded.length) return rounded;
  return Number(kept.at(-1)) % 2 === 0 ? kept : rounded;
}

function withoutZeros(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Return an integer or a fraction of any size as d.ddde+dd. */
function compact(x, digits) {
  const { numerator, denominator } = asFraction(x);
  const size = numerator < 0n ? -numerator : numerator;
  let power = size.toString().length - denominator.toString().length;
  if (isBelow(size, denominator, power)) power -= 1;
  const scale = digits - 1 - power;
  const dividend = scale >= 0 ? size * 10n ** BigInt(scale) : size;
  const divisor = scale >= 0 ? denominator : denominator * 10n ** BigInt(-scale);
  let mantissa = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  if (twice > divisor || (twice === divisor && mantissa % 2n === 1n)) mantissa += 1n;
  let text = mantissa.toString();
  if (text.length > digits) {
    power += 1;
    text = text.slice(0, -1);
  }
  const written = withoutZeros(digits > 1 ? `${text[0]}.${text.slice(1)}` : text);
  const sign = numerator < 0n ? "-" : "";
  return `${sign}${written}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function isBelow(size, denominator, power) {
  return power >= 0 ? size < denominator * 10n ** BigInt(power) : size * 10n ** BigInt(-power) < denominator;
}
