import { describe, expect, it } from 'vitest';
import { allowedHosts } from './allowed-hosts.js';

describe('allowed hosts', () => {
  const isAllowed = allowedHosts('10.0.0.5', ['bars.example.com']);

  it.each([
    undefined,
    'localhost:3000',
    'LOCALHOST',
    'barkeep.localhost:80',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]:3000',
    '10.0.0.5:3000',
    'bars.example.com',
    'Bars.Example.com.:443',
  ])('include %s', (header) => {
    expect(isAllowed(header)).toBe(true);
  });

  it.each([
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:3000',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '10.0.0.6',
    'a@localhost',
    'localhost/x',
    '[::2]',
  ])('do not include %j', (header) => {
    expect(isAllowed(header)).toBe(false);
  });

  it('are all addresses, and no further name, where the server listens on all', () => {
    for (const wildcard of ['0.0.0.0', '::']) {
      const isServed = allowedHosts(wildcard, []);
      expect(['192.168.1.7:3000', '[fe80::1]:3000', 'localhost', 'evil.example'].map(isServed)).toEqual([
        true,
        true,
        true,
        false,
      ]);
    }
  });
});
