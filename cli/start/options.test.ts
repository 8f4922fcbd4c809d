import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { HOUR } from '../../domain/timeframe.js';
import { demoOffset, startOptions } from './options.js';

describe('the options of npm start', () => {
  it('lets a flag override MARKET_MODE', () => {
    const { env, modeFlag } = startOptions(['--live'], { MARKET_MODE: 'sandbox' });
    expect([env.MARKET_MODE, modeFlag]).toEqual(['live', 'live']);
  });

  it('leaves the choice open if neither a flag nor the environment makes it', () => {
    expect(startOptions([], {})).toMatchObject({ modeFlag: null, demo: false, env: { MARKET_MODE: 'auto' } });
  });

  it.each([
    [['--live', '--sandbox'], {}, /one of --live, --sandbox/],
    [['--bogus'], {}, /--bogus[^]*Usage/],
    [[], { PORT: 'x' }, /PORT/],
    [['--sandbox'], { NODE_ENV: 'production' }, /always live/],
    [['--live'], { MARKET_CLOCK_OFFSET: '60' }, /only in the sandbox/],
  ])('refuses %j with %j and exit code 2', (argv, variables, message) => {
    const attempt = () => startOptions(argv, variables);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each(['2026-11-23T07:00:00Z', '2026-11-23T14:45:30Z', '2026-11-23T20:10:00Z', '2026-11-29T12:00:00Z'])(
    'puts the demo one hour into the latest New York session at %s',
    (time) => {
      const now = Date.parse(time);
      const offset = demoOffset(now);
      const market = now + offset * 1_000;
      const session = calendarOf('XNYS').sessionAt(market);
      expect(Math.abs(offset % 60)).toBe(0);
      expect(offset).toBeLessThanOrEqual(0);
      expect(Math.abs(market - session!.open - HOUR)).toBeLessThan(60_000);
      expect(calendarOf('XNYS').nextOpen(session!.open)! + HOUR).toBeGreaterThan(now);
    },
  );
});
