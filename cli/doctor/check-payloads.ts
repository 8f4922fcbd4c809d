import type { PayloadRow } from '../../db/repositories/proof/stored-payloads.js';
import { READERS } from '../../providers/payload-readers.js';
import type { Findings } from './findings.js';
import { type SeriesFile, titleOf } from './stored-series.js';

/** Checks that the row of each payload is as it was stored, and that its URL is that of its request. */
export function checkPayloadRows({ series, payloadRows }: SeriesFile, findings: Findings): void {
  const { timeframe, provider } = series;
  for (const row of payloadRows) {
    const name = `${titleOf(series)}, payload ${row.id}`;
    checkUnchanged(row, name, findings);
    const request = {
      providerSymbol: row.providerSymbol ?? '',
      timeframe,
      window: { from: row.windowFrom, to: row.windowTo },
    };
    if (!READERS[provider].fitsUrl(row.url, request))
      findings.add(
        'payload_url',
        `${name}: ${row.url} does not request ${row.providerSymbol} ${timeframe} of its window`,
      );
  }
}

export function checkUnchanged({ isUnchanged }: PayloadRow, name: string, findings: Findings): void {
  if (!isUnchanged) findings.add('payload_changed', `${name}: something was changed after it was stored`);
}
