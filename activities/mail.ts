import { createTransport, type NodemailerError } from 'nodemailer';
import { SECOND } from '../domain/timeframe.js';
import { linesOf, type Message, summaryOf } from './alert-message.js';
import { retryLater } from './failures.js';

/** By which server, from and to whom messages about alerts are mailed. */
export interface Mailbox {
  /** `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://` for TLS from the start. */
  url: string;
  from: string;
  to: readonly string[];
}

const TIMEOUT_MS = 15 * SECOND;
/** For all of it: a server may take its time for each step. It ends well before the attempt does (`deliverAlerts`). */
const IN_ALL_MS = 60 * SECOND;

/**
 * Mails a message. It has the same Message-ID at every attempt, by which mail programs recognize a repeated one. With smtp://,
 * the connection is encrypted if the server can do so.
 * @param signal gives it up, and what it says is thrown
 * @param inAllMs for tests
 * @returns how many of the addresses the server refused, while it took others
 * @throws ApplicationFailure `Undelivered`, to be retried, unless the server takes it for some of them
 */
export async function mail(
  { url, from, to }: Mailbox,
  message: Message,
  signal: AbortSignal,
  inAllMs = IN_ALL_MS,
): Promise<number> {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport = createTransport({ url, ...timeouts });
  const limit = AbortSignal.timeout(inAllMs);
  try {
    const { rejected } = await transport.sendMail({
      ...{ from, to: [...to], subject: `Barkeep: ${summaryOf(message.news)}` },
      ...{ messageId: `<${message.id}@barkeep>`, date: message.createdAt },
      text: `${linesOf(message.news, (heading) => heading).join('\n')}\n`,
      headers: { 'auto-submitted': 'auto-generated' },
      signal: AbortSignal.any([signal, limit]),
    });
    return rejected.length;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw retryLater('Undelivered', `the mail server did not take it within ${inAllMs / SECOND} s`);
    // its message may hold the user
    const { code, responseCode } = error as NodemailerError;
    if (code === undefined) throw error;
    const reason =
      responseCode === undefined ? `cannot be reached: ${code}` : `answered with ${responseCode} (${code})`;
    throw retryLater('Undelivered', `the mail server ${reason}`);
  } finally {
    transport.close();
  }
}
