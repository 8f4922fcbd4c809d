import { describe, expect, it } from '@jest/globals';
import { Gate, LIMITS, Traffic } from './traffic.js';

function gateOf(provider: keyof typeof LIMITS) {
  const wall = { now: 1_000_000 };
  return { wall, gate: new Gate(LIMITS[provider], () => wall.now) };
}

describe('Gate', () => {
  it('lets ten requests a second pass and refuses everything for a minute after the eleventh', () => {
    const { wall, gate } = gateOf('yahoo');
    const ask = () => {
      const refused = gate.enter();
      gate.leave();
      return refused;
    };
    for (let i = 0; i < 10; i++) expect(ask()).toBe(0);
    expect(ask()).toBe(60_000);
    wall.now += 59_999;
    expect(ask()).toBe(1);
    wall.now += 1_001;
    expect(ask()).toBe(0);
    expect(gate.manners).toMatchObject({ requests: 13, limited: 2, whileBlocked: 1, maxPerSecond: 11, minGapMs: 0 });
  });

  it('refuses the ninth of requests under way at once', () => {
    const { gate } = gateOf('yahoo');
    for (let i = 0; i < 8; i++) expect(gate.enter()).toBe(0);
    expect(gate.enter()).toBeGreaterThan(0);
    expect(gate.manners.maxInFlight).toBe(9);
  });

  it('wants 1.4 s between requests to CoinGecko', () => {
    const { wall, gate } = gateOf('coingecko');
    expect(gate.enter()).toBe(0);
    wall.now += 1_400;
    expect(gate.enter()).toBe(0);
    wall.now += 1_399;
    expect(gate.enter()).toBe(7_000);
    expect(gate.manners.minGapMs).toBe(1_399);
  });
});

describe('Traffic', () => {
  it('counts paths and statuses, a bounded number of them', () => {
    const traffic = new Traffic(() => 0);
    for (let i = 0; i < 1_000; i++) traffic.asked(`/path/${i}`);
    traffic.answered(200);
    traffic.answered('reset');
    const report = traffic.report();
    expect(report.requests).toBe(1_000);
    expect(Object.keys(report.paths)).toHaveLength(201);
    expect(report.paths['(others)']).toBe(800);
    expect(report.statuses).toEqual({ 200: 1, reset: 1 });
  });
});
