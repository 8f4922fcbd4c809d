import { setImmediate as laterTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Registry } from 'prom-client';
import { SECOND } from '../../domain/timeframe.js';
import type { ApiDeps } from '../deps.js';
import type { TemporalService } from '../temporal/temporal.service.js';
import { type Figure, figure } from './figures.js';
import { MetricsService } from './metrics.service.js';
import type { PipelineFigures } from './pipeline-figures.js';
import type { ProviderFigures } from './provider-figures.js';
import type { QualityFigures } from './quality-figures.js';

const SERIES = 6_000;
const CHECK_MS = 50;

const lag = (value: number): Figure =>
  figure(
    'lag',
    'Lag.',
    ['symbol'],
    Array.from({ length: SERIES }, (_, i) => [{ symbol: `T${i}` }, value] as const),
  );
const lagsIn = (text: string): Set<string> => new Set(text.match(/(?<=^barkeep_lag\{.*\} )\d+$/gm));
const countOf = (text: string): number => text.match(/^barkeep_lag\{/gm)?.length ?? 0;

let service: MetricsService;
let read: () => Promise<Figure[]>;
beforeEach(() => {
  const deps = {
    database: { pool: { query: async () => Promise.resolve(), totalCount: 0, idleCount: 0, waitingCount: 0 } },
    timing: { checkMs: CHECK_MS },
    unhandledRejections: () => 0,
    log: { debug: () => undefined },
  };
  const temporal = { describedSchedules: async () => Promise.resolve(new Map()) };
  service = new MetricsService(
    deps as unknown as ApiDeps,
    new Registry(),
    temporal as unknown as TemporalService,
    { read: async () => read() } as PipelineFigures,
    { read: async () => Promise.resolve<Figure[]>([]) } as ProviderFigures,
    { read: async () => Promise.resolve<Figure[]>([]) } as QualityFigures,
  );
});

let passed = 0;
const now = performance.now.bind(performance);
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now() + passed));
afterEach(() => void vi.restoreAllMocks());

describe('the figures in /metrics', () => {
  it('are all of one time, also in an answer that is rendered while they are read anew', async () => {
    let reads = 0;
    read = async () => Promise.resolve([lag(++reads)]);
    const answers: Promise<string>[] = [];
    for (let turn = 0; turn < 12; turn++) {
      answers.push(service.text());
      passed += 2 * SECOND;
      await laterTurn();
    }
    const texts = await Promise.all(answers);
    expect(texts.map(countOf)).toEqual(texts.map(() => SERIES));
    expect(texts.map((text) => lagsIn(text).size)).toEqual(texts.map(() => 1));
    expect(reads).toBeGreaterThan(1);
  });

  it('are all absent while they take too long, and all there once they have been read', async () => {
    const { promise, resolve } = Promise.withResolvers<Figure[]>();
    read = async () => promise;
    expect(countOf(await service.text())).toBe(0);
    const slow = service.text();
    resolve([lag(1)]);
    expect([await slow, await service.text()].map(countOf)).toEqual([SERIES, SERIES]);
  });
});
