'use client';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { Problem } from './states';
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
  /** Further fields, before the reason. */
  fields?: ReactNode;
  /** They are filled in. */
  isComplete?: boolean;
  /** Performs the action. The dialog closes on success and shows the problem on failure. */
  act: (reason: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a reason before an admin action; the audit log keeps it. */
export function ReasonDialog({
  title,
  children,
  action,
  kind = 'primary',
  example,
  fields,
  isComplete = true,
  act,
  onClose,
}: Props) {
  const [reason, setReason] = useState('');
  const work = useMutation({ mutationFn: act, onSuccess: onClose, retry: false, networkMode: 'always' });
  const canAct = isComplete && reason.trim() !== '' && !work.isPending;
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="text-ink-2">{children}</div>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (canAct) work.mutate(reason.trim());
        }}
      >
        {fields}
        <TextField
          label="Reason"
          hint="Stored in the audit log."
          placeholder={example}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          maxLength={MAX_REASON_CHARS}
          autoComplete="off"
          autoFocus={!fields}
          required
        />
        {work.error && <Problem error={work.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" kind={kind} disabled={!canAct}>
            {work.isPending ? 'Working…' : action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
