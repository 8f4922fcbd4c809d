import { expect, it } from 'vitest';
import { asTable, Checks } from './report.js';

it('a failed check is red, and does not stop the others', async () => {
  const lines: string[] = [];
  const checks = new Checks((line) => lines.push(line));
  await checks.check('set-up', () => Promise.resolve('1.2 s'));
  expect(checks.areGood).toBe(true);
  await checks.check('backfill', () => Promise.reject(new Error('timed out', { cause: new Error('no worker') })));
  await checks.check('doctor', () => Promise.resolve('0 | nothing'));
  expect(checks.areGood).toBe(false);
  expect(lines).toEqual(['  ok  set-up: 1.2 s', '  RED backfill: timed out (no worker)', '  ok  doctor: 0 | nothing']);

  const other = new Checks(() => {});
  await other.check('set-up', () => Promise.resolve('2 s'));
  const runs = new Map([
    ['plain', other],
    ['mTLS', checks],
  ]);
  expect(asTable(runs).replace(/ {2,}/g, ' ').replace(/-+/g, '-')).toBe(
    [
      '| check | plain | mTLS |',
      '| - | - | - |',
      '| set-up | ok: 2 s | ok: 1.2 s |',
      '| backfill | – | RED: timed out (no worker) |',
      '| doctor | – | ok: 0 / nothing |',
    ].join('\n'),
  );
});
