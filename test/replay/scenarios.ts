import { Context } from '@temporalio/activity';
import type { Activities } from '../../activities/index.js';
import type { Plan, PlannedRequest, SingleRequest, Transformed } from '../../contracts/activities.js';
import { FAILURES } from '../../contracts/failures.js';
import { WORKFLOWS } from '../../contracts/workflows.js';
import { bars, down, idOf } from '../fake-activities.js';

/** A run to record: real workflow code and a real server, with activities that decide its course. */
export interface Scenario {
  type: string;
  input?: object;
  /** A schedule starts it, on time or for a past period. Without it, a person does. */
  scheduled?: 'on time' | 'for the past';
  activities?: Partial<Activities>;
  runTimeoutMs?: number;
  /** What ends it from outside, once it has given this command. */
  interrupted?: { by: 'cancel' | 'terminate'; at: 'extract' | 'timer' };
}

const plan = (requests: PlannedRequest[], more: Partial<Plan> = {}): Promise<Plan> =>
  Promise.resolve({ requests, skipped: null, more: false, waiting: 0, ...more });
const assets = (count: number): PlannedRequest[] => Array.from({ length: count }, (_, i) => bars(i + 1, 'XNYS'));
/** Plans one after the other, and then that nothing is left. */
const plans =
  (...pages: Promise<Plan>[]) =>
  () =>
    pages.shift() ?? plan([]);

const fail = (type: string) => () => Promise.reject(down(type, true));
const extracted = ({ request }: { request: SingleRequest }) =>
  Promise.resolve({ assetId: idOf(request), timeframe: '1m' as const, rows: 3, payloadId: idOf(request) });
const failsFor =
  (type: string, ...failing: number[]): Activities['extract'] =>
  (input) =>
    failing.includes(idOf(input.request)) ? Promise.reject(down(type, true)) : extracted(input);
const LOADED = { timeframe: '1m' as const, rows: 3, inserted: 0, updated: 0, unchanged: 0 };
/** An extract that ends only when it is cancelled. */
const hangs = async (): Promise<never> => {
  for (;;) {
    Context.current().heartbeat();
    await Context.current().sleep(500);
  }
};
const transformed =
  (change: Partial<Transformed>): Activities['transform'] =>
  ({ payloadIds }) =>
    Promise.resolve(
      payloadIds.map((id) => ({
        ...{ payloadId: id, batchId: id, assetId: id, timeframe: '1m' as const, rows: 3, rejected: 0 },
        ...change,
      })) as Transformed[],
    );
const held =
  (reason: 'split' | 'level_shift', adjusts: boolean): Activities['load'] =>
  ({ batchIds }) =>
    Promise.resolve(
      batchIds.map((batchId) => ({
        ...{ ...LOADED, batchId, assetId: batchId, held: reason },
        ...(adjusts && { adjust: { assetId: batchId, symbol: `S${batchId}` } }),
      })),
    );
/** The ids of messages, one after the other, and then that nothing is left. */
const messages = (ids: string[]) => () => Promise.resolve(ids.shift() ?? null);
const due = [{ assetId: 1, symbol: 'S1' }];
const STORED = [{ payloadId: 1, assetId: 1, timeframe: '1m' as const, rows: 3 }];

const stocks = (activities: Partial<Activities> = {}, rest: Partial<Scenario> = {}): Scenario => ({
  type: WORKFLOWS.stocks,
  input: { pipeline: 'stocks_1min' },
  activities: { planLive: () => plan(assets(3)), ...activities },
  ...rest,
});
const crypto = (activities: Partial<Activities> = {}, rest: Partial<Scenario> = {}): Scenario => ({
  ...stocks(activities, rest),
  type: WORKFLOWS.crypto,
  input: { pipeline: 'crypto_20min' },
});
const ofType =
  (type: string, input: object = {}) =>
  (activities: Partial<Activities> = {}, rest: Partial<Scenario> = {}): Scenario => ({
    ...{ type, input, activities },
    ...rest,
  });
const backfill = ofType(WORKFLOWS.backfill, { symbols: ['S1'], timeframes: ['1m'] });
const heal = ofType(WORKFLOWS.heal);
const verify = ofType(WORKFLOWS.verify);
const adjust = ofType(WORKFLOWS.adjust, { assetId: 1, symbol: 'S1' });
const release = ofType(WORKFLOWS.release, { payloadId: 1, assetId: 1, timeframe: '1m' });

