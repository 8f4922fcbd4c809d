import { RECORDING } from '../recording';
import type { Bars } from './types';

/** Of every recording: the number of the file with the response, by the request's key. */
export type RecordingIndex = Record<string, number>;

/**
 * What tells the requests of a recording apart: path and parameters, in alphabetical order. Indicators are recorded with all
 * their columns, and bars between two instants once for the earliest start, so those parameters do not count.
 */
export function keyOf({ pathname, searchParams }: URL): string {
  const query = new URLSearchParams(searchParams);
  if (pathname.endsWith('/indicators')) query.delete('include');
  if (isWindow(pathname, query)) for (const name of ['start', 'end']) query.delete(name);
  query.sort();
  return `${pathname}?${query.toString()}`;
}

/** Bars as served between two instants; those of one source are recorded as they are asked for. */
const isWindow = (pathname: string, query: URLSearchParams): boolean =>
  pathname.endsWith('/ohlcv') && query.has('start') && !query.has('source');

const READ_TIMEOUT_MS = 15_000;

const read = async (file: string): Promise<unknown> => {
  const response = await fetch(`${RECORDING}/${file}.json`, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${response.url} returned status ${response.status}`);
  return response.json();
};

const files = new Map<string, Promise<unknown>>();

/** The content of a file, which is fetched once. */
function contentOf(file: string): Promise<unknown> {
  const content = files.get(file) ?? read(file);
  files.set(file, content);
  content.catch(() => files.delete(file));
  return content;
}

const FORBIDDEN = 403;
const problem = (title: string, detail: string): Response => Response.json({ title, detail }, { status: FORBIDDEN });

/** In place of `fetch`: the recorded response, or a problem that says what a recording cannot do. */
export async function recordedFetch(request: Request): Promise<Response> {
  if (request.method !== 'GET')
    return problem('This is a recording', 'There is no server to change anything. Try it in a Barkeep of your own.');
  const url = new URL(request.url);
  const key = keyOf(url);
  const number = ((await contentOf('index')) as RecordingIndex)[key];
  const content = number === undefined ? null : within(await contentOf(String(number)), url);
  if (content === null) {
    // eslint-disable-next-line no-console -- for whoever adds a request to the pages
    console.warn(`Not in the recording: ${key}`);
    return problem('Not in this recording', 'Only a server can answer this. Try it in a Barkeep of your own.');
  }
  return Response.json(content, { headers: { 'X-Market-Data': 'simulated' } });
}

/** The part of recorded bars that is between the instants of a request; null if they begin after its start. */
function within(content: unknown, { pathname, searchParams }: URL): unknown {
  if (!isWindow(pathname, searchParams)) return content;
  const recorded = content as Bars;
  const [from, to] = [searchParams.get('start'), searchParams.get('end')].map((text) => Date.parse(text ?? ''));
  const first = recorded.meta.start === null ? Number.NEGATIVE_INFINITY : Date.parse(recorded.meta.start);
  if (from! < first) return null;
  const bars = recorded.bars.filter(({ time }) => Date.parse(time) >= from! && !(Date.parse(time) >= to!));
  return { ...recorded, bars, meta: { ...recorded.meta, count: bars.length } };
}
