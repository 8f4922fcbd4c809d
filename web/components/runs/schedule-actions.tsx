'use client';
import { useState } from 'react';
import { useScheduleAction, type ScheduleAction } from '../../lib/api/schedule-actions';
import type { Schedule } from '../../lib/api/types';
import { Button } from '../ui/button';
import { ReasonDialog } from '../ui/reason-dialog';

const ACTIONS = {
  pause: {
    verb: 'Pause',
    effect: 'It will not fire until you resume it, even after a restart. Runs in progress continue.',
    example: 'provider maintenance until 18:00',
  },
  resume: {
    verb: 'Resume',
    effect: 'It will fire again. The first run fetches everything missed in the meantime.',
    example: 'maintenance is over',
  },
  trigger: {
    verb: 'Run now',
    effect: 'Starts a run now, in addition to its schedule. Has no effect while another run is in progress.',
    example: 'checking a new asset',
  },
} as const satisfies Record<ScheduleAction, { verb: string; effect: string; example: string }>;

/** Buttons to pause or resume a schedule, and to run it now. */
export function ScheduleActions({ schedule }: { schedule: Schedule | undefined }) {
  const [confirming, confirm] = useState<ScheduleAction | null>(null);
  const id = schedule?.id;
  const isKnown = schedule !== undefined && schedule.state !== 'missing';
  const toggle = schedule?.paused ? 'resume' : 'pause';
  return (
    <div className="flex shrink-0 gap-2">
      {([toggle, 'trigger'] as const).map((action, position) => (
        <Button
          // keyed by position, so that focus stays when Pause becomes Resume
          key={position}
          disabled={!isKnown}
          aria-label={id && `${ACTIONS[action].verb}: ${id}`}
          onClick={() => confirm(action)}
        >
          {ACTIONS[action].verb}
        </Button>
      ))}
      {id !== undefined && confirming && <Confirmation id={id} action={confirming} onClose={() => confirm(null)} />}
    </div>
  );
}

function Confirmation({ id, action, onClose }: { id: string; action: ScheduleAction; onClose: () => void }) {
  const { mutateAsync } = useScheduleAction(id, action);
  const { verb, effect, example } = ACTIONS[action];
  return (
    <ReasonDialog
      title={action === 'trigger' ? `Run ${id} now` : `${verb} ${id}`}
      action={verb}
      example={example}
      act={mutateAsync}
      onClose={onClose}
    >
      {effect}
    </ReasonDialog>
  );
}