const courses = (): Record<string, Scenario> => ({
  'stocks-succeeded': stocks(),
  'stocks-many-in-groups': stocks({ planLive: () => plan(assets(60)) }),
  'stocks-partial': stocks({ extract: failsFor(FAILURES.UnknownSymbol, 2) }),
  'stocks-failed': stocks({ extract: fail(FAILURES.NotObtainable) }),
  'stocks-bad-asset': stocks({
    planLive: () => plan(assets(2), { problems: [{ assetId: 3, problem: 'asset 3: unknown exchange XLON' }] }),
  }),
  'stocks-all-rejected': stocks({
    transform: transformed({ problem: { type: FAILURES.AllRejected, message: 'each row broke a rule' } }),
  }),
  'stocks-load-failed': stocks({ load: fail(FAILURES.Bug) }),
  'stocks-plan-failed': stocks({ planLive: fail(FAILURES.InvalidInput) }),
  'stocks-skipped': stocks({ planLive: () => plan([], { skipped: 'markets closed, nothing missing' }) }),
  'stocks-superseded': stocks({
    openRun: () => Promise.resolve({ nominalAt: 0, asOf: 0, supersededBy: 'stocks_1min-before' }),
  }),
  'stocks-schedule-backfill': stocks({}, { scheduled: 'for the past' }),
  'stocks-cancelled': stocks({ extract: hangs }, { interrupted: { by: 'cancel', at: 'extract' } }),
  'stocks-terminated': stocks({ extract: hangs }, { interrupted: { by: 'terminate', at: 'extract' } }),
  'stocks-timed-out': stocks({ extract: hangs }, { runTimeoutMs: 3_000 }),
  'stocks-invalid-input': stocks({}, { input: { pipeline: 'no_such' } }),
  'stocks-outage-declared': stocks({ extract: fail(FAILURES.SchemaDrift) }),
  'stocks-outage-probe-failed': stocks({
    planLive: () => plan(assets(3), { outages: ['yahoo'] }),
    extract: fail(FAILURES.SchemaDrift),
  }),
  'stocks-outage-probe-succeeded': stocks({
    planLive: () => plan(assets(3), { outages: ['yahoo'] }),
    endOutage: () => Promise.resolve(true),
  }),
  'stocks-exchange-silent': stocks({
    planLive: () => plan([...assets(3), bars(7, 'XETR')]),
    transform: ({ payloadIds }) =>
      transformed({ isNullSession: payloadIds[0]! < 7 })({ payloadIds, run: { workflowId: '', runId: '' } }),
  }),
  'stocks-held-back-for-a-split': stocks({ load: held('split', true) }),
  'stocks-held-back-at-another-level': stocks({ load: held('level_shift', false) }),
  'crypto-succeeded': crypto({
    planLive: () => plan([{ kind: 'quotes', provider: 'yahoo', providerSymbols: ['S1'] }, bars(1)]),
    transform: ({ payloadIds }) =>
      transformed(payloadIds[0] === 0 ? { batchId: null, assetId: null, timeframe: null } : {})({
        ...{ payloadIds, run: { workflowId: '', runId: '' } },
      }),
  }),
  'crypto-cancelled': crypto({ extract: hangs }, { interrupted: { by: 'cancel', at: 'extract' } }),
  'backfill-succeeded': backfill({ planBackfill: plans(plan(assets(30), { more: true }), plan(assets(2))) }),
  'backfill-records-as-it-goes': backfill({
    planBackfill: plans(plan(assets(30), { more: true }), plan(assets(2))),
  }),
  'backfill-skipped': backfill(),
  'backfill-partial': backfill({
    planBackfill: plans(plan(assets(3)), plan(assets(1)), plan(assets(1)), plan(assets(1))),
    extract: failsFor(FAILURES.NotObtainable, 1),
  }),
  'backfill-paused': backfill({
    planBackfill: plans(plan(assets(1)), ...[1, 2, 3].map(() => plan([], { waiting: 7 }))),
  }),
  'backfill-refetched': backfill(
    { planBackfill: plans(plan(assets(2), { more: true }), plan(assets(2))) },
    { input: { refetch: true } },
  ),
  'backfill-continued-as-new': backfill({
    planBackfill: plans(...Array.from({ length: 7 }, () => plan(assets(8), { more: true }))),
  }),
  'backfill-cancelled': backfill(
    { planBackfill: () => plan(assets(1)), extract: hangs },
    { interrupted: { by: 'cancel', at: 'extract' } },
  ),
  'backfill-cancelled-in-a-pause': backfill(
    { planBackfill: () => plan([], { waiting: 7 }) },
    { interrupted: { by: 'cancel', at: 'timer' } },
  ),
  'backfill-terminated': backfill(
    { planBackfill: () => plan([], { waiting: 7 }) },
    { interrupted: { by: 'terminate', at: 'timer' } },
  ),
  'heal-succeeded': heal({
    planReplay: () => Promise.resolve(STORED),
    planHeal: plans(plan(assets(2), { more: true }), plan(assets(1))),
    describeGaps: () => Promise.resolve('2 still pending (2 null at provider)'),
  }),
  'heal-skipped': heal(),
  'heal-scheduled': heal({ planHeal: plans(plan(assets(2))) }, { scheduled: 'on time' }),
  'heal-starts-an-adjustment': heal({ classifyGaps: () => Promise.resolve(due) }),
  'heal-compares-sources': heal({
    compareSources: () => Promise.resolve({ compared: 3, findings: 1, rolesChanged: 0 }),
  }),
  'heal-cancelled': heal(
    { planHeal: () => plan(assets(1)), extract: hangs },
    { interrupted: { by: 'cancel', at: 'extract' } },
  ),
  'verify-succeeded': verify({ planVerify: plans(plan(assets(2), { more: true }), plan(assets(1))) }),
  'verify-skipped': verify(),
  'verify-compares-sources': verify({
    compareSources: () => Promise.resolve({ compared: 3, findings: 1, rolesChanged: 0 }),
  }),
  'verify-starts-an-adjustment': verify({ classifyGaps: () => Promise.resolve(due) }),
  'verify-outage-declared': verify({ planVerify: plans(plan(assets(3))), extract: fail(FAILURES.SchemaDrift) }),
  'adjust-succeeded': adjust(),
  'adjust-held-back': adjust({
    applySplits: () =>
      Promise.resolve({
        ...{ splits: 0, rescaled: 0 },
        loaded: [{ ...LOADED, batchId: 1, assetId: 1, held: 'split' }],
      }),
  }),
  'adjust-failed': adjust({ extract: fail(FAILURES.UnknownSymbol) }),
  'release-succeeded': release(),
  'release-failed': release({ transform: fail(FAILURES.Bug) }),
  'reconcile-succeeded': { type: WORKFLOWS.reconcile },
  'reconcile-failed': { type: WORKFLOWS.reconcile, activities: { reconcileRuns: fail(FAILURES.Bug) } },
  'look-up-partial': {
    type: WORKFLOWS.lookUp,
    input: {
      provider: 'yahoo',
      questions: [
        { kind: 'search', text: 'siemens' },
        { kind: 'instrument', providerSymbol: 'S1' },
      ],
    },
    activities: {
      lookUp: ({ question }) =>
        question.kind === 'search'
          ? Promise.resolve({ instruments: [], failure: null })
          : Promise.reject(down(FAILURES.RateLimited, true)),
    },
  },
  'alerts-judged': { type: WORKFLOWS.alerts },
  'alerts-with-news': {
    type: WORKFLOWS.alerts,
    activities: { judgeAlerts: () => Promise.resolve({ opened: 2, closed: 1, hasNews: true }) },
  },
  'alert-delivery-succeeded': {
    type: WORKFLOWS.alertDelivery,
    activities: { prepareDelivery: messages(['first', 'second']) },
  },
  'alert-delivery-abandoned': {
    type: WORKFLOWS.alertDelivery,
    activities: { prepareDelivery: messages(['first']), deliverAlerts: fail(FAILURES.Undelivered) },
  },
  /** Although there is more to tell. */
  'alert-delivery-ends-with-abandoned': {
    type: WORKFLOWS.alertDelivery,
    activities: { prepareDelivery: messages(['first', 'second']), deliverAlerts: fail(FAILURES.Undelivered) },
  },
  'housekeeping-succeeded': { type: WORKFLOWS.housekeeping },
  'backup-succeeded': { type: WORKFLOWS.backup },
  'backup-failed': { type: WORKFLOWS.backup, activities: { backUp: fail(FAILURES.BackupFailed) } },
  'housekeeping-timed-out': { type: WORKFLOWS.housekeeping, activities: { housekeep: hangs }, runTimeoutMs: 3_000 },
});

/** Recorded again when runs began to upsert their search attributes (workflows/patches.ts). */
const SEARCHABLE = [
  ...['stocks-succeeded', 'stocks-partial', 'stocks-failed', 'stocks-cancelled', 'crypto-succeeded'],
  ...['backfill-succeeded', 'backfill-continued-as-new', 'heal-succeeded', 'verify-succeeded'],
  ...['adjust-succeeded', 'release-succeeded', 'reconcile-succeeded', 'housekeeping-succeeded'],
];

/** Every course that a run can take, by the name of its recording. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...courses(),
  ...Object.fromEntries(
    Object.entries(courses())
      .filter(([name]) => SEARCHABLE.includes(name))
      .map(([name, scenario]) => [`${name}-searchable`, scenario]),
  ),
};
