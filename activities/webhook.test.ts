import { expect, it } from 'vitest';
import { respondWith, stubServer } from '../test/stub-server.js';
import { MINUTE } from '../domain/timeframe.js';
import { post } from './webhook.js';

const receiver = stubServer();
const attempt = async (retryAfter: string) => {
  receiver.respond = respondWith(503, '', { 'retry-after': retryAfter });
  const message = { id: 'one', createdAt: new Date(0), news: { opened: [], closed: [] } };
  return post({ url: receiver.base, shape: 'json', secret: null }, message, new AbortController().signal);
};

it('waits for as long as the receiver asks for, but no longer than ten minutes', async () => {
  await expect(attempt('90')).rejects.toMatchObject({ type: 'Undelivered', nextRetryDelay: 1.5 * MINUTE });
  await expect(attempt('31536000')).rejects.toMatchObject({ type: 'Undelivered', nextRetryDelay: 10 * MINUTE });
});
