import { Context } from '@temporalio/activity';

const waits = new WeakMap<Context, string>();

/** What an activity waits for, in words; undefined while it waits for nothing. Its heartbeats say so in Temporal. */
export const waitOf = (context: Context): string | undefined => waits.get(context);

/** @throws CancelledFailure if the activity is cancelled meanwhile */
export async function sleepWaitingFor(what: string, ms: number): Promise<void> {
  const context = Context.current();
  waits.set(context, what);
  context.heartbeat(what);
  try {
    await context.sleep(ms);
  } finally {
    waits.delete(context);
  }
}
