import { useMutation, useQueryClient } from '@tanstack/react-query';
import { asAdmin } from './admin';
import { api } from './client';
import { schedulesQuery } from './queries';
import type { Schedule } from './types';

export type ScheduleAction = 'pause' | 'resume' | 'trigger';

/** How a schedule will be, before the API has said so. */
export function expected(schedule: Schedule, action: ScheduleAction, reason: string): Schedule {
  if (action === 'pause') return { ...schedule, state: 'paused', paused: true, note: reason, nextFires: [] };
  if (action === 'resume') return { ...schedule, state: 'active', paused: false, note: reason };
  return schedule;
}

/**
 * Pauses, resumes or triggers a schedule. It is shown as it will be at once, then as the API answers; as it was when that
 * fails. What follows from it (status, runs, timeline) is asked for again.
 */
export function useScheduleAction(id: string, action: ScheduleAction) {
  const client = useQueryClient();
  const { queryKey } = schedulesQuery;
  const put = (change: (schedule: Schedule) => Schedule) =>
    client.setQueryData(queryKey, (all) => all?.map((schedule) => (schedule.id === id ? change(schedule) : schedule)));
  return useMutation({
    networkMode: 'always',
    mutationFn: (reason: string) =>
      asAdmin((init) =>
        api.POST(`/api/pipeline/schedules/{id}/${action}`, { ...init, params: { path: { id } }, body: { reason } }),
      ),
    onMutate: async (reason) => {
      await client.cancelQueries({ queryKey });
      const before = client.getQueryData(queryKey)?.find((schedule) => schedule.id === id);
      put((schedule) => expected(schedule, action, reason));
      return before;
    },
    onSuccess: (answer) => put(() => answer),
    onError: (_error, _reason, before) => before && put(() => before),
    onSettled: () => client.invalidateQueries({ queryKey: ['pipeline'] }),
  });
}
