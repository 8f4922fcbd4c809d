import { describe, expect, it } from 'vitest';
import { networkCause } from './network-cause.js';

describe('why a request got no response', () => {
  it('is what the innermost error says', () => {
    const closed = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const failed = new TypeError('fetch failed', { cause: new Error('socket', { cause: closed }) });
    expect(networkCause(failed)).toEqual({ code: 'ECONNRESET', message: 'read ECONNRESET' });
  });

  it('is the code if several addresses failed, which has no message', () => {
    const all = Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' });
    expect(networkCause(new TypeError('fetch failed', { cause: all }))).toEqual({ code: 'ETIMEDOUT', message: '' });
  });

  it('is what a proxy answered that opens no tunnel', () => {
    const refused = new Error('Proxy response (407) !== 200 when HTTP Tunneling');
    const failed = new TypeError('fetch failed', { cause: new Error('Request was cancelled.', { cause: refused }) });
    expect(networkCause(failed)).toEqual({ code: '', message: 'the proxy answered 407' });
  });

  it.each([null, undefined, 'text'])('is unknown of %j', (error) => {
    expect(networkCause(error)).toEqual({ code: '', message: '' });
  });
});
