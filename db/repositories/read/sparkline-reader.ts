import type { SeriesKey } from '../../../domain/bar.js';
import type { Queryable } from '../../client.js';

/** A part of an asset's bars, divided into steps of equal length. */
export interface SparklineWindow extends SeriesKey {
  /** The sources that have bars of this timeframe, by rank. */
  sources: readonly number[];
  /** Half-open, epoch ms. */
  start: number;
  end: number;
  stepMs: number;
}

/** Reads a few closes of many series. */
export class SparklineReader {
  constructor(private readonly db: Queryable) {}

  /**
   * The last close of each step, by asset.
   * @param windows one per asset
   * @returns the steps up to that of the last bar; null for a step without a bar
   */
  async closes(windows: readonly SparklineWindow[]): Promise<Map<number, (number | null)[]>> {
    if (windows.length === 0) return new Map();
    const { rows } = await this.db.query<{ assetId: number; steps: number[]; closes: number[] }>({
      name: 'sparkline-closes',
      text: CLOSES,
      values: [
        windows.map(({ assetId }) => assetId),
        windows.map(({ timeframe }) => timeframe),
        windows.map(({ start }) => new Date(start)),
        windows.map(({ end }) => new Date(end)),
        windows.map(({ stepMs }) => stepMs / 1_000),
        windows.flatMap(({ assetId, sources }) => sources.map(() => assetId)),
        windows.flatMap(({ sources }) => sources),
      ],
    });
    return new Map(rows.map(({ assetId, steps, closes }) => [assetId, spread(steps, closes)]));
  }
}

function spread(steps: readonly number[], closes: readonly number[]): (number | null)[] {
  const all = new Array<number | null>(steps.at(-1)! + 1).fill(null);
  steps.forEach((step, i) => (all[step] = closes[i]!));
  return all;
}

// of two bars at the same time, the one of the source that comes first
const CLOSES = `
  with source as (
    select * from unnest($6::int[], $7::int[]) with ordinality s(asset_id, id, n))
  select asset_id as "assetId", array_agg(step order by step) as steps, array_agg(close order by step) as closes
  from unnest($1::int[], $2::timeframe[], $3::timestamptz[], $4::timestamptz[], $5::int[])
    as part (asset_id, timeframe, start, "end", seconds)
  cross join lateral (
    select distinct on (step) floor(extract(epoch from time - part.start) / part.seconds)::int as step, close
    from source join bars on bars.asset_id = source.id
    where source.asset_id = part.asset_id and bars.timeframe = part.timeframe and time >= part.start and time < part."end"
    order by step, time desc, n
  ) thinned
  group by asset_id`;
