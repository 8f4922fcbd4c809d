interface Step {
  name: string;
  description: string;
}

const EXTRACT: Step = { name: 'Extract', description: 'One request per symbol; payloads are stored.' };
const TRANSFORM: Step = { name: 'Transform', description: 'Keep what is final; quarantine what breaks a rule.' };
const LOAD: Step = { name: 'Load', description: 'Insert, keep replaced versions, compute indicators.' };

/** What a run of a live pipeline does, in order; docs/architecture.md has the details. */
const STEPS: Readonly<Record<string, readonly Step[]>> = {
  stocks_1min: [
    { name: 'Plan', description: 'Find minute bars that are final and not stored yet.' },
    EXTRACT,
    TRANSFORM,
    LOAD,
  ],
  stocks_1d: [
    { name: 'Plan', description: 'Find daily bars that are final and not stored yet.' },
    EXTRACT,
    TRANSFORM,
    LOAD,
  ],
  crypto_20min: [
    { name: 'Plan', description: 'Find bars that are final and not stored yet.' },
    { name: 'Extract', description: 'One request for prices, one per symbol for bars.' },
    TRANSFORM,
    LOAD,
  ],
  us_stocks_1min: [
    { name: 'Plan', description: 'Find bars that are final and not stored yet.' },
    { name: 'Extract', description: 'One request for many symbols; payloads are stored.' },
    TRANSFORM,
    LOAD,
  ],
  crypto_1min: [
    { name: 'Plan', description: 'Find minute bars that are final and not stored yet.' },
    EXTRACT,
    TRANSFORM,
    LOAD,
  ],
};
export const LIVE_PIPELINES = Object.keys(STEPS);
export const stepsOf = (pipeline: string): readonly Step[] => STEPS[pipeline] ?? [];

const UPKEEP: Readonly<Record<string, string>> = {
  heal_gaps: 'Fills gaps from stored payloads or from the provider.',
  verify_bars: 'Re-fetches closed sessions; differences become revisions.',
  reconcile_runs: 'Closes the records of runs that were killed.',
  alerts: 'Opens and closes alerts, and has messages about them sent.',
  housekeeping: 'Deletes old payload bodies, run steps and change logs.',
  backup: 'Copies the database to the backup folder.',
};

/** The schedules that maintain what the live pipelines have stored. */
export const UPKEEP_SCHEDULES = Object.keys(UPKEEP);

/** What a maintenance schedule does; null for a live pipeline. */
export const upkeepOf = (id: string): string | null => UPKEEP[id] ?? null;
