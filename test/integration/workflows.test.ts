import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { bars, down, fakes, idOf } from '../fake-activities.js';
import { type FakeWorkers, startFakeWorkers } from './workflows-fixture.js';

let env: FakeWorkers['env'];
let withActivities: FakeWorkers['withActivities'];
let start: FakeWorkers['start'];
let run: FakeWorkers['run'];
let close: FakeWorkers['close'];
beforeAll(async () => {
  ({ env, withActivities, start, run, close } = await startFakeWorkers());
});
afterAll(() => close());

describe('a run', () => {
  it('fails an asset whose row is bad alone, by name', async () => {
    const { activities, closed } = fakes({
      planLive: () =>
        Promise.resolve({
          requests: [bars(1), bars(2)],
          problems: [{ assetId: 3, problem: 'asset 3 ACME: unknown exchange XNAS' }],
          skipped: null,
          more: false,
          waiting: 0,
        }),
    });
    const result = await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(result).toMatchObject({ status: 'partial', assetsOk: 2, assetsFailed: 1 });
    expect(closed).toMatchObject([
      { errorType: 'InvalidInput', errorMessage: 'InvalidInput: asset 3 ACME: unknown exchange XNAS' },
    ]);
  });

  it('adds up its assets and closes its row', async () => {
    const { activities, closed } = fakes();
    const result = await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(result).toMatchObject({
      status: 'succeeded',
      rowsInserted: 4,
      rowsUpdated: 2,
      rowsExtracted: 6,
      assetsOk: 2,
      assetsFailed: 0,
    });
    expect(closed).toEqual([expect.objectContaining({ status: 'succeeded', rowsInserted: 4, errorType: null })]);
  });

  it('is partial if one asset fails: the others still load', async () => {
    const { activities, closed } = fakes({
      extract: ({ request }) => {
        if (idOf(request) === 2) return Promise.reject(down('UnknownSymbol', true));
        return Promise.resolve({ assetId: 1, timeframe: '1m', rows: 3, payloadId: 1 });
      },
    });
    await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(closed).toEqual([
      expect.objectContaining({
        status: 'partial',
        assetsOk: 1,
        assetsFailed: 1,
        rowsInserted: 2,
        errorType: 'UnknownSymbol',
      }),
    ]);
  });

  it('fails, and so does its workflow, if every asset fails', async () => {
    const { activities, closed } = fakes({ extract: () => Promise.reject(down('NotObtainable', true)) });
    const running = withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    await expect(running).rejects.toThrow(WorkflowFailedError);
    expect(closed).toEqual([
      expect.objectContaining({ status: 'failed', assetsFailed: 2, errorType: 'NotObtainable' }),
    ]);
  });

  it('retries a provider that is down, and names it when it gives up before the next run', async () => {
    let attempts = 0;
    const { activities, closed } = fakes({
      extract: () => {
        attempts++;
        return Promise.reject(down('ProviderUnavailable', false));
      },
    });
    await expect(
      withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' })),
    ).rejects.toThrow();
    expect(attempts).toBeGreaterThan(4);
    expect(closed[0]).toMatchObject({ status: 'failed', errorType: 'ProviderUnavailable' });
  });

  it('declares no outage of a provider if its requests only waited for permits', async () => {
    const declared: unknown[] = [];
    const { activities, closed } = fakes({
      planLive: () =>
        Promise.resolve({ requests: [bars(1), bars(2), bars(3)], skipped: null, more: false, waiting: 0 }),
      declareOutage: (verdict) => Promise.resolve(void declared.push(verdict)),
      extract: () => Promise.reject(down('PermitBusy', false)),
    });
    const running = withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    await expect(running).rejects.toThrow(WorkflowFailedError);
    expect(closed[0]).toMatchObject({ status: 'failed', assetsFailed: 3, errorType: 'PermitBusy' });
    expect(declared).toEqual([]);
  });

  it('fails at once, and closes its row, if its own code breaks', async () => {
    const { activities, closed } = fakes({ planLive: () => Promise.resolve(null as never) });
    await expect(
      withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' })),
    ).rejects.toThrow();
    expect(closed[0]).toMatchObject({
      status: 'failed',
      errorType: 'Bug',
      errorMessage: expect.stringMatching(/^this is a bug in Barkeep, please report it: /),
    });
  });

  it('fails at once if its own code breaks before it has a row', async () => {
    const running = withActivities(fakes().activities, () => run(WORKFLOWS.adjust, null as never));
    await expect(running).rejects.toThrow(WorkflowFailedError);
  });

  it('reports "provider outage" once if most assets share a symptom, and stores the verdict', async () => {
    const declared: unknown[] = [];
    const { activities, closed } = fakes({
      planLive: () =>
        Promise.resolve({ requests: [bars(1), bars(2), bars(3)], skipped: null, more: false, waiting: 0 }),
      extract: () => Promise.reject(down('SchemaDrift', true)),
      declareOutage: (verdict) => Promise.resolve(void declared.push(verdict)),
    });
    await expect(
      withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' })),
    ).rejects.toThrow();
    const message = 'provider outage: Yahoo Finance, 3 of 3 assets: SchemaDrift it is';
    expect(declared).toEqual([{ provider: 'yahoo', symptom: 'SchemaDrift', message }]);
    expect(closed[0]).toMatchObject({ status: 'failed', assetsFailed: 3, errorMessage: `SchemaDrift: ${message}` });
  });

  it('treats payloads that are mostly empty as an outage if most assets have them', async () => {
    const { activities, closed } = fakes({
      planLive: () =>
        Promise.resolve({ requests: [1, 2, 3, 4].map((id) => bars(id)), skipped: null, more: false, waiting: 0 }),
      transform: ({ payloadIds }) =>
        Promise.resolve(
          payloadIds.map((id) => ({
            ...{ payloadId: id, batchId: id, assetId: id, timeframe: '1m' as const, rows: 9, rejected: 0 },
            isNullSession: id !== 4,
          })),
        ),
    });
    const result = await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(result).toMatchObject({ status: 'partial', assetsOk: 1, assetsFailed: 3 });
    expect(closed[0]!.errorMessage).toContain('provider outage: Yahoo Finance, 3 of 4 assets');
  });

  it.each([
    ['ends the outage and sends the other requests if the probe succeeds', true, 3],
    ['sends no other request if it fails', false, 1],
  ])('probes a provider in outage with one request: %s', async (_title, isBack, requests) => {
    let extracts = 0;
    const ended: unknown[] = [];
    const { activities } = fakes({
      planLive: () =>
        Promise.resolve({
          requests: [1, 2, 3].map((id) => bars(id)),
          skipped: null,
          more: false,
          waiting: 0,
          outages: ['yahoo'],
        }),
      extract: ({ request }) => {
        extracts++;
        if (!isBack) return Promise.reject(down('SchemaDrift', true));
        return Promise.resolve({ assetId: idOf(request), timeframe: '1m', rows: 3, payloadId: idOf(request) });
      },
      endOutage: (input) => {
        ended.push(input);
        return Promise.resolve(false);
      },
    });
    const running = withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    if (isBack) await expect(running).resolves.toMatchObject({ status: 'succeeded', assetsOk: 3 });
    else await expect(running).rejects.toThrow();
    expect(extracts).toBe(requests);
    expect(ended).toEqual(isBack ? [{ provider: 'yahoo' }] : []);
  });

  it('waits for as long as the provider says', async () => {
    const times: number[] = [];
    const { activities } = fakes({
      planLive: () => Promise.resolve({ requests: [bars(1)], skipped: null, more: false, waiting: 0 }),
      extract: async () => {
        times.push(await env.currentTimeMs());
        if (times.length === 1)
          throw ApplicationFailure.create({ type: 'RateLimited', message: '429', nextRetryDelay: '30s' });
        return { assetId: 1, timeframe: '1m', rows: 3, payloadId: 1 };
      },
    });
    await withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(30_000);
  });

  it('is skipped, with the reason, if there is nothing to do or an older run is still running', async () => {
    const quiet = fakes({
      planLive: () =>
        Promise.resolve({ requests: [], skipped: 'markets closed, nothing missing', more: false, waiting: 0 }),
    });
    await withActivities(quiet.activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(quiet.closed).toEqual([
      expect.objectContaining({ status: 'skipped', errorMessage: 'markets closed, nothing missing' }),
    ]);
    const late = fakes({
      openRun: () => Promise.resolve({ nominalAt: 0, asOf: 0, supersededBy: 'stocks_1min-before' }),
    });
    await withActivities(late.activities, () => run(WORKFLOWS.stocks, { pipeline: 'stocks_1min' }));
    expect(late.closed[0]!.errorMessage).toContain('superseded by stocks_1min-before');
  });

  it('closes its row when it is cancelled', async () => {
    let extracting: () => void;
    const begun = new Promise<void>((resolve) => (extracting = resolve));
    const { activities, closed } = fakes({
      extract: () => {
        extracting();
        return Promise.reject(down('ProviderUnavailable', false));
      },
    });
    await withActivities(activities, async () => {
      const handle = await start(WORKFLOWS.crypto, { pipeline: 'crypto_20min' });
      await begun;
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    });
    expect(closed).toEqual([expect.objectContaining({ status: 'cancelled' })]);
  });

  it('fails clearly on bad input instead of hanging', async () => {
    const { activities } = fakes();
    const bad = withActivities(activities, () => run(WORKFLOWS.stocks, { pipeline: 'no_such' }));
    await expect(bad).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: expect.stringContaining('stocks_1min') },
    });
  });

  it.each([
    [WORKFLOWS.stocks, { symbol: ['SPY'] }, 'symbol: unknown field; allowed: pipeline, at, symbols'],
    [WORKFLOWS.crypto, { symbols: 'BTC' }, 'symbols: must be a list of symbols, such as ["SPY"]'],
    [WORKFLOWS.heal, { symbls: ['SPY'] }, 'symbls: unknown field; allowed: pipeline, symbols, timeframes'],
    [WORKFLOWS.adjust, { symbol: 'SPY' }, 'assetId: must be given'],
    [WORKFLOWS.release, { payload: 1 }, 'payload: unknown field; allowed: payloadId, assetId, timeframe'],
    [WORKFLOWS.verify, { symbols: 'SPY' }, 'symbols: must be a list of symbols, such as ["SPY"]'],
  ])('requests nothing if %s is given %j', async (type, input, problem) => {
    const { activities, closed } = fakes();
    const refused = withActivities(activities, () => run(type, input));
    await expect(refused).rejects.toMatchObject({ cause: { type: 'InvalidInput', message: problem } });
    expect(closed).toEqual([
      expect.objectContaining({ status: 'failed', errorType: 'InvalidInput', errorMessage: problem }),
    ]);
  });

  it('asks nothing if a look-up has no questions', async () => {
    const refused = withActivities(fakes().activities, () => run(WORKFLOWS.lookUp, { provider: 'yahoo' }));
    await expect(refused).rejects.toMatchObject({
      cause: { type: 'InvalidInput', message: 'questions: must be given' },
    });
  });
});

describe('a backup', () => {
  it('is tried three times, and then its run fails with the reason', async () => {
    let tries = 0;
    const backUpAt = (success: number) => () =>
      ++tries < success
        ? Promise.reject(down('BackupFailed', false))
        : Promise.resolve({ name: '2026-11-30T02-30-00Z', bytes: 9, copyBytes: 1, droppedCopies: 0 });
    const attempt = (success: number) => {
      tries = 0;
      return withActivities(fakes({ backUp: backUpAt(success) }).activities, () => run(WORKFLOWS.backup, {}));
    };
    await expect(attempt(3)).resolves.toMatchObject({ name: '2026-11-30T02-30-00Z' });
    await expect(attempt(4)).rejects.toMatchObject({ cause: { cause: { type: 'BackupFailed' } } });
    expect(tries).toBe(3);
  });
});
