import { expect, it } from '@jest/globals';
import { lostInnerPort } from './temporal.js';

const failure = 'exit code 1\nfailed listening for HTTP API: listen tcp 127.0.0.1:35057: bind: address already in use';

it('is tried again where a port is taken that it chose itself, and never where one is that it was told', () => {
  expect(lostInnerPort(failure, [7233, null])).toBe(true);
  expect(lostInnerPort(failure, [7233, 35057])).toBe(false);
  expect(lostInnerPort('exit code 1', [7233])).toBe(false);
});
