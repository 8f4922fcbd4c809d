import type { NewBatch } from '../db/repositories/load/write-batch.js';
import {
  digestOfBar,
  digestOfRejected,
  type GivenAction,
  type GivenBars,
  type GivenCoverage,
  type GivenFacts,
} from '../db/repositories/proof/payload-digests.js';
import type { StoredAction, VersionsOfPayloads } from '../db/repositories/proof/stored-facts.js';

/** What is stored of a payload when it is pruned. */
export interface StoredOfPayload {
  /** Versions of bars, of this and of other payloads. */
  versions: VersionsOfPayloads;
  /** Whether a batch of it was loaded: only then its bars are expected to be stored. */
  isLoaded: boolean;
  /** Of its asset. */
  actions: readonly StoredAction[];
  isSourceOfQuote: boolean;
}

/**
 * What is kept of a payload once its body is pruned. It comes from the payload alone; what is stored only decides how much of
 * it is kept: a value that another payload gave as well is that payload's to prove.
 */
export function factsOfBatch(batch: NewBatch, stored: StoredOfPayload): GivenFacts {
  const { bars, quote } = batch;
  return {
    firstTime: bars.time[0] ?? null,
    bars: barsOf(batch, stored),
    coverage: coverageOf(batch),
    rejected: Buffer.concat([...batch.rejected, ...batch.repaired].map(digestOfRejected)).toString('base64'),
    actions: actionsOf(batch, stored.actions),
    quotes: quote && stored.isSourceOfQuote ? [{ ...quote, providerSymbol: null }] : [],
  };
}

function barsOf(batch: NewBatch, { versions, isLoaded }: StoredOfPayload): GivenBars {
  const { payloadId, bars } = batch;
  const own = new Map<number, number[]>();
  versions.payloadId.forEach((id, i) => {
    if (id !== payloadId) return;
    const at = own.get(versions.time[i]!);
    if (at) at.push(i);
    else own.set(versions.time[i]!, [i]);
  });
  const times: number[] = [];
  const digests: Buffer[] = [];
  const values: GivenBars['values'] = [];
  bars.time.forEach((time, row) => {
    const stored = own.get(time);
    if (!stored && (!isLoaded || versions.current.has(time))) return;
    const given = valuesAt(bars, row);
    if (stored && !stored.some((i) => valuesAt(versions, i).every((value, column) => Object.is(value, given[column]))))
      values.push([times.length, ...given]);
    times.push(time);
    digests.push(digestOfBar(batch, time, given));
  });
  return { times, digests: Buffer.concat(digests).toString('base64'), values };
}

/** Open, high, low, close and volume. */
const valuesAt = ({ open, high, low, close, volume }: Omit<NewBatch['bars'], 'session'>, i: number) => [
  open[i]!,
  high[i]!,
  low[i]!,
  close[i]!,
  volume[i]!,
];

function coverageOf({ coverage }: NewBatch): GivenCoverage {
  const full: GivenCoverage['full'] = [];
  const other: GivenCoverage['other'] = [];
  let follows = false;
  for (const { session, answered, filled, empty } of coverage) {
    if (filled !== answered) other.push([session, filled, empty]);
    else if (follows) full.at(-1)![1] = session;
    else full.push([session, session]);
    follows = filled === answered;
  }
  return { full, other };
}

const actionsOf = ({ payloadId, actions }: NewBatch, all: readonly StoredAction[]): GivenAction[] =>
  actions.flatMap((action) => {
    const stored = all.find(({ kind, session }) => kind === action.kind && session === action.session);
    if (stored && stored.payloadId !== payloadId) return [];
    const { firstSeenAt, appliedAt } = stored ?? {};
    return [{ ...action, stored: stored ? { firstSeenAt: firstSeenAt!, appliedAt: appliedAt! } : null }];
  });
