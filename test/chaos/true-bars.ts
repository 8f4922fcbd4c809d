/** A true bar of the sandbox: `[time, open, high, low, close, volume]`, time in ISO 8601. */
export type TrueBar = [time: string, open: number, high: number, low: number, close: number, volume: number | null];

/** Relative. Prices of stocks are float32, those of coins are not. */
const TOLERANCE = 1e-6;

/** @param volumeOff tolerance of volumes: those rescaled to another price level are rounded */
export function areEqual([, ...own]: TrueBar, [, ...truth]: TrueBar, volumeOff = 0): boolean {
  const isNear = (i: number) => Math.abs(own[i]! - truth[i]!) <= TOLERANCE * Math.abs(truth[i]!);
  const isSameVolume = own[4] === truth[4] || Math.abs(own[4]! - truth[4]!) <= volumeOff;
  return [0, 1, 2, 3].every(isNear) && isSameVolume;
}

/** A stored bar as the sandbox writes true ones. SQL, with the table bars as `b`. */
export const STORED_BAR = `array_to_json(array[to_jsonb(to_char(b.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
  to_jsonb(open), to_jsonb(high), to_jsonb(low), to_jsonb(close), to_jsonb(volume)])`;
