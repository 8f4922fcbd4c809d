import type { AppliedSplit } from '../../db/repositories/read/whole-series.js';
import { fromFloat32 } from '../../domain/decimal.js';

/** PostgreSQL multiplies ratios as exp(sum(ln(…))): the last bits of the product differ from those computed here. */
const ROUNDING = [0, 1, -1, 2, -2].map((ulps) => 1 + ulps * Number.EPSILON);

const SCALED = {
  price: (value: number, factor: number) => fromFloat32(Math.fround(value / factor)),
  volume: (value: number, factor: number) => Math.round(value * factor),
};

/** The ratios by which a version was divided since it was fetched, in the order in which the splits were applied. */
export function ratiosOf(
  splits: readonly AppliedSplit[],
  { session, fetchedAt, recordedAt }: { session: string; fetchedAt: number; recordedAt: number },
): number[] {
  const divided = splits
    .filter((split) => session < split.session && split.levelFrom > fetchedAt && split.appliedAt <= recordedAt)
    .toSorted((a, b) => a.appliedAt - b.appliedAt);
  return [...Map.groupBy(divided, ({ appliedAt }) => appliedAt).values()].map((together) =>
    together.reduce((product, { ratio }) => product * ratio, 1),
  );
}

/** A price after splits that were applied together. */
export const atLevel = (price: number, ratios: readonly number[]): number =>
  ratios.length === 0
    ? price
    : SCALED.price(
        price,
        ratios.reduce((product, ratio) => product * ratio),
      );

/**
 * Whether a stored value is, to the last bit, the given one after its splits. Those that were applied before the value was
 * loaded divide it at once, the later ones one after the other, each rounded (load/price-level.ts).
 */
export function isAtLevel(
  kind: keyof typeof SCALED,
  stored: number | null,
  given: number | null,
  ratios: readonly number[],
): boolean {
  if (ratios.length === 0 || stored === null || given === null) return Object.is(stored, given);
  const divide = (values: ReadonlySet<number>, factor: number) =>
    new Set([...values].flatMap((value) => ROUNDING.map((error) => SCALED[kind](value, factor * error))));
  return ratios.some((_, i) => {
    const atOnce = ratios.slice(0, i + 1).reduce((product, ratio) => product * ratio);
    return ratios
      .slice(i + 1)
      .reduce(divide, divide(new Set([given]), atOnce))
      .has(stored);
  });
}
