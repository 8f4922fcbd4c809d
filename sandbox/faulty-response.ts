import { type Fault } from './faults.js';
import { type SandboxResponse } from './response.js';
import { type ProviderName } from './traffic.js';

/** The penalty that the fault `limited` announces. */
const FAULT_PENALTY_MS = 7_000;

/** The errors of providers that say no more than `{"message": …}`. */
const MESSAGES: Partial<Record<ProviderName, { limited: string; error: string; notFound: string }>> = {
  alpaca: { limited: 'too many requests.', error: 'internal server error occurred', notFound: 'not found' },
  coinbase: { limited: 'Public rate limit exceeded', error: 'Internal server error', notFound: 'NotFound' },
};

export function tooMany(provider: ProviderName, penaltyMs: number): SandboxResponse {
  const words = MESSAGES[provider];
  const reset = String(Math.ceil((Date.now() + penaltyMs) / 1_000));
  if (words) return { status: 429, headers: { 'x-ratelimit-reset': reset }, body: { message: words.limited } };
  if (provider === 'yahoo') return { status: 429, body: 'Too Many Requests\r\n' };
  const error_message = "You've exceeded the Rate Limit. Please visit the pricing page to subscribe to a higher plan.";
  const headers = { 'retry-after': String(Math.ceil(penaltyMs / 1_000)) };
  return { status: 429, headers, body: { status: { error_code: 429, error_message } } };
}

function serverError(provider: ProviderName): SandboxResponse {
  const words = MESSAGES[provider];
  if (words) return { status: 500, body: { message: words.error } };
  if (provider === 'coingecko') return { status: 500, body: { status: 500, error: 'Internal Server Error' } };
  const error = { code: 'Internal Server Error', description: 'Internal Server Error' };
  return { status: 500, body: { chart: { result: null, error } } };
}

function notFound(provider: ProviderName): SandboxResponse {
  const words = MESSAGES[provider];
  if (words) return { status: 404, body: { message: words.notFound } };
  if (provider === 'coingecko') return { status: 404, body: { error: 'coin not found' } };
  const error = { code: 'Not Found', description: 'No data found, symbol may be delisted' };
  return { status: 404, body: { chart: { result: null, error } } };
}

/** The first half of the body, with status 200. */
function truncated({ body, headers, status }: SandboxResponse): SandboxResponse {
  const text = JSON.stringify(body);
  return { status, body: text.slice(0, text.length / 2), headers: { ...headers, 'content-type': 'application/json' } };
}

/** Prices are NaN, which is no JSON, as a careless program writes it. */
function withoutNumbers({ body, headers, status }: SandboxResponse): SandboxResponse {
  const text = JSON.stringify(body).replaceAll(/(?<=[[,])-?\d+\.\d+(?=[\],])/g, 'NaN');
  return { status, body: text, headers: { ...headers, 'content-type': 'application/json' } };
}

/** With another body, whose bars do not count as served. */
const unserved = ({ status, headers }: SandboxResponse, body: unknown): SandboxResponse => ({ status, headers, body });

type Change = (rows: unknown[]) => unknown[];
const negate: Change = (rows) => rows.map((value) => (typeof value === 'number' ? -value : value));

/** Changes the rows of a body that has some: Yahoo's parallel arrays, or CoinGecko's `[time, …]`. */
function withRows(reply: SandboxResponse, change: Change, what: 'rows' | 'prices'): SandboxResponse {
  if (reply.status !== 200) return reply;
  if (Array.isArray(reply.body)) {
    const rows = reply.body as unknown[];
    if (!Array.isArray(rows[0])) return reply;
    const candles = rows as unknown[][];
    const changed = what === 'rows' ? change(rows) : candles.map(([time, ...prices]) => [time, ...change(prices)]);
    return unserved(reply, changed);
  }
  const body = structuredClone(reply.body) as { chart?: { result: { timestamp?: unknown[]; indicators: object }[] } };
  const [result] = body.chart?.result ?? [];
  if (!result?.timestamp) return reply;
  if (what === 'rows') result.timestamp = change(result.timestamp);
  for (const [columns] of Object.values(result.indicators) as Record<string, unknown[]>[][])
    for (const [name, values] of Object.entries(columns ?? {})) columns![name] = change(values);
  return unserved(reply, body);
}

/** A chart that says that it is of another stock. CoinGecko's candles do not say of which coin they are. */
function ofAnother(reply: SandboxResponse): SandboxResponse {
  const text = JSON.stringify(reply.body).replaceAll(/"symbol":"[^"]*"/g, '"symbol":"OTHER"');
  return unserved(reply, JSON.parse(text));
}

const CHANGES: Partial<Record<Fault, (reply: SandboxResponse, provider: ProviderName) => SandboxResponse>> = {
  limited: (_, provider) => tooMany(provider, FAULT_PENALTY_MS),
  error: (_, provider) => serverError(provider),
  delisted: (_, provider) => notFound(provider),
  drift: ({ body }) => ({ status: 200, body: { data: body } }),
  html: () => ({ status: 200, body: '<html><title>Will be right back...</title></html>' }),
  text: () => ({ status: 200, body: 'upstream connect error', headers: { 'content-type': 'text/plain' } }),
  empty: () => ({ status: 200, body: '', headers: { 'content-type': 'application/json' } }),
  truncated: (reply) => (reply.status === 200 ? truncated(reply) : reply),
  nan: withoutNumbers,
  'wrong-symbol': ofAnother,
  negative: (reply) => withRows(reply, negate, 'prices'),
  duplicates: (reply) => withRows(reply, (rows) => rows.flatMap((row) => [row, row]), 'rows'),
  shuffled: (reply) => withRows(reply, (rows) => rows.toReversed(), 'rows'),
};

/** What is sent instead of a reply. */
export const withFault = (reply: SandboxResponse, provider: ProviderName, fault: Fault | null): SandboxResponse =>
  (fault && CHANGES[fault]?.(reply, provider)) ?? reply;
