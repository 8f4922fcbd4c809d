import { setTimeout as delay } from 'node:timers/promises';
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { type BackfillProgress, PROGRESS_QUERY, rateWaitInWords } from '../../contracts/queries.js';
import { counted } from '../../domain/in-words.js';
import { SECOND } from '../../domain/timeframe.js';
import type { Terminal } from '../lib/terminal.js';

/** Between two lines of output that is not a terminal. */
const LINE_INTERVAL_MS = 5 * SECOND;
const POLL_INTERVAL_MS = SECOND;

/**
 * Shows a backfill's progress until it has ended.
 * @returns its final status (such as `COMPLETED`, `FAILED`), or null if it does not exist or `signal` was aborted
 */
export async function followBackfill(
  handle: WorkflowHandle,
  terminal: Terminal,
  title: string,
  signal?: AbortSignal,
): Promise<string | null> {
  let shown = '';
  let shownAt = -Infinity;
  while (!signal?.aborted) {
    try {
      const status = (await handle.describe()).status.name;
      if (status !== 'RUNNING') {
        terminal.settle();
        return status;
      }
      const text = `${title}: ${progressText(await handle.query<BackfillProgress>(PROGRESS_QUERY))}`;
      terminal.update(text);
      if (!terminal.interactive && text !== shown && performance.now() - shownAt >= LINE_INTERVAL_MS) {
        terminal.line(text);
        shown = text;
        shownAt = performance.now();
      }
    } catch (error) {
      // any other error is temporary: the worker is starting, or the server is restarting
      if (error instanceof WorkflowNotFoundError) return null;
    }
    await delay(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
  return null;
}

/** Such as `12 of 40 requests (30 %), 18,321 bars stored, 1 failed`. */
export function progressText(progress: BackfillProgress): string {
  const { requestsDone, requestsFailed, requestsTotal, isEstimate, rowsInserted, waitsUntil, waitsFor } = progress;
  if (progress.state === 'waiting_for_approval') return approvalText(progress);
  if (requestsTotal === 0) return 'planning';
  const percent = Math.floor((100 * requestsDone) / requestsTotal);
  const total = `${isEstimate ? 'about ' : ''}${counted(requestsTotal, 'request')}`;
  const failed = requestsFailed > 0 ? `, ${requestsFailed} failed` : '';
  const again = waitsUntil ? `; requests missing bars again at ${clock(waitsUntil)}` : '';
  const wait = waitsFor ? `; ${rateWaitInWords(waitsFor)}` : '';
  return `${requestsDone} of ${total} (${percent} %), ${counted(rowsInserted, 'bar')} stored${failed}${again}${wait}`;
}

const clock = (time: string): string => new Date(time).toLocaleTimeString('en-GB');

function approvalText({ count }: BackfillProgress): string {
  const { requests = 0, expectedBars = 0, assets = 0, estimatedSeconds = 0 } = count ?? {};
  const about = estimatedSeconds < 60 ? `${estimatedSeconds} s` : `${Math.ceil(estimatedSeconds / 60)} min`;
  return (
    `waiting for approval: ${counted(requests, 'request')} for ${counted(assets, 'asset')}, ` +
    `up to ${counted(expectedBars, 'bar')}, about ${about}`
  );
}
