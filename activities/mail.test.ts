import { describe, expect, it } from 'vitest';
import type { ToldAlert } from '../domain/alerts/alert.js';
import { mailServer, type ReceivedMail } from '../test/mail-server.js';
import { mail } from './mail.js';

const server = mailServer();

const alert = (change: Partial<ToldAlert>): ToldAlert => ({
  ...{
    kind: 'stale',
    subject: 'SIE.DE',
    severity: 'critical',
    message: 'SIE.DE: 6 minutes overdue',
    advice: 'See why.',
  },
  ...{ id: 1, since: 0, openedAt: 0, closedAt: null },
  ...change,
});
const MESSAGE = {
  id: '4d5f0a4e-0000-4000-8000-000000000000',
  createdAt: new Date('2026-11-30T09:00:00Z'),
  news: { opened: [alert({})], closed: [alert({ message: 'Yahoo: über', closedAt: 60_000 })] },
};
const send = async ({
  login = server.login,
  port = server.port,
  signal = new AbortController().signal,
  inAllMs = 60_000,
} = {}) =>
  mail(
    {
      url: `smtp://${login}@127.0.0.1:${port}`,
      from: 'Barkeep <alerts@example.com>',
      to: ['one@example.com', 'two@example.com'],
    },
    MESSAGE,
    signal,
    inAllMs,
  );

describe('a mail about alerts', () => {
  it('goes to everyone, and says what has happened and what to do', async () => {
    await send();
    const [{ from, to, content }] = server.received as [ReceivedMail];
    expect([from, to]).toEqual(['alerts@example.com', ['one@example.com', 'two@example.com']]);
    expect(content).toMatch(/^Subject: Barkeep: Critical: SIE\.DE: 6 minutes overdue \(and 1 more\)\r$/m);
    expect(content).toMatch(/^Critical: SIE\.DE: 6 minutes overdue\r\nSee why\.\r\nOver: Yahoo: =C3=BCber\r$/m);
    expect(content).toMatch(/^Date: Mon, 30 Nov 2026 09:00:00 \+0000\r$/m);
  });

  it('is the same mail at every attempt', async () => {
    await send();
    await send();
    const ids = server.received.map(({ content }) => /^Message-ID: (.*)\r$/m.exec(content)?.[1]);
    expect(ids).toEqual(Array(2).fill(`<${MESSAGE.id}@barkeep>`));
  });

  it.each([
    ['a wrong password', { login: 'alerts%40example.com:wrong' }, 'answered with 535 (EAUTH)'],
    ['no server', { port: 1 }, 'cannot be reached: ESOCKET'],
    ['a server that takes too long', { inAllMs: 0 }, 'did not take it within 0 s'],
  ])('is tried again after %s, and the error tells no secret', async (_, change, reason) => {
    const error = await send(change).catch((failure: Error) => failure);
    expect(error).toMatchObject({ type: 'Undelivered', nonRetryable: false, message: `the mail server ${reason}` });
    expect(server.received).toEqual([]);
  });

  it('is given up with the reason of a worker that stops', async () => {
    const reason = new Error('WORKER_SHUTDOWN');
    await expect(send({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('is tried again if all of its addresses are refused, but not for one of them: the others would get it again', async () => {
    server.refused = ['two@example.com'];
    expect(await send()).toBe(1);
    expect(server.received.map(({ to }) => to)).toEqual([['one@example.com']]);
    server.refused.push('one@example.com');
    await expect(send()).rejects.toMatchObject({ type: 'Undelivered', message: expect.stringContaining('550') });
  });
});
