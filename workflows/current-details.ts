import { setCurrentDetails, sleep } from '@temporalio/workflow';
import { type BackfillProgress, rateWaitInWords, type RunProgress } from '../contracts/queries.js';
import { counted } from '../domain/in-words.js';
import { timeOf } from './summaries.js';

/*
 * What Temporal's Web UI shows of a run under Current Details: what it is, how far it is, and what it waits for. It holds
 * nothing that a run decides by. A workflow has its own copy of this module's state.
 */

/** So many of the activities in progress are listed; more are counted. */
const LISTED = 10;

let heading = '';
let progress: string | null = null;
let pause: string | null = null;
/** What the run waits for, in the order in which it began to. */
const waits = new Set<{ for: string }>();

/** @param about what the run is, in one line of Markdown */
export function showRun(about: string): void {
  heading = about;
  render();
}

/** Shows and returns the progress of a run. */
export function showProgress(now: RunProgress & Pick<BackfillProgress, 'waitsFor'>): RunProgress {
  const { requestsTotal, requestsDone, requestsFailed, rowsInserted, waitsFor } = now;
  const wait = waitsFor ? `; ${rateWaitInWords(waitsFor)}` : '';
  progress = `${requestsDone} of ${counted(requestsTotal, 'request')} done, ${requestsFailed} failed, ${counted(rowsInserted, 'new bar')}${wait}`;
  render();
  return now;
}

/** Shows what the run waits for while it does. @returns the promise itself */
export function whileWaitingFor<T>(what: string, promise: Promise<T>): Promise<T> {
  const wait = { for: what };
  const end = () => {
    waits.delete(wait);
    render();
  };
  waits.add(wait);
  render();
  promise.then(end, end);
  return promise;
}

/** Sleeps, and shows until when and why. */
export async function sleepBecause(ms: number, why: string): Promise<void> {
  pause = `Paused until ${timeOf(Date.now() + ms)} UTC: ${why}`;
  render();
  try {
    await sleep(ms);
  } finally {
    pause = null;
    render();
  }
}

function render(): void {
  const listed = [...waits].slice(0, LISTED).map((wait) => `- ${wait.for}`);
  const rest = waits.size - listed.length;
  if (rest > 0) listed.push(`- and ${rest} more`);
  const waiting = waits.size > 0 ? ['In progress:', ...listed].join('\n') : null;
  setCurrentDetails([heading, progress, pause, waiting].filter(Boolean).join('\n\n'));
}
