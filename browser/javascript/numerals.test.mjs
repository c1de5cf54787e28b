import assert from "node:assert/strict";
import test from "node:test";
import {
  approximate,
  decoded,
  exactNumeral,
  minus,
  nearlyEqual,
  numeral,
  plus,
  shortNumeral,
  times,
} from "../../packages/nanograd-viz/src/nanograd/viz/explorer/numerals.js";

const googol4 = decoded(`0x${(10n ** 400n).toString(16)}`);
const third = decoded("0x1/0x3");

test("entries become doubles, integers and fractions", () => {
  assert.equal(decoded(0.1), 0.1);
  assert.equal(decoded(null), null);
  assert.ok(Number.isNaN(decoded("nan")));
  assert.equal(decoded("-inf"), -Infinity);
  assert.equal(decoded("-0x10000000000000000"), -(2n ** 64n));
  assert.equal(exactNumeral(decoded("-0x2/0x6")), "-1/3");
});

// The same numbers stand in the doctest of the Python package's numeral().
for (const [number, precision, text] of [
  [5, 4, "5.0000"],
  [-2.00004, 4, "-2.0000"],
  [0.00002, 4, "2e-05"],
  [1e-300, 4, "1e-300"],
  [123456789, 4, "1.235e+08"],
  [googol4, 4, "1e+400"],
  [third, 4, "0.3333"],
  [NaN, 4, "nan"],
  [Infinity, 4, "inf"],
  [-Infinity, 4, "-inf"],
  [-0, 4, "-0.0000"],
  [0, 0, "0"],
  [2.5, 0, "2"],
  [1.5, 0, "2"],
  [0.03125, 4, "0.0312"],
  [0.09375, 4, "0.0938"],
  [1234500, 4, "1.234e+06"],
  [1235500, 4, "1.236e+06"],
  [999999.99999, 4, "1000000.0000"],
  [1e6, 17, "1000000"],
  [1.5e6, 17, "1500000"],
  [0.5, 0, "0.5"],
]) {
  test(`numeral(${exactNumeral(number).slice(0, 20)}, ${precision}) is ${text}`, () =>
    assert.equal(numeral(number, precision), text));
}

test("short numbers have no zeros at the end", () => {
  assert.deepEqual(
    [10, 0.5, 1e-300, -2, 100].map((x) => shortNumeral(x, 4)),
    ["10", "0.5", "1e-300", "-2", "100"],
  );
});

test("exact numbers have all digits", () => {
  assert.equal(exactNumeral(0.1 + 0.2), "0.30000000000000004");
  assert.equal(exactNumeral(googol4).length, 401);
  assert.equal(exactNumeral(-0), "-0");
});

test("integers and fractions are computed with exactly, beside doubles as doubles", () => {
  assert.equal(plus(2n ** 64n, 1), 2n ** 64n + 1n);
  assert.equal(exactNumeral(times(third, third)), "1/9");
  assert.equal(times(third, 3), 1n);
  assert.equal(times(third, 0.5), 0.5 / 3);
  assert.equal(minus(1, third).numerator, 2n);
});

test("fractions beyond the range of doubles have an approximation", () => {
  assert.equal(approximate(times(googol4, decoded("0x1/0x3"))), Infinity);
  const ratio = decoded(`0x${(10n ** 400n).toString(16)}/0x${(2n * 10n ** 400n).toString(16)}`);
  assert.equal(approximate(ratio), 0.5);
});

test("rounding errors are equal, other differences are not", () => {
  assert.ok(nearlyEqual(0.1 + 0.2, 0.3));
  assert.ok(nearlyEqual(NaN, NaN));
  assert.ok(nearlyEqual(Infinity, Infinity));
  assert.ok(!nearlyEqual(1, 1.001));
  assert.ok(!nearlyEqual(Infinity, 1));
  assert.ok(!nearlyEqual(0, 1e-300));
});
