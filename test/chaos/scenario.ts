import type { Ledger } from './ledger.js';
import type { Probe } from './probe.js';
import type { Product } from './product.js';
import type { Random } from '../../bench/random.js';

/** What a fault is injected into. */
export interface Stage {
  product: Product;
  ledger: Ledger;
  /** A run that is in progress when the fault comes. */
  probe: Probe;
  /** The same numbers for the same seed and scenario. */
  random: Random;
}

/** One fault. It is injected while the product runs; then everything must be as if it had not happened. */
export interface Scenario {
  name: string;
  /** The fault, and how it is injected: for people. */
  fault: string;
  /** Seconds after the end of the fault within which the probe's run is finished and its row closed. */
  recoveryS: number;
  /** Part of `--quick`. */
  quick?: true;
  /** Why it cannot be injected on this machine; null if it can. */
  obstacle?: () => string | null;
  /** Injects the fault; resolves at its end. */
  inject(stage: Stage): Promise<void>;
  /** What an operator does after it; its time is part of the recovery. */
  repair?(stage: Stage): Promise<void>;
  /** Once the probe has ended: checks what only this scenario can, and takes back what it has added. */
  conclude?(stage: Stage): Promise<void>;
}
