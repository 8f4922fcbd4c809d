import { ProviderError, type ProviderErrorKind } from './provider.js';

/** The one place that says what an HTTP outcome means. */

/** What came back over HTTP, whatever it is. */
export interface HttpResponse {
  /** Without secrets. */
  url: string;
  status: number;
  body: Buffer;
  contentType: string | null;
  retryAfterMs: number | undefined;
}

/** An error as the provider words it in a JSON body. */
export interface WireError {
  code: string | number | null;
  message: string;
}

/** How one provider speaks of errors. */
export interface Dialect {
  /** For messages. */
  name: string;
  /** The error that a JSON body is about; null where it is about data. */
  errorIn(json: unknown): WireError | null;
  /** Whether an error body only means "no rows": then it is data, whatever its status. */
  saysEmpty?(json: unknown): boolean;
  /** Its codes that say more than the HTTP status does. */
  kinds: Readonly<Record<string, ProviderErrorKind>>;
}

/** Characters of provider text in a message: enough to recognise a page, too few to fill a log. */
const EXCERPT = 300;
const RATE_LIMIT_WORDS = /too many requests|rate.?limit/i;

/** One line of at most 300 characters, printable. */
export function excerpt(text: string): string {
  const line = text
    .slice(0, 4 * EXCERPT)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT - 1)}…` : line;
}

/**
 * The JSON of a body, byte order mark tolerated.
 * @throws ProviderError bad-content when it is HTML, text, empty or cut
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
 * The JSON of an answer that holds data.
 * @throws ProviderError of the kind that status and body tell, with Retry-After where there was one
 */
export function readData(dialect: Dialect, answer: HttpResponse): unknown {
  const { status, retryAfterMs } = answer;
  const fail = (kind: ProviderErrorKind, text: string): never => {
    throw new ProviderError(kind, `${dialect.name}: HTTP ${status}: ${text}`, { status, retryAfterMs });
  };
  let json: unknown;
  try {
    json = parseJson(dialect.name, answer.body);
  } catch {
    const text = answer.body.toString('utf8', 0, 16 * EXCERPT);
    return fail(kindOfText(status, text), describeText(text));
  }
  if (dialect.saysEmpty?.(json)) return json;
  const error = dialect.errorIn(json);
  if (error) return fail(kindOfError(dialect, error, status), excerpt(error.message));
  if (status >= 200 && status < 300) return json;
  return fail(kindOfStatus(status), excerpt(answer.body.toString('utf8', 0, 4 * EXCERPT)));
}

/** What a JSON error means; without a status (a stored body) its code alone decides. */
export function kindOfError(dialect: Dialect, error: WireError, status = 200): ProviderErrorKind {
  // a provider in trouble words its failures in any way: 429 and 5xx are believed before the code
  if (status === 429 || status >= 500) return kindOfStatus(status);
  const known = error.code === null ? undefined : dialect.kinds[String(error.code)];
  if (known) return known;
  if (RATE_LIMIT_WORDS.test(error.message)) return 'rate-limited';
  return kindOfStatus(status);
}

/** What a status means together with a JSON body. */
function kindOfStatus(status: number): ProviderErrorKind {
  if (status === 429) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  if (status === 404) return 'unknown-symbol';
  if (status === 401 || status === 402 || status === 403) return 'plan-limit';
  if (status >= 400) return 'not-obtainable';
  return 'bad-content'; // an error in a 200, a redirect
}

/** What a status means together with a page or text: it comes from a machine in between, which knows no symbols or plans. */
function kindOfText(status: number, text: string): ProviderErrorKind {
  if (status === 429 || RATE_LIMIT_WORDS.test(text)) return 'rate-limited';
  if (status >= 500 || status === 408) return 'unavailable';
  if (status === 401 || status === 403) return 'unavailable'; // blocked by the CDN, which passes
  return 'bad-content';
}

function describeText(text: string): string {
  const start = text.slice(0, 500).trimStart();
  if (start === '') return 'an empty body';
  if (start.startsWith('<')) return `a page instead of JSON: ${excerpt(text.replace(/<[^>]*>/g, ' '))}`;
  if (start.startsWith('{') || start.startsWith('['))
    return `JSON that is cut or broken after ${text.length} characters`;
  return `text instead of JSON: ${excerpt(text)}`;
}

/**
 * Retry-After in ms: seconds or an HTTP date, which counts from the answer's own Date so that our clock plays no part.
 * Undefined where there is none, or none that can be read.
 */
export function retryAfterMs(
  retryAfter: string | null | undefined,
  date: string | null | undefined,
): number | undefined {
  if (!retryAfter) return undefined;
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = Date.parse(retryAfter);
  if (Number.isNaN(until)) return undefined;
  const sent = Date.parse(date ?? '');
  return Math.max(0, until - (Number.isNaN(sent) ? Date.now() : sent));
}

/**
 * Runs one exchange under the caller's signal and a deadline.
 * @throws ProviderError unavailable when the network fails or the deadline passes; the signal's reason when the caller aborts
 */
export async function exchange<T>(
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
    const reason = deadline.aborted ? `no whole answer within ${timeoutMs} ms` : networkReason(error);
    // the error itself is not passed on: an HTTP client's holds the request, headers with the API key included
    throw new ProviderError('unavailable', `${name}: ${reason}`);
  }
}

/** @throws ProviderError bad-content, always */
export function tooLarge(name: string, maxBodyBytes: number): never {
  throw new ProviderError('bad-content', `${name}: the body is larger than ${maxBodyBytes} bytes`);
}

/** The innermost cause says it best: "fetch failed" has ECONNRESET inside. */
function networkReason(error: unknown): string {
  let inner = error as { cause?: unknown; code?: unknown; message?: unknown } | null | undefined;
  for (let depth = 0; depth < 5 && inner?.cause; depth++) inner = inner.cause;
  const parts = [inner?.code, inner?.message].filter((part) => typeof part === 'string' && part !== '');
  return excerpt(parts.join(': ')) || 'the request failed';
}
