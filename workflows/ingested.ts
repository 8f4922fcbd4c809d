import { isSymptom, type Sign, SIGNS } from '../domain/outage.js';
import { addRows, NO_ROWS, type RowCounts } from '../domain/run.js';

/** Why a request failed. */
export interface Failed {
  type: string;
  message: string;
}

/** How much is done: what progress shows. */
export interface Done {
  counts: RowCounts;
  requestsDone: number;
  requestsFailed: number;
}

/** The outcome of some requests. Outcomes can be added up. */
export interface Ingested extends Done {
  /** Assets whose requests all succeeded. */
  okAssets: number[];
  /** Assets with a request that failed. */
  failedAssets: number[];
  /** The first failure of each type. */
  failures: Failed[];
  /** Assets by the signs that they show, which may be signs of their provider or exchange. */
  signs: Partial<Record<Sign, number[]>>;
}

export const nothingIngested = (): Ingested => ({
  counts: { ...NO_ROWS },
  okAssets: [],
  failedAssets: [],
  failures: [],
  signs: {},
  requestsDone: 0,
  requestsFailed: 0,
});

export const failedWith = (assetId: number | null, failure: Failed): Ingested => ({
  ...nothingIngested(),
  failedAssets: assetId === null ? [] : [assetId],
  failures: [failure],
  signs: assetId !== null && isSymptom(failure.type) ? { [failure.type]: [assetId] } : {},
  requestsFailed: 1,
});

export const addDone = (a: Done, b: Done): Done => ({
  counts: addRows(a.counts, b.counts),
  requestsDone: a.requestsDone + b.requestsDone,
  requestsFailed: a.requestsFailed + b.requestsFailed,
});

/** Adds up outcomes, in time linear in their size: an asset with a failed request is not among those that are all right. */
export function sum(outcomes: readonly Ingested[]): Ingested {
  const done = outcomes.reduce<Done>(addDone, nothingIngested());
  const failedAssets = new Set(outcomes.flatMap((outcome) => outcome.failedAssets));
  const okAssets = new Set(outcomes.flatMap((outcome) => outcome.okAssets));
  const failures = new Map<string, Failed>();
  for (const failure of outcomes.flatMap((outcome) => outcome.failures))
    if (!failures.has(failure.type)) failures.set(failure.type, failure);
  const signs = SIGNS.map((sign) => [sign, [...new Set(outcomes.flatMap((outcome) => outcome.signs?.[sign] ?? []))]]);
  return {
    ...done,
    okAssets: [...okAssets].filter((assetId) => !failedAssets.has(assetId)),
    failedAssets: [...failedAssets],
    failures: [...failures.values()],
    signs: Object.fromEntries(signs) as Ingested['signs'],
  };
}

export const add = (a: Ingested, b: Ingested): Ingested => sum([a, b]);
