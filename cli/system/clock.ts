import { MINUTE, SECOND } from '../../domain/timeframe.js';
import { type Check, error, ok, warning } from './check.js';

/** Bars are requested seconds after they close: a clock that is off by more delays them, or has them requested too early. */
const WARNING_MS = 5 * SECOND;
const ERROR_MS = MINUTE;
const ADVICE = 'Synchronise the clocks of all machines, for example with chrony or systemd-timesyncd.';

/** How far another clock is ahead of that of this machine. */
export interface ClockReading {
  aheadMs: number;
  /** How inexactly that is known. */
  toleranceMs: number;
}

/** @param other whose clock it is, such as `PostgreSQL` */
export function checkClock(name: string, other: string, { aheadMs, toleranceMs }: ClockReading): Check {
  const least = Math.abs(aheadMs) - toleranceMs;
  if (least < WARNING_MS) return ok(name, `that of this machine and that of ${other} agree`);
  const seconds = Math.round(Math.abs(aheadMs) / SECOND);
  const detail = `that of this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of ${other}`;
  return (least < ERROR_MS ? warning : error)(name, detail, ADVICE);
}
