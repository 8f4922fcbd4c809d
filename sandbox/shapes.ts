/** The distribution of a session's movement and volume over its minutes. */
export interface SessionShape {
  /** Share of the session's variance up to each minute's start; length + 1 values from 0 to 1. */
  clock: Float64Array;
  /** Relative volume of each minute. */
  volume: Float64Array;
}

const known = new Map<string, SessionShape>();

/** Exchanges are busiest at the open and the close: a U shape. `x` runs from 0 to 1. */
const stockVariance = (x: number) => 0.6 + 1.2 * (2 * x - 1) ** 4 + 2.5 * Math.exp(-x * 14);
const stockVolume = (x: number) => 0.55 + 1.1 * (2 * x - 1) ** 4 + 1.8 * Math.exp(-x * 18) + 3 * Math.exp((x - 1) * 60);

/** Currencies and coins have no open and no close; they are busiest in the American morning, about 15:00 UTC. */
const roundTheClock = (x: number) => 1 + 0.5 * Math.cos(2 * Math.PI * (x - 0.625));

/** @param minutes length of the session, without breaks */
export function sessionShape(isRoundTheClock: boolean, minutes: number): SessionShape {
  const key = `${isRoundTheClock} ${minutes}`;
  const cached = known.get(key);
  if (cached) return cached;
  const clock = new Float64Array(minutes + 1);
  const volume = new Float64Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const x = (i + 0.5) / minutes;
    clock[i + 1] = clock[i]! + (isRoundTheClock ? roundTheClock(x) : stockVariance(x));
    volume[i] = isRoundTheClock ? roundTheClock(x) : stockVolume(x);
  }
  const total = clock[minutes]!;
  for (let i = 0; i <= minutes; i++) clock[i] = clock[i]! / total;
  const shape = { clock, volume };
  known.set(key, shape);
  return shape;
}
