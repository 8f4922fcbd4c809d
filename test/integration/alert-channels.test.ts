import { beforeEach, describe, expect, it } from 'vitest';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { alertActivities } from '../../activities/alerts.js';
import { alertChannels } from '../../worker/alert-channels.js';
import { readEnv } from '../../config/env.js';
import { ratesOf } from '../../config/rates.js';
import { hasNews } from '../../db/repositories/alerts/alerts.js';
import { useStore } from '../environment/store.js';
import { mailServer } from '../mail-server.js';
import { respondWith, stubServer } from '../stub-server.js';

const store = useStore();
const webhook = stubServer();
const mails = mailServer();

const activities = () => {
  const env = readEnv({
    ALERT_WEBHOOK_URL: `${webhook.base}/hook`,
    ALERT_MAIL_URL: `smtp://${mails.login}@127.0.0.1:${mails.port}`,
    ...{ ALERT_MAIL_FROM: 'barkeep@example.com', ALERT_MAIL_TO: 'me@example.com' },
  });
  const alerts = { channels: alertChannels(env), quietHours: null };
  return alertActivities({ pool: store.pool, rates: ratesOf(env), clockOffsetMs: 0, alerts });
};
const run = async <T>(activity: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity);
const deliver = async (id: string) => run(async () => activities().deliverAlerts({ id }));
const delivery = async () => {
  const { rows } = await store.pool.query<object>(
    'select sent_to, sent_at is not null as sent, abandoned_at, error from alert_deliveries',
  );
  return rows;
};

let id: string;
beforeEach(async () => {
  await store.pool.query(
    `insert into alerts (kind, subject, severity, message, advice, since, opened_at)
      values ('stale', 'SPY', 'critical', 'Bars of SPY are overdue.', 'Look.', now(), now())`,
  );
  id = (await run(async () => activities().prepareDelivery()))!;
  webhook.respond = respondWith(500, '');
});

describe('a message that one receiver takes and the other does not', () => {
  it('is sent again to the other one only', async () => {
    await expect(deliver(id)).rejects.toThrow('HTTP 500');
    expect(await delivery()).toMatchObject([{ sent_to: ['mail'], sent: false }]);
    webhook.respond = respondWith(204, '');
    await deliver(id);
    await deliver(id);
    expect([webhook.requests.length, mails.received.length]).toEqual([2, 1]);
    expect(await delivery()).toMatchObject([{ sent_to: ['mail', 'webhook'], sent: true, error: null }]);
    expect(await hasNews(store.pool, true)).toBe(false);
  });

  it('counts as sent when it is given up', async () => {
    await expect(deliver(id)).rejects.toThrow('HTTP 500');
    await run(async () => activities().abandonDelivery({ id, reason: 'tried for a day' }));
    expect(await delivery()).toEqual([{ sent_to: ['mail'], sent: true, abandoned_at: null, error: 'tried for a day' }]);
    expect(await hasNews(store.pool, true)).toBe(false);
  });
});

it('a message that nobody takes is news again when it is given up', async () => {
  mails.refused = ['me@example.com'];
  await expect(deliver(id)).rejects.toThrow('HTTP 500');
  await run(async () => activities().abandonDelivery({ id, reason: 'tried for a day' }));
  expect(await delivery()).toMatchObject([{ sent_to: [], sent: false, abandoned_at: expect.any(Date) }]);
  expect(await hasNews(store.pool, true)).toBe(true);
});
