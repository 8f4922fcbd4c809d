import { useMutation, useQueryClient } from '@tanstack/react-query';
import { asAdmin } from './admin';
import { api } from './client';
import { schedulesQuery } from './queries';
import type { Schedule } from './types';

export type ScheduleAction = 'pause' | 'resume' | 'trigger';

/** The expected state of a schedule, until the API confirms it. */
export function expected(schedule: Schedule, action: ScheduleAction, reason: string): Schedule {
  if (action === 'pause') return { ...schedule, state: 'paused', paused: true, note: reason, nextFires: [] };
  if (action === 'resume') return { ...schedule, state: 'active', paused: false, note: reason };
  return schedule;
}

/**
 * Pauses, resumes or triggers a schedule. Its expected state shows at once, then that of the response, or the old one if the
 * request fails. Everything that depends on it (status, runs, timeline) is refetched.
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
    onSuccess: (schedule) => put(() => schedule),
    onError: (_error, _reason, before) => before && put(() => before),
    onSettled: () => client.invalidateQueries({ queryKey: ['pipeline'] }),
  });
}
