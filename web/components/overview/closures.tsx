'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { announceClosure, closuresQuery, undoClosure } from '../../lib/api/closures';
import type { Closure, Market } from '../../lib/api/types';
import { nameOfDate } from '../../lib/time';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { QueryResult } from '../ui/panel';
import { ReasonDialog } from '../ui/reason-dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { TextField } from '../ui/text-field';

type Doing = { action: 'announce' } | { action: 'undo'; closure: Closure };

/** The closures of a market that its calendar does not have: those announced, with an undo, and a new one. */
export function Closures({ market, onClose }: { market: Market; onClose: () => void }) {
  const { mic, name } = market;
  const query = useQuery(closuresQuery(mic));
  const [doing, setDoing] = useState<Doing | null>(null);
  return (
    <Dialog title={`${name}: closures`} onClose={onClose}>
      <p className="text-ink-2">
        For a day on which the market is closed although its calendar has a session: no bars are expected on it.
      </p>
      <QueryResult
        query={query}
        skeleton={<SkeletonBlock className="h-16" />}
        isEmpty={({ closures }) => closures.length === 0}
        empty={<p className="text-ink-3">None announced.</p>}
      >
        {({ closures }) => (
          <ul aria-label="Announced" className="max-h-64 divide-y divide-rule overflow-y-auto border-y border-rule">
            {closures.map((closure) => (
              <li key={closure.date} className="flex min-h-9 items-center justify-between gap-3 py-1">
                <span className="min-w-0">
                  <span className="whitespace-nowrap">{nameOfDate(closure.date)}</span>{' '}
                  <span className="text-ink-2 wrap-anywhere">{closure.reason}</span>
                </span>
                {closure.list === 'file' ? (
                  <span className="label whitespace-nowrap">in the closures file</span>
                ) : (
                  <Button
                    aria-label={`Undo the closure of ${nameOfDate(closure.date)}`}
                    onClick={() => setDoing({ action: 'undo', closure })}
                  >
                    Undo
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </QueryResult>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Close</Button>
        <Button kind="primary" onClick={() => setDoing({ action: 'announce' })}>
          Announce a closure
        </Button>
      </div>
      {doing?.action === 'announce' && <Announce market={market} onClose={() => setDoing(null)} />}
      {doing?.action === 'undo' && <Undo market={market} closure={doing.closure} onClose={() => setDoing(null)} />}
    </Dialog>
  );
}

/** A closure changes clocks, coverage and what is missing. */
function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries();
}

function Announce({ market: { mic, name, date }, onClose }: { market: Market; onClose: () => void }) {
  const [day, setDay] = useState(date ?? '');
  const refresh = useRefresh();
  return (
    <ReasonDialog
      title={`Announce a closure of ${name}`}
      action="Announce"
      example="day of mourning"
      fields={
        <TextField
          label="Date"
          type="date"
          value={day}
          onChange={(event) => setDay(event.target.value)}
          hint="Trading date, in the market’s own time zone."
          autoFocus
          required
        />
      }
      isComplete={day !== ''}
      act={async (reason) => {
        await announceClosure(mic, day, reason);
        await refresh();
      }}
      onClose={onClose}
    >
      From then on, no bars are expected on that day. Nothing is deleted: a day with stored bars cannot be closed.
    </ReasonDialog>
  );
}

function Undo({ market: { mic, name }, closure, onClose }: { market: Market; closure: Closure; onClose: () => void }) {
  const refresh = useRefresh();
  return (
    <ReasonDialog
      title={`Undo the closure of ${name} on ${nameOfDate(closure.date)}`}
      action="Undo"
      example="announced for the wrong market"
      act={async (reason) => {
        await undoClosure(mic, closure.date, reason);
        await refresh();
      }}
      onClose={onClose}
    >
      The day has its session again, and its bars are expected and requested.
    </ReasonDialog>
  );
}
