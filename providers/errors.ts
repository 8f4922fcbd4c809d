import { HOUR, SECOND } from '../domain/timeframe.js';
import { networkCause } from './network-cause.js';
import { ProviderError, type ProviderErrorKind } from './provider.js';

/** What HTTP outcomes of providers mean. Decided here only. */

/** Any HTTP response of a provider. */
export interface HttpResponse {
  /** Contains no secrets. */
  url: string;
  status: number;
  body: Buffer;
  contentType: string | null;
  retryAfterMs: number | undefined;
}

/** An error in a JSON body, in the provider's words. */
export interface WireError {
  code: string | number | null;
  message: string;
}

/** How one provider reports errors. */
export interface Dialect {
  /** The provider's name, for messages. */
  name: string;
  /** The error in a JSON body; null if the body holds data. */
  errorIn(json: unknown): WireError | null;
  /** Whether an error body only means "no rows". It then counts as data, whatever its status. */
  saysEmpty?(json: unknown): boolean;
  /** Error codes that are more specific than the HTTP status. */
  kinds: Readonly<Record<string, ProviderErrorKind>>;
  /** What a page or text instead of JSON means, by status, where it is the provider that sends it and no machine in between. */
  pages?: Readonly<Record<number, { kind: ProviderErrorKind; hint: string }>>;
}

/** Characters of provider text in a message: enough to recognise a page, too few to fill a log. */
export const EXCERPT = 300;
const RATE_LIMIT_WORDS = /too many requests|rate.?limit/i;

/** Shortens text to one printable line of at most 300 characters. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, 4 * EXCERPT)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line;
}

/**
 * Parses the JSON of a body, with or without a byte order mark.
 * @throws ProviderError bad-content if it is HTML, text, empty or truncated
 */
export function parseJson(name: string, body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    throw new ProviderError('bad-content', `${name} sent ${describeText(text)}`);
  }
}

/**
 * Parses a response that should hold data.
 * @throws ProviderError of the kind that follows from status and body, with the response's Retry-After
 */
export function readData(dialect: Dialect, response: HttpResponse): unknown {
  const { status, retryAfterMs } = response;
  const fail = (kind: ProviderErrorKind, text: string): never => {
    throw new ProviderError(kind, `${dialect.name}: HTTP ${status}: ${text}`, { status, retryAfterMs });
  };
  let json: unknown;
  try {
    json = parseJson(dialect.name, response.body);
  } catch {
    const text = response.body.toString('utf8', 0, 16 * EXCERPT);
    const page = dialect.pages?.[status];
    if (page) return fail(page.kind, `${describeText(text)} (${page.hint})`);
    return fail(kindOfText(status, text), describeText(text));
  }
  if (dialect.saysEmpty?.(json)) return json;
  const error = dialect.errorIn(json);
  if (error) return fail(kindOfError(dialect, error, status), excerpt(error.message));
  if (status >= 200 && status < 300) return json;
  return fail(kindOfStatus(status), excerpt(response.body.toString('utf8', 0, 4 * EXCERPT)));
}

/**
 * Parses a stored body that should hold data.
 * @throws ProviderError bad-content, or of the kind of the error that it is
 */
export function dataIn(dialect: Dialect, body: Buffer): unknown {
  const json = parseJson(dialect.name, body);
  if (!dialect.saysEmpty?.(json)) refuseError(dialect, json);
  return json;
}

/** @throws ProviderError of its kind, if this is an error */
export function refuseError(dialect: Dialect, json: unknown): void {
  const error = dialect.errorIn(json);
  if (error) throw new ProviderError(kindOfError(dialect, error), `${dialect.name}: ${excerpt(error.message)}`);
}

/** What a JSON error means. Without a status (a stored body), only its code decides. */
function kindOfError(dialect: Dialect, error: WireError, status = 200): ProviderErrorKind {
  // a provider in trouble sends arbitrary codes: 429 and 5xx take precedence
  if (status === 429 || status >= 500) return kindOfStatus(status);
  const known = error.code === null ? undefined : dialect.kinds[String(error.code)];
  if (known) return known;
  if (RATE_LIMIT_WORDS.test(error.message)) return 'rate-limited';
  return kindOfStatus(status);
}

