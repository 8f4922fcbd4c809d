/** A step by name and what it does. */
type Step = readonly [name: string, what: string];

const TRANSFORM: Step = ['Transform', 'Keep what is final; quarantine what breaks a rule.'];
const LOAD: Step = ['Load', 'Insert, keep replaced versions, compute indicators.'];

/** What a run of a live pipeline does, in order; docs/architecture.md tells it at length. */
const STEPS: Readonly<Record<string, readonly Step[]>> = {
  stocks_1min: [
    ['Plan', 'Which minutes are final and not stored yet.'],
    ['Extract', 'A request a symbol, its answer kept as received.'],
    TRANSFORM,
    LOAD,
  ],
  stocks_1d: [
    ['Plan', 'Which days have become final and are not stored.'],
    ['Extract', 'A request a symbol, its answer kept as received.'],
    TRANSFORM,
    LOAD,
  ],
  crypto_20min: [
    ['Plan', 'Which candles are final and not stored yet.'],
    ['Extract', 'Live prices in one request, candles a symbol each.'],
    TRANSFORM,
    LOAD,
  ],
};
export const LIVE_PIPELINES = Object.keys(STEPS);
export const stepsOf = (pipeline: string): readonly Step[] => STEPS[pipeline] ?? [];

const UPKEEP: Readonly<Record<string, string>> = {
  heal_gaps: 'Fills what is missing from kept answers, or the provider.',
  verify_bars: 'Asks again for closed sessions; differences are revisions.',
  reconcile_runs: 'Closes the records of runs that were killed.',
  housekeeping: 'Deletes old payload bodies, run steps and change logs.',
};

export const UPKEEP_SCHEDULES = Object.keys(UPKEEP);

/** What a schedule of the upkeep does; null for a live pipeline. */
export const upkeepOf = (id: string): string | null => UPKEEP[id] ?? null;
