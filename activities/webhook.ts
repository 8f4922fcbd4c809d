import { createHmac } from 'node:crypto';
import type { WebhookShape } from '../config/env.js';
import type { ToldAlert } from '../domain/alerts/alert.js';
import { MINUTE, SECOND } from '../domain/timeframe.js';
import { retryAfterMs } from '../providers/errors.js';
import { type Message, linesOf } from './alert-message.js';
import { retryLater } from './failures.js';

/** Where messages about alerts are posted to. */
export interface Webhook {
  url: string;
  shape: WebhookShape;
  /** `whsec_` and a key in base64; null: messages are not signed. */
  secret: string | null;
}

const TIMEOUT_MS = 15 * SECOND;
/** A receiver may put off the next attempt for so long at most: an alert is of no use a day later. */
const LONGEST_WAIT_MS = 10 * MINUTE;

/**
 * Sends a message, signed as Standard Webhooks have it (https://www.standardwebhooks.com). Redirects are not followed.
 * @param signal gives it up
 * @throws ApplicationFailure `Undelivered`, to be retried, unless the receiver answers with 2xx
 */
export async function post(webhook: Webhook, message: Message, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(bodyOf(webhook.shape, message));
  const response = await fetch(webhook.url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', 'user-agent': 'barkeep', ...signatureOf(webhook, message.id, body) },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((error: Error) => {
    // its message may hold the address, and the address a token
    throw retryLater('Undelivered', `the receiver of alerts cannot be reached: ${codeOf(error)}`);
  });
  await response.body?.cancel();
  if (response.ok) return;
  const waitMs = retryAfterMs(response.headers.get('retry-after'), response.headers.get('date'));
  throw retryLater(
    'Undelivered',
    `the receiver of alerts answered with HTTP ${response.status}`,
    waitMs && Math.min(waitMs, LONGEST_WAIT_MS),
  );
}

function codeOf({ name, cause }: Error): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code ?? name;
}

/** The headers by which a receiver knows a repeated message and, with the secret, its sender. */
function signatureOf({ secret }: Webhook, id: string, body: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / SECOND));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/** The body of a message, in the shape that its receiver expects. */
export function bodyOf(shape: WebhookShape, { createdAt, news }: Omit<Message, 'id'>): object {
  if (shape === 'slack')
    return {
      text: linesOf(news, (text) => `*${text}*`)
        .map(escaped)
        .join('\n'),
    };
  if (shape === 'discord') {
    const content = linesOf(news, (text) => `**${text}**`).join('\n');
    return { content: fitting(content), allowed_mentions: { parse: [] } };
  }
  return {
    type: 'alerts.changed',
    timestamp: createdAt.toISOString(),
    data: { opened: news.opened.map(asJson), closed: news.closed.map(asJson) },
  };
}

const asJson = ({ since, openedAt, closedAt, ...alert }: ToldAlert) => ({
  ...alert,
  since: new Date(since).toISOString(),
  openedAt: new Date(openedAt).toISOString(),
  closedAt: closedAt === null ? null : new Date(closedAt).toISOString(),
});

/** Slack's own three. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Discord refuses more characters. */
const LONGEST = 2_000;
const fitting = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`);
