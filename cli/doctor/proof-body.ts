import type { Examination } from './examine.js';
import { proofCounts, proofOf } from './report.js';

/** What `npm run doctor -- --json` prints. Times are ISO 8601; what is for people only is in words, as in the report. */
export function proofBody(examination: Examination): object {
  const { assets, sources, recounted, series, findings, chain, odd, disagreements, heldBack, badAssets } = examination;
  return {
    proof: proofOf(examination),
    unexplained: findings.total,
    ...{ assets, sources, recountedSessions: recounted },
    ...proofCounts(series),
    digest: chain.head && { seq: chain.head.seq, hash: chain.head.hash },
    findings: findings.list(),
    series: series.map(
      ({ series: { symbol, provider, timeframe }, values, missing, firstTime, lastTime, ...counts }) => ({
        ...{ symbol, provider, timeframe },
        from: iso(firstTime),
        to: iso(lastTime),
        ...counts,
        missing: missing.map(({ session, reason, slots, nextAttemptAt }) => ({
          session,
          reason,
          slots,
          nextAttemptAt,
        })),
        barsProved: values.bars,
      }),
    ),
    heldBack: heldBack.map(({ symbol, provider, since }) => ({ symbol, provider, since: iso(since) })),
    ...{ badAssets, odd, disagreements },
  };
}

const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());
