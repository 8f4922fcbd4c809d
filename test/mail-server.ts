import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and text as they were sent. */
  content: string;
}

/** A mail server with one user, that records what it takes. */
export interface MailServer {
  port: number;
  /** User and password, as they are written in a URL. */
  login: string;
  /** Since the test began. */
  received: ReceivedMail[];
  /** Addresses that it does not take. */
  refused: string[];
}

const USER = 'alerts@example.com';
const PASSWORD = 'a/pass word';

/** Starts a server for all tests of the file, or of the `describe` in which it is called. */
export function mailServer(): MailServer {
  const login = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
  const state: MailServer = { port: 0, login, received: [], refused: [] };
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === USER && password === PASSWORD ? done(null, { user: username }) : done(new Error('no such user')),
    onRcptTo: ({ address }, _session, done) =>
      done(state.refused.includes(address) ? Object.assign(new Error('no mailbox'), { responseCode: 550 }) : null),
    onData: (stream, { envelope }, done) => {
      void text(stream).then((content) => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        state.received.push({ from, to: envelope.rcptTo.map(({ address }) => address), content });
        done();
      });
    },
  });
  beforeAll(async () => {
    const listener = server.listen(0, '127.0.0.1');
    if (!listener.listening) await once(listener, 'listening');
    state.port = (listener.address() as AddressInfo).port;
  });
  beforeEach(() => {
    state.received = [];
    state.refused = [];
  });
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
  return state;
}
