import {
  adjustBars,
  dividendAtLevel,
  stepsForDividends,
  stepsToRaw,
  type AdjustmentStep,
  type SplitLevel,
} from '../../domain/adjustment/adjust-bars.js';
import { catalogOf } from '../../config/catalog/kinds-of-providers.js';
import type { DividendRow, SplitRow } from '../../db/repositories/read/action-reader.js';
import type { BarSnapshot } from '../../db/repositories/read/bar-snapshots.js';
import type { PriceColumns } from '../../domain/bar.js';
import { midnightOf } from '../../domain/calendars/dates.js';
import { isDateLabelled } from '../../domain/timeframe.js';
import { tradingDateOf, type SeriesSpec } from './series-spec.js';

/** Stored bars with the adjustment of the request; with `asOf`, by the splits and dividends that were known then. */
export async function adjusted(spec: SeriesSpec, { actions }: BarSnapshot, bars: PriceColumns): Promise<PriceColumns> {
  const { asset, window } = spec; // the actions of an asset are those of all its sources
  const first = bars.time[0];
  if (window.adjustment === 'split' || first === undefined) return bars;
  const { reference } = catalogOf(asset);
  const known = await actions.after({ assetId: asset.id, reference }, tradingDateOf(spec, first), window.asOf);
  return adjustBars(bars, stepsOf(spec, known));
}

function stepsOf({ rules, window }: SeriesSpec, actions: (SplitRow | DividendRow)[]): AdjustmentStep[] {
  const { calendar, timeframe } = rules;
  const exDate = (session: string): number =>
    isDateLabelled(timeframe) ? midnightOf(session) : (calendar.sessionOn(session)?.open ?? midnightOf(session));
  const splits = actions.filter((action) => action.kind === 'split');
  if (window.adjustment === 'raw') {
    const applied = splits.filter((split) => isApplied(split, window.asOf));
    return stepsToRaw(applied.map((split) => ({ ...split, exDate: exDate(split.session) })));
  }
  const levels = levelsOf(splits, window.asOf);
  const dividends = actions.filter((action) => action.kind === 'dividend');
  return stepsForDividends(
    dividends.map((dividend) => ({
      exDate: exDate(dividend.session),
      amount: dividendAtLevel(dividend, levels),
      closeBefore: dividend.closeBefore,
    })),
  );
}

const isApplied = ({ appliedAt }: SplitRow, asOf: number | null): boolean =>
  appliedAt !== null && appliedAt <= (asOf ?? Infinity);

/** Splits with the price level of bars and amounts. @param asOf wall clock, epoch ms; null = now */
export const levelsOf = (splits: readonly SplitRow[], asOf: number | null): SplitLevel[] =>
  splits.map((split) => ({
    ...split,
    isApplied: isApplied(split, asOf),
    amountsSince: split.appliedAt === null ? (split.levelSince ?? Infinity) : -Infinity,
  }));
