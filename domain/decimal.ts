/** Integers below this are all float32 values, and below it `x * 10 ** k` is exact for the k used here. */
const INTEGERS_END = 2 ** 24;
/** Neighbouring float32 values below this lie less than 0.01 apart: two decimals can be tried before none and one. */
const CENTS_END = 2 ** 17;
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/**
 * The number that was meant by a float32 which came widened to a double: the shortest decimal that rounds to the same
 * float32 (145.6999969482422 is 145.7). A number that is no float32 value comes back as it is.
 *
 * For every finite float32 value x: `Math.fround(result) === x`, and no decimal with fewer significant digits does that;
 * of those with as few digits it is the nearest to x.
 */
export function fromFloat32(x: number): number {
  if (Math.fround(x) !== x) return x;
  // 24 bits of x times the 21 of 5 ** 9 fit in a double: the products, and so the roundings, are exact
  if (x >= 0.1 && x < INTEGERS_END) {
    for (let k = x < CENTS_END ? 2 : 0; k < POWERS.length; k++) {
      const power = POWERS[k]!;
      const rounded = Math.round(x * power) / power;
      if (Math.fround(rounded) === x) return rounded;
    }
  }
  // zero, fractions of a cent, huge and negative numbers: rare enough for text
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
