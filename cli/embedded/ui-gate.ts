import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { pipeline } from 'node:stream';
import { countHosts } from '../../config/allowed-hosts.js';
import { REQUEST_LIMITS } from '../../config/request-limits.js';

export interface UiGateOptions {
  /** Where people open the Web UI, on 127.0.0.1. */
  port: number;
  /** Where the Web UI itself listens. */
  target: { host: string; port: number };
  allowsHost: (header: string | undefined) => boolean;
  /** Shorter in tests. */
  timeLimits?: typeof REQUEST_LIMITS;
}

export interface UiGate {
  /** The port that it listens on. */
  port: number;
  close(): void;
}

/** The global agent would send requests for the UI's own address through the proxy of `http_proxy`. */
const DIRECT = new Agent();

/**
 * Stands in front of Temporal's Web UI, which has no token and checks nothing: any page could pause schedules through it.
 * Refuses other hosts (DNS rebinding) and requests that pages of other origins send; forwards everything else.
 */
export async function openUiGate(options: UiGateOptions): Promise<UiGate> {
  const { port, target, allowsHost, timeLimits = REQUEST_LIMITS } = options;
  const server = createServer(timeLimits, (request, response) => {
    const { host, origin } = request.headers;
    if (countHosts(request.rawHeaders) > 1) return refuse(response, 400, 'A request has one Host header.');
    if (!allowsHost(host)) return refuse(response, 421, `Not served as ${host}. Add this name to ALLOWED_HOSTS.`);
    if (origin !== undefined && !isOwn(origin, host))
      return refuse(response, 403, `Pages of ${origin} may not use the Temporal Web UI.`);
    pass(request, response, target);
  });
  server.listen({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const isOwn = (origin: string, host: string | undefined): boolean => URL.parse(origin)?.host === host?.toLowerCase();

function refuse(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      Connection: 'close',
    })
    .end(`${text}\n`);
}

function pass(request: IncomingMessage, response: ServerResponse, target: UiGateOptions['target']): void {
  const { method, url, headers } = request;
  const inner = forward({ ...target, method, path: url, headers, agent: DIRECT }, (reply) => {
    response.writeHead(reply.statusCode!, reply.rawHeaders);
    pipeline(reply, response, () => undefined); // if the UI breaks off, so does the response
  });
  inner.on('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, 'The Temporal Web UI does not respond. Is Temporal still starting?');
  });
  response.on('close', () => inner.destroy());
  request.pipe(inner);
}
