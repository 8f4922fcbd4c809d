'use client';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { assetsQuery } from '../../lib/api/queries';
import type { BackfillRequest, StoredTimeframe } from '../../lib/api/types';
import { STORED_TIMEFRAMES } from '../../lib/timeframes';
import { cx } from '../ui/cx';
import { Dialog } from '../ui/dialog';
import { MAX_REASON_CHARS } from '../ui/reason-dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { TextField } from '../ui/text-field';
import { BackfillSteps } from './backfill-steps';

/** The form of a new backfill: its assets, timeframes, window and reason. An empty field means all. */
export function NewBackfill({ onClose }: { onClose: () => void }) {
  const { data: assets } = useQuery(assetsQuery);
  const [symbols, setSymbols] = useState<readonly string[]>([]);
  const [timeframes, setTimeframes] = useState<readonly StoredTimeframe[]>([]);
  const [start, setStart] = useState('');
  const [end, setEnd] = useState('');
  const [reason, setReason] = useState('');
  const isReversed = start !== '' && end !== '' && start >= end;
  const request: BackfillRequest = {
    ...(symbols.length > 0 && { symbols: [...symbols] }),
    ...(timeframes.length > 0 && { timeframes: [...timeframes] }),
    ...(start !== '' && { from: start }),
    ...(end !== '' && { to: end }),
    ...(reason.trim() !== '' && { reason: reason.trim() }),
  };
  return (
    <Dialog kind="sheet" title="New backfill" onClose={onClose}>
      <p className="text-ink-2">
        Fetches missing bars from the providers, newest first, at a lower priority than live runs. Empty fields mean
        all.
      </p>
      {assets ? (
        <MultiChoice
          legend="Assets"
          names={assets.filter(({ status }) => status === 'active').map(({ symbol }) => symbol)}
          chosen={symbols}
          onChange={setSymbols}
        />
      ) : (
        <SkeletonBlock className="h-20" />
      )}
      <MultiChoice legend="Timeframes" names={STORED_TIMEFRAMES} chosen={timeframes} onChange={setTimeframes} />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Start date"
          type="date"
          value={start}
          onChange={(event) => setStart(event.target.value)}
          hint="Empty: the full history."
        />
        <TextField
          label="End date (exclusive)"
          type="date"
          value={end}
          onChange={(event) => setEnd(event.target.value)}
          hint="Empty: now."
          error={isReversed ? 'Must be after the start date.' : undefined}
        />
      </div>
      <TextField
        label="Reason"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Optional. Stored in the audit log."
        placeholder="the provider reported wrong volumes"
        maxLength={MAX_REASON_CHARS}
        autoComplete="off"
      />
      <div className="border-t border-rule pt-4">
        <BackfillSteps request={request} disabled={isReversed} />
      </div>
    </Dialog>
  );
}

/** A selection of names; an empty one means all. */
function MultiChoice<T extends string>({
  legend,
  names,
  chosen,
  onChange,
}: {
  legend: string;
  names: readonly T[];
  chosen: readonly T[];
  onChange: (chosen: readonly T[]) => void;
}) {
  const note = useId();
  return (
    <fieldset aria-describedby={note}>
      <legend className="label">
        {legend} <span id={note}>{chosen.length === 0 ? '(all)' : `(${chosen.length} of ${names.length})`}</span>
      </legend>
      <div className="mt-1 flex max-h-32 flex-wrap gap-1 overflow-y-auto p-0.5">
        {names.map((name) => {
          const isChosen = chosen.includes(name);
          return (
            <label
              key={name}
              className={cx(
                'relative flex h-6 cursor-pointer items-center rounded-sm border px-2 text-xs has-focus-visible:outline-2 has-focus-visible:outline-accent',
                isChosen ? 'border-accent text-ink' : 'border-rule-strong text-ink-2 hover:text-ink',
              )}
            >
              <input
                type="checkbox"
                className="absolute inset-0 cursor-pointer opacity-0"
                checked={isChosen}
                onChange={() => onChange(isChosen ? chosen.filter((other) => other !== name) : [...chosen, name])}
              />
              {name}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
