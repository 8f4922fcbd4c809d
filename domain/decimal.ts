/** All integers below this are float32 values, and below it `x * 10 ** k` is exact for the k used here. */
const INTEGERS_END = 2 ** 24;
/** Below this, neighbouring float32 values are less than 0.01 apart: two decimals can be tried before none and one. */
const CENTS_END = 2 ** 17;
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * The decimal behind a float32 that was widened to a double: the shortest one that rounds to the same float32
 * (145.6999969482422 is 145.7). A number that is not a float32 value is returned unchanged.
 *
 * For every finite float32 value x, `Math.fround(result) === x`, no decimal with fewer significant digits has that
 * property, and of those with as few digits the result is the nearest to x.
 */
export function fromFloat32(x: number): number {
  if (Math.fround(x) !== x) return x;
  // the 24 bits of x and the 21 bits of 5 ** 9 fit in a double: the products, and so the roundings, are exact
  if (x >= 0.1 && x < INTEGERS_END) {
    for (let k = x < CENTS_END ? 2 : 0; k < POWERS.length; k++) {
      const power = POWERS[k]!;
      const rounded = Math.round(x * power) / power;
      if (Math.fround(rounded) === x) return rounded;
    }
  }
  // zero, fractions of a cent, huge and negative numbers are rare: text is fast enough
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(x.toPrecision(digits));
    if (Math.fround(rounded) === x) return rounded;
  }
  return Number(x.toPrecision(9));
}

/**
 * The decimal with the fewest places within an error of a computed value: what was meant, where that is known to be a
 * price of few digits (163.84001 is 163.84 within 1e-7).
 * @param relativeError a fraction of `x`
 */
export function roundedWithin(x: number, relativeError: number): number {
  const error = Math.abs(x) * relativeError;
  if (Math.abs(x) >= 0.1 && Math.abs(x) < INTEGERS_END) {
    for (const power of POWERS) {
      const rounded = Math.round(x * power) / power;
      if (Math.abs(rounded - x) <= error) return rounded;
    }
  }
  for (let digits = 1; digits < 17; digits++) {
    const rounded = Number(x.toPrecision(digits));
    if (Math.abs(rounded - x) <= error) return rounded;
  }
  return x;
}

/** `x` with its decimal point moved, exactly as written on paper: a division by 100 would leave 1.4569999999999999 of 145.7. */
export function shiftDecimal(x: number, places: number): number {
  const [digits, exponent = '0'] = String(x).split('e');
  return Number(`${digits}e${Number(exponent) + places}`);
}
