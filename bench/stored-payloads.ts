import type pg from 'pg';
import { insertPayload } from '../db/repositories/load/payloads.js';
import type { Session } from '../domain/calendars/calendar.js';
import { benchSymbols } from './stocks.js';

export const RUN = { workflowId: 'bench', runId: '00000000-0000-4000-8000-000000000000' };

export interface PayloadInput {
  assetIds: number[];
  /** The sessions in each body, ascending. */
  sessions: readonly Session[];
  /** One per asset. */
  bodies: Buffer[];
}

/** Stores one payload of 1m bars per asset, all with the same fetch time. @returns ids of the payloads */
export function storePayloads(
  pool: pg.Pool,
  { assetIds, sessions, bodies }: PayloadInput,
  fetchedAt: number,
): Promise<number[]> {
  const symbols = benchSymbols(bodies.length);
  return Promise.all(
    bodies.map((body, i) =>
      insertPayload(pool, {
        provider: 'yahoo',
        kind: 'bars',
        assetId: assetIds[i]!,
        timeframe: '1m',
        providerSymbol: symbols[i]!,
        windowFrom: sessions[0]!.open,
        windowTo: sessions.at(-1)!.close,
        url: 'http://127.0.0.1/',
        status: 200,
        contentType: 'application/json',
        body,
        rows: 0,
        fetchedAt: new Date(fetchedAt).toISOString(),
        durationMs: 0,
        ...RUN,
      }),
    ),
  );
}
