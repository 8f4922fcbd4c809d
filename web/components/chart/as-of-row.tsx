'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { runsQuery } from '../../lib/api/queries';
import { useWallNow } from '../../lib/clock';
import { formatTime } from '../../lib/time';
import { Button } from '../ui/button';
import { SkeletonText } from '../ui/skeleton';
import { earliestOf, fromLocal, latestOf, MINUTE_MS, toLocal } from './as-of';

/** While the slider moves, the chart follows in these steps. ms */
const SETTLE_MS = 250;

/** In place of the newest price: the instant that the chart shows the store at, on a slider. By the wall clock. */
export function AsOfRow({ asOf, onChange }: { asOf: string; onChange: (asOf: string | null) => void }) {
  const now = useWallNow(MINUTE_MS);
  // the store begins with its first backfill
  const { data: first } = useQuery(runsQuery({ trigger: 'initial', limit: 1 }));
  const [moved, setMoved] = useState<number | null>(null);
  const commit = useEffectEvent((time: number) => {
    onChange(new Date(time).toISOString());
    setMoved(null);
  });
  useEffect(() => {
    if (moved === null) return;
    const timer = setTimeout(() => commit(moved), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [moved]);
  if (now === null)
    return (
      <div className={ROW}>
        <SkeletonText chars={40} />
      </div>
    );
  const value = moved ?? Date.parse(asOf);
  const latest = latestOf(now);
  const earliest = Math.min(earliestOf(first?.runs[0]?.startedAt ?? null, latest), value);
  return (
    <div className={ROW}>
      <span className="text-xs whitespace-nowrap">
        <span className="text-ink-3">as the store knew it on </span>
        <output className="text-warn">
          {formatTime(value, 'date', 'UTC')} {formatTime(value, 'minute', 'UTC')} UTC
        </output>
      </span>
      <input
        type="range"
        aria-label="Instant"
        aria-valuetext={`${formatTime(value, 'date', 'UTC')} ${formatTime(value, 'minute', 'UTC')} UTC`}
        min={earliest}
        max={Math.max(latest, value)}
        step={MINUTE_MS}
        value={value}
        onChange={({ target }) => setMoved(Number(target.value))}
        className="h-6 min-w-40 flex-1 accent-(--accent)"
      />
      <input
        type="datetime-local"
        aria-label="Instant, UTC"
        value={toLocal(value)}
        max={toLocal(latest)}
        onChange={({ target }) => {
          const time = fromLocal(target.value);
          if (time !== null) setMoved(Math.min(time, latest));
        }}
        className="h-7 rounded border border-rule-strong bg-bg px-1.5 text-xs"
      />
      <Button onClick={() => onChange(null)}>Now</Button>
    </div>
  );
}

const ROW = 'flex min-h-9 flex-wrap items-center gap-x-4 gap-y-1 py-1';
