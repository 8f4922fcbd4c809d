import { Noise } from './rng.js';
import type { ProviderName } from './traffic.js';

/**
 * Kinds of faulty responses. `nulls`: a fifth of the rows lose their values; `drift`: another format; `giant`: 512 MB;
 * `half-open`: half of a body, and then nothing; `nan`: prices that are NaN; `wrong-symbol`: the chart of another stock;
 * `negative`, `duplicates`, `shuffled`: prices below 0, each row twice, rows from the newest to the oldest.
 */
const FAULTS = [
  ...([
    'limited',
    'error',
    'delisted',
    'html',
    'text',
    'empty',
    'truncated',
    'giant',
    'reset',
    'hang',
    'half-open',
  ] as const),
  ...(['nulls', 'nan', 'negative', 'duplicates', 'shuffled', 'wrong-symbol', 'drift'] as const),
] as const;
export type Fault = (typeof FAULTS)[number];

/** `mild` and `storm`: some requests fail, each in its own way; a fault: all requests fail in this way. */
export const FAULT_MODES = ['none', 'mild', 'storm', ...FAULTS] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

/** Share of requests with each fault in a storm; `mild` has 15 % of that. */
const STORM: [Fault, number][] = [
  ['limited', 0.1],
  ['error', 0.1],
  ['html', 0.05],
  ['truncated', 0.05],
  ['reset', 0.05],
  ['hang', 0.03],
  ['nulls', 0.04],
];
const WEIGHT: Partial<Record<FaultMode, number>> = { mild: 0.15, storm: 1 };

/** Chooses, by seed and count, the requests that fail. */
export class Faults {
  mode: FaultMode = 'none';
  /** Only this provider's requests fail; null = those of all. */
  only: ProviderName | null = null;
  private count = 0;
  private readonly noise: Noise;

  constructor(seed: number) {
    this.noise = new Noise(seed, 'faults');
  }

  /** The fault of the next request to a provider; null if it succeeds. */
  next(provider: ProviderName): Fault | null {
    if (this.only !== null && provider !== this.only) return null;
    const chance = this.noise.unit(++this.count);
    const weight = WEIGHT[this.mode];
    if (weight === undefined) return FAULTS.find((fault) => fault === this.mode) ?? null;
    let sum = 0;
    for (const [fault, share] of STORM) {
      sum += share * weight;
      if (chance < sum) return fault;
    }
    return null;
  }

  /** Whether `nulls` removes the values of the row at `time` in this request. */
  hides(time: number): boolean {
    return this.noise.unit(Math.floor(time / 1000), this.count) < 0.2;
  }
}
