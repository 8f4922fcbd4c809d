import type { AlertChannel } from '../activities/alert-message.js';
import { mail } from '../activities/mail.js';
import { post } from '../activities/webhook.js';
import type { Env } from '../config/env.js';
import { counted } from '../domain/in-words.js';

/** The channels over which messages about alerts are sent, as the environment says. */
export function alertChannels(env: Env): AlertChannel[] {
  const channels: AlertChannel[] = [];
  const { ALERT_WEBHOOK_URL, ALERT_WEBHOOK_SHAPE: shape, ALERT_WEBHOOK_SECRET: secret = null } = env;
  if (ALERT_WEBHOOK_URL)
    channels.push({
      name: 'webhook',
      send: async (message, signal) => {
        await post({ url: ALERT_WEBHOOK_URL, shape, secret }, message, signal);
        return null;
      },
    });
  const { ALERT_MAIL_URL, ALERT_MAIL_FROM: from, ALERT_MAIL_TO: to } = env;
  if (ALERT_MAIL_URL && from && to)
    channels.push({
      name: 'mail',
      send: async (message, signal) => {
        const refused = await mail({ url: ALERT_MAIL_URL, from, to }, message, signal);
        return refused === 0 ? null : `the mail server refused ${counted(refused, 'address', 'addresses')}`;
      },
    });
  return channels;
}
