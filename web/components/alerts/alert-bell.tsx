'use client';
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { openAlertsQuery } from '../../lib/api/alert-queries';
import { counted } from '../../lib/format';
import { cx } from '../ui/cx';

/** Loaded when it is first opened. */
const AlertsSheet = dynamic(() => import('./alerts-sheet').then((module) => module.AlertsSheet), { ssr: false });

/** How many alerts are open, in the header of every page; opens the list of them. */
export function AlertBell() {
  const [isOpen, setOpen] = useState(false);
  const { data: alerts } = useQuery(openAlertsQuery);
  const count = alerts?.length ?? 0;
  const isCritical = alerts?.some(({ severity }) => severity === 'critical') ?? false;
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        title="Alerts"
        onClick={() => setOpen(true)}
        className={cx(
          // the count has its place from the start, so that nothing moves
          'flex h-7 w-8 items-center rounded pl-0.5 text-2xs sm:w-9 sm:gap-0.5 hover:text-ink',
          count === 0 ? 'text-ink-2' : isCritical ? 'text-down' : 'text-warn',
        )}
      >
        <svg
          aria-hidden
          viewBox="0 0 16 16"
          className="size-4 shrink-0"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
        >
          <path d="M8 2a4 4 0 0 0-4 4v2.5L2.8 11.5h10.4L12 8.5V6a4 4 0 0 0-4-4Z" strokeLinejoin="round" />
          <path d="M6.5 13.5a1.6 1.6 0 0 0 3 0" strokeLinecap="round" />
        </svg>
        {count > 0 && (
          <span aria-hidden className="tabular-nums">
            {count > 99 ? '99+' : count}
          </span>
        )}
        <span className="sr-only">{count === 0 ? 'Alerts: none open' : `Alerts: ${count} open`}</span>
      </button>
      {/* a screen reader hears of a change wherever it is */}
      <span role="status" className="sr-only">
        {count > 0 && counted(count, 'open alert')}
      </span>
      {isOpen && <AlertsSheet onClose={() => setOpen(false)} />}
    </>
  );
}
