import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type SandboxResponse, type ServedBars } from './response.js';
import { coinGecko } from './coingecko.js';
import { control } from './control.js';
import { Exchange } from './exchange.js';
import { type Fault, Faults } from './faults.js';
import { type Inside } from './inside.js';
import { Interventions } from './interventions.js';
import { Ledger } from './ledger.js';
import { type ProviderName, Traffic } from './traffic.js';
import { yahooChart } from './yahoo.js';

export interface SandboxOptions {
  /** 0 = any free port. Only 127.0.0.1 is listened on. */
  port: number;
  /** Another seed, other prices. */
  seed: number;
  /** Market clock, epoch ms. */
  clock: () => number;
  /** Wall clock that rate limits and the ledger go by, epoch ms. */
  wall?: () => number;
}

export interface Sandbox {
  /** Yahoo is at `${url}/v8/finance/chart`, CoinGecko at `${url}/api/v3`. */
  url: string;
  port: number;
  /** Drops open connections too; a second call waits for the first. */
  close(): Promise<void>;
}

const YAHOO_CHART = '/v8/finance/chart/';
const COINGECKO = '/api/v3';
/** How long a request hangs before its connection is dropped. */
const HANG_MS = 120_000;
/** Idle connections are kept this long, so that a client's pool doesn't race with our closing them. */
const IDLE_MS = 65_000;

interface Exchanged {
  request: IncomingMessage;
  response: ServerResponse;
}

function send(
  { request, response }: Exchanged,
  answer: SandboxResponse,
  delivered: (served: ServedBars) => void = () => {},
) {
  const html = typeof answer.body === 'string';
  const text = html ? (answer.body as string) : JSON.stringify(answer.body);
  const headers = { 'content-type': html ? 'text/html' : 'application/json;charset=utf-8', ...answer.headers };
  const etag = answer.headers?.etag;
  if (etag && request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end();
    return;
  }
  const { served } = answer;
  if (served) response.once('finish', () => delivered(served));
  response.writeHead(answer.status, headers).end(text);
}

/** CoinGecko tags its answers, Yahoo doesn't. */
function tagged(answer: SandboxResponse): SandboxResponse {
  if (answer.status !== 200) return answer;
  const etag = `W/"${createHash('md5').update(JSON.stringify(answer.body)).digest('hex')}"`;
  return { ...answer, headers: { ...answer.headers, etag } };
}

function tooMany(provider: ProviderName, forMs: number): SandboxResponse {
  if (provider === 'yahoo') return { status: 429, body: 'Too Many Requests\r\n' };
  const error_message = "You've exceeded the Rate Limit. Please visit the pricing page to subscribe to a higher plan.";
  const headers = { 'retry-after': String(Math.ceil(forMs / 1_000)) };
  return { status: 429, headers, body: { status: { error_code: 429, error_message } } };
}

function serverError(provider: ProviderName): SandboxResponse {
  if (provider === 'coingecko') return { status: 500, body: { status: 500, error: 'Internal Server Error' } };
  const error = { code: 'Internal Server Error', description: 'Internal Server Error' };
  return { status: 500, body: { chart: { result: null, error } } };
}

/** The first half of an answer that says 200. */
function truncated(answer: SandboxResponse): SandboxResponse {
  const text = JSON.stringify(answer.body);
  return { ...answer, body: text.slice(0, text.length / 2), headers: { 'content-type': 'application/json' }, served: undefined }; // prettier-ignore
}

/** The handler of all requests: limits first, then faults, then the provider. */
class Desk {
  readonly inside: Inside;

  constructor(
    options: SandboxOptions,
    private readonly wall: () => number,
  ) {
    this.inside = {
      exchange: new Exchange(options.seed, new Interventions(options.clock)),
      ledger: new Ledger(),
      faults: new Faults(options.seed),
      traffic: new Traffic(wall),
      clock: options.clock,
    };
  }

  handle(exchanged: Exchanged): void {
    const { request, response } = exchanged;
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
    if (!url) throw new RangeError('not a URL');
    const path = decodeURIComponent(url.pathname);
    if (path.startsWith('/__')) {
      send(exchanged, control(this.inside, path, url.searchParams));
      return;
    }
    const { traffic } = this.inside;
    traffic.asked(path);
    const provider = path.startsWith(YAHOO_CHART) ? 'yahoo' : path.startsWith(COINGECKO) ? 'coingecko' : null;
    if (!provider || request.method !== 'GET') {
      traffic.answered(404);
      send(exchanged, { status: 404, body: { error: 'not found' } });
      return;
    }
    const gate = traffic.gates[provider];
    const refusedFor = gate.enter();
    response.once('close', () => gate.leave());
    response.once('finish', () => traffic.answered(response.statusCode));
    if (refusedFor > 0) send(exchanged, tooMany(provider, refusedFor));
    else this.provide(exchanged, provider, path, url.searchParams);
  }

  private provide(exchanged: Exchanged, provider: ProviderName, path: string, query: URLSearchParams): void {
    const { exchange, faults, ledger, clock, traffic } = this.inside;
    const fault = faults.next();
    if (fault === 'reset' || fault === 'hang') {
      traffic.answered(fault);
      const { socket } = exchanged.request;
      if (fault === 'reset') socket.destroy();
      else setTimeout(() => socket.destroy(), HANG_MS).unref();
      return;
    }
    const hide = fault === 'nulls' ? (time: number) => faults.hides(time) : undefined;
    const answer =
      provider === 'yahoo'
        ? yahooChart(exchange, path.slice(YAHOO_CHART.length), query, clock(), hide)
        : tagged(coinGecko(exchange, path.slice(COINGECKO.length), query, clock()));
    send(exchanged, spoiled(answer, provider, fault), (served) => ledger.record(served, this.wall()));
  }
}

function spoiled(answer: SandboxResponse, provider: ProviderName, fault: Fault | null): SandboxResponse {
  if (fault === 'limited') return tooMany(provider, 7_000);
  if (fault === 'error') return serverError(provider);
  if (fault === 'drift') return { status: 200, body: { data: answer.body } };
  if (fault === 'html') return { status: 200, body: '<html><title>Will be right back...</title></html>' };
  return fault === 'truncated' && answer.status === 200 ? truncated(answer) : answer;
}

/**
 * Starts the simulated exchange on 127.0.0.1.
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const desk = new Desk(options, options.wall ?? Date.now);
  const server = createServer((request, response) => {
    try {
      desk.handle({ request, response });
    } catch (error) {
      const caller = error instanceof RangeError || error instanceof URIError;
      if (response.headersSent) response.destroy();
      else send({ request, response }, { status: caller ? 400 : 500, body: { error: String(error) } });
    }
  });
  server.keepAliveTimeout = IDLE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, close: () => (closed ??= close()) };
}
