'use client';
import { useState } from 'react';
import { useScheduleAction, type ScheduleAction } from '../../lib/api/schedule-actions';
import type { Schedule } from '../../lib/api/types';
import { Button } from '../ui/button';
import { ReasonDialog } from '../ui/reason-dialog';

const ACTIONS = {
  pause: {
    verb: 'Pause',
    what: 'It fires no more until it is resumed, also when all is started anew. What runs already goes on.',
    example: 'maintenance of the provider until 18:00',
  },
  resume: {
    verb: 'Resume',
    what: 'It fires again; the first run fetches what was missed.',
    example: 'maintenance is over',
  },
  trigger: {
    verb: 'Run now',
    what: 'Starts a run at once, beside its times. While another one is under way, it does nothing.',
    example: 'checking a new asset',
  },
} as const satisfies Record<ScheduleAction, { verb: string; what: string; example: string }>;

/** Pause or resume, and run now. */
export function ScheduleActions({ schedule }: { schedule: Schedule | undefined }) {
  const [asked, ask] = useState<ScheduleAction | null>(null);
  const id = schedule?.id;
  const isThere = schedule !== undefined && schedule.state !== 'missing';
  const toggle = schedule?.paused ? 'resume' : 'pause';
  return (
    <div className="flex shrink-0 gap-2">
      {([toggle, 'trigger'] as const).map((action, place) => (
        <Button
          // by its place: the focus stays when Pause becomes Resume
          key={place}
          disabled={!isThere}
          aria-label={id && `${ACTIONS[action].verb}: ${id}`}
          onClick={() => ask(action)}
        >
          {ACTIONS[action].verb}
        </Button>
      ))}
      {id !== undefined && asked && <Question id={id} action={asked} onClose={() => ask(null)} />}
    </div>
  );
}

function Question({ id, action, onClose }: { id: string; action: ScheduleAction; onClose: () => void }) {
  const { mutateAsync } = useScheduleAction(id, action);
  const { verb, what, example } = ACTIONS[action];
  return (
    <ReasonDialog
      title={action === 'trigger' ? `Run ${id} now` : `${verb} ${id}`}
      action={verb}
      example={example}
      act={mutateAsync}
      onClose={onClose}
    >
      {what}
    </ReasonDialog>
  );
}
