import { describe, expect, it } from 'vitest';
import { Gate, LIMITS, Traffic } from './traffic.js';

function gateOf(provider: keyof typeof LIMITS) {
  const wall = { now: 1_000_000 };
  return { wall, gate: new Gate(LIMITS[provider], () => wall.now) };
}

describe('Gate', () => {
  it('admits ten requests a second, and refuses everything for a minute after the eleventh', () => {
    const { wall, gate } = gateOf('yahoo');
    const request = () => {
      const refused = gate.enter();
      gate.leave();
      return refused;
    };
    for (let i = 0; i < 10; i++) expect(request()).toBe(0);
    expect(request()).toBe(60_000);
    wall.now += 59_999;
    expect(request()).toBe(1);
    wall.now += 1_001;
    expect(request()).toBe(0);
    expect(gate.manners).toMatchObject({ requests: 13, limited: 2, whileBlocked: 1, maxPerSecond: 11, minGapMs: 0 });
  });

  it('refuses the ninth concurrent request', () => {
    const { gate } = gateOf('yahoo');
    for (let i = 0; i < 8; i++) expect(gate.enter()).toBe(0);
    expect(gate.enter()).toBeGreaterThan(0);
    expect(gate.manners.maxInFlight).toBe(9);
  });

  it('requires 1.4 s between requests to CoinGecko', () => {
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
  it('counts a bounded number of paths and statuses', () => {
    const traffic = new Traffic(() => 0);
    for (let i = 0; i < 1_000; i++) traffic.countRequest(`/path/${i}`);
    traffic.countOutcome(200);
    traffic.countOutcome('reset');
    const report = traffic.report();
    expect(report.requests).toBe(1_000);
    expect(Object.keys(report.paths)).toHaveLength(201);
    expect(report.paths['(others)']).toBe(800);
    expect(report.statuses).toEqual({ 200: 1, reset: 1 });
  });
});
