'use client';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Declined } from '../../lib/api/admin';
import { describeError } from '../../lib/api/errors';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './text-field';

/** The API's limit. */
export const MAX_REASON_CHARS = 500;

interface Props {
  title: string;
  /** The effect of the action. */
  children: ReactNode;
  /** Button label: a verb. */
  action: string;
  kind?: 'primary' | 'danger';
  example: string;
  /** Performs the action. The dialog closes on success and shows the problem on failure. */
  act: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a reason before an admin action; the audit log keeps it. */
export function ReasonDialog({ title, children, action, kind = 'primary', example, act, onClose }: Props) {
  const [reason, setReason] = useState('');
  const work = useMutation({ mutationFn: act, onSuccess: onClose, retry: false, networkMode: 'always' });
  const failure = work.error && !(work.error instanceof Declined) ? describeError(work.error) : null;
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-ink-2">{children}</div>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '' && !work.isPending) work.mutate(reason.trim());
        }}
      >
        <TextField
          label="Reason"
          hint="Stored in the audit log."
          placeholder={example}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={MAX_REASON_CHARS}
          autoComplete="off"
          autoFocus
          required
        />
        {failure && (
          <div role="alert" className="border-l-2 border-down pl-3">
            <p className="text-down">{failure.title}</p>
            {failure.detail && <p className="text-xs text-ink-2">{failure.detail}</p>}
          </div>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" kind={kind} disabled={reason.trim() === '' || work.isPending}>
            {work.isPending ? 'Working…' : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