/** What a status means if the body is JSON. */
function kindOfStatus(status: number): ProviderErrorKind {
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  if (status === 404) return 'unknown-symbol';
  if (status === 401 || status === 403) return 'plan-limit';
  if (status >= 400) return 'not-obtainable';
  return 'bad-content'; // an error in a 200, a redirect
}

/** What a status means if the body is a page or text: a machine in between sent it, which knows no symbols or plans. */
function kindOfText(status: number, text: string): ProviderErrorKind {
  if (status === 429 || RATE_LIMIT_WORDS.test(text)) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  if (status === 401 || status === 403) return 'unavailable'; // blocked by the CDN, temporarily
  return 'bad-content';
}

function describeText(text: string): string {
  const start = text.slice(0, 500).trimStart();
  if (start === '') return 'an empty body';
  if (start.startsWith('<')) return `a page instead of JSON: ${excerpt(text.replace(/<[^>]*>/g, ' '))}`;
  if (start.startsWith('{') || start.startsWith('[')) return `truncated or malformed JSON of ${text.length} characters`;
  return `text instead of JSON: ${excerpt(text)}`;
}

/** What a header asks for beyond this is not believed: a wrong one must not silence a provider for years. */
const LONGEST_WAIT_MS = HOUR;

/**
 * Parses Retry-After into ms, at most an hour. Undefined if the header is missing or unreadable, or names no wait: a server
 * that refuses us and asks for the next request at once has a wrong clock or is broken.
 */
export function retryAfterMs(
  retryAfter: string | null | undefined,
  date: string | null | undefined,
): number | undefined {
  if (!retryAfter) return undefined;
  return /^\s*\d+\s*$/.test(retryAfter)
    ? credibleWait(Number(retryAfter) * SECOND)
    : waitUntil(Date.parse(retryAfter), date);
}

/**
 * How long to wait until an instant in a header, by the same rules. It is measured from the response's own Date header, so
 * that our clock does not matter.
 * @param until epoch ms
 */
export function waitUntil(until: number, date: string | null | undefined): number | undefined {
  const sent = Date.parse(date ?? '');
  return credibleWait(until - (Number.isNaN(sent) ? Date.now() : sent));
}

const credibleWait = (ms: number): number | undefined => (ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined);

/**
 * Runs a request under the caller's signal and a deadline.
 * @throws ProviderError unavailable if the network fails or the deadline passes; the signal's reason if the caller aborts
 */
export async function withDeadline<T>(
  name: string,
  signal: AbortSignal,
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await run(AbortSignal.any([signal, deadline]));
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    signal.throwIfAborted();
    const reason = deadline.aborted ? `no complete response within ${timeoutMs} ms` : networkReason(error);
    // without the error as cause: an HTTP client's error holds the request and its headers, which contain the API key
    throw new ProviderError('unavailable', `${name}: ${reason}`);
  }
}

/** @throws ProviderError bad-content, always */
export function tooLarge(name: string, maxBodyBytes: number): never {
  throw new ProviderError('bad-content', `${name}: the body is larger than ${maxBodyBytes} bytes`);
}

/** What error codes of Node.js and its HTTP client mean. */
const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed before the response was complete',
  EPIPE: 'the connection was closed before the response was complete',
  UND_ERR_SOCKET: 'the connection was closed before the response was complete',
  ENOTFOUND: 'its host was not found',
  EAI_AGAIN: 'its host was not found',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
};

function networkReason(error: unknown): string {
  const { code, message } = networkCause(error);
  const text = excerpt([code, message].filter((part) => part !== '').join(': '));
  const words = NETWORK_WORDS[code];
  return words ? `${words} (${text})` : text || 'the request failed';
}
