import {
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillPlan } from '../contracts/activities.js';
import { APPROVE_UPDATE, MAX_CONCURRENCY, RESIZE_UPDATE, type ResizeInput } from '../contracts/backfill-updates.js';
import { FAILURES } from '../contracts/failures.js';
import { type BackfillCount, type BackfillProgress, PROGRESS_QUERY } from '../contracts/queries.js';
import type { BackfillInput } from '../contracts/workflows.js';
import { counted } from '../domain/in-words.js';
import { addRows, type RequestCounts, type RunCounts, type RunKey } from '../domain/run.js';
import { countBackfill, planBackfill, recordProgress } from './activities.js';
import { showProgress, sleepBecause, whileWaitingFor } from './current-details.js';
import { BULK, type InTurn, type OnProgress } from './ingest.js';
import { add, type Done, type Failed, type Ingested, nothingIngested, sum } from './ingested.js';
import { ingestPlanned } from './outage.js';
import { canBeSteered, recordsAsItGoes } from './patches.js';
import { APPROVAL_MS, BACKFILL_PAUSES_MS, PAGE_SIZE, RECORD_MS } from './replay-sensitive.js';
import { recordRun, resultOf, type RunResult, skipped, withReason } from './run.js';
import { RateWaits } from './rate-waits.js';
import { Slots } from './slots.js';

const progressQuery = defineQuery<BackfillProgress>(PROGRESS_QUERY);
const resizeUpdate = defineUpdate<BackfillProgress, [ResizeInput]>(RESIZE_UPDATE);
const approveUpdate = defineUpdate<BackfillProgress>(APPROVE_UPDATE);

/** State of a run, which is carried over when it continues as new. */
interface State {
  total: Ingested;
  /** Of the last pass over the assets that sent requests: only failures that no later pass has made up for count. */
  pass: Ingested;
  /** Requests of the pass in progress, and slots that wait for their next attempt. */
  planned: number;
  waiting: number;
  /** Passes that have ended. */
  passes: number;
  pauses: number;
  /** The last asset of the pass in progress whose requests were planned; null before the first. */
  after: number | null;
  assets: { planned: number; total: number };
  page: number;
  count: BackfillCount | null;
  isApproved: boolean;
  /** Of plans by a worker from before December 2026, which pages through the requests instead. */
  offset: number;
}

const begun = (): State => ({
  total: nothingIngested(),
  pass: nothingIngested(),
  planned: 0,
  waiting: 0,
  passes: 0,
  pauses: 0,
  after: null,
  assets: { planned: 0, total: 0 },
  page: 0,
  count: null,
  isApproved: false,
  offset: 0,
});

type Asked = BackfillInput & {
  /** Former name of `reprocess: 'all'`. */
  refetch?: boolean;
};

/** Fills in what is missing for any assets, timeframes and range, asset by asset. */
export async function BackfillWorkflow(input?: Asked & { carried?: State }): Promise<RunResult> {
  const given = input ?? {};
  const { carried, ...continued } = isObject(given) ? given : {};
  const isContinued = workflowInfo().continuedFromExecutionRunId !== undefined;
  const asked: Asked = isContinued ? continued : isObject(given) ? given : {};
  const backfill = new BackfillRun(asked, given, isContinued ? carried : undefined);
  const trigger = asked.trigger === 'initial' ? 'initial' : 'manual';
  return recordRun(
    { pipeline: 'backfill', trigger, scheduledAt: null, symbols: asked.symbols },
    (run) => backfill.run(run),
    () => backfill.counts,
  );
}

/** An input from the command line can be anything; the first plan says what is wrong with it. */
const isObject = (input: unknown): input is object =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

class BackfillRun {
  private readonly state: State;
  private readonly isSteered = canBeSteered();
  private readonly slots: Slots;
  private waits: RateWaits | null = null;
  /** What the page in progress has done. */
  private page: Done = nothingIngested();
  private outcomes: Ingested[] = [];
  /** Assets that the pass in progress has not planned yet. */
  private unplannedAssets = 0;
  /** Its requests that are not finished. */
  private remaining = 0;
  private doing: Pick<BackfillProgress, 'state' | 'waitsUntil'> = { state: 'planning', waitsUntil: null };

  /**
   * @param given the input as it was given, whatever it is
   * @param carried the state of the execution before; its input was accepted
   */
  constructor(
    private readonly asked: Asked,
    private readonly given: unknown,
    private readonly carried: State | undefined,
  ) {
    this.state = { ...begun(), ...carried };
    this.slots = new Slots(isConcurrency(asked.concurrency) ? asked.concurrency : MAX_CONCURRENCY);
    setHandler(progressQuery, () => this.progress);
    setHandler(
      resizeUpdate,
      ({ concurrency }) => {
        this.slots.limit = concurrency;
        return this.progress;
      },
      { validator: (resize: ResizeInput | undefined) => this.refuseResize(resize) },
    );
    setHandler(
      approveUpdate,
      () => {
        this.state.isApproved = true;
        return this.progress;
      },
      { validator: () => this.refuseApproval() },
    );
  }

  async run(run: RunKey): Promise<{ result: RunResult; failures: Failed[] }> {
    const { state } = this;
    if (!(await this.approved())) return { result: skipped('not approved within 7 days'), failures: [] };
    for (;;) {
      await this.pass(run);
      if (isOnce(this.asked)) break;
      const unfinished = state.waiting > 0 || state.planned > 0;
      const stuck = state.planned === 0 || state.pass.requestsFailed > 0 || state.pass.counts.rowsInserted === 0;
      if (!unfinished || (stuck && state.pauses >= BACKFILL_PAUSES_MS.length)) break;
      if (stuck) await this.pause(BACKFILL_PAUSES_MS[state.pauses++]!);
    }
    const { total, pass } = state;
    if (total.requestsDone + total.requestsFailed === 0) return { result: skipped('nothing is missing'), failures: [] };
    const { failures, requestsFailed, failedAssets } = pass;
    const failed = new Set(failedAssets);
    const okAssets = [...new Set([...total.okAssets, ...total.failedAssets])].filter((assetId) => !failed.has(assetId));
    const result = resultOf({ ...total, okAssets, failedAssets, failures, requestsFailed });
    return { result: { ...withReason(result, this.leftOut), ...this.requests }, failures };
  }

  /** Which assets the last pass did not come to, in words; null if it came to all of them. */
  private get leftOut(): string | null {
    const count = this.unplannedAssets;
    if (count === 0) return null;
    return `${counted(count, 'more asset was', 'more assets were')} not requested, because every request of a page failed: start the backfill again`;
  }

  /** What the run has done so far, for its row. */
  get counts(): RunCounts & RequestCounts {
    const { total } = this.state;
    const { okAssets, failedAssets } = sum([total, ...this.outcomes]);
    return {
      ...addRows(total.counts, this.page.counts),
      ...this.requests,
      assetsOk: okAssets.length,
      assetsFailed: failedAssets.length,
    };
  }

  /** Waits for approval if that was asked for. @returns whether it came in time */
  private async approved(): Promise<boolean> {
    const { state } = this;
    if (!this.isSteered || !this.asked.waitForApproval || state.isApproved) return true;
    state.count = await countBackfill({ asked: this.given });
    this.doing = { state: 'waiting_for_approval', waitsUntil: null };
    const approval = condition(() => state.isApproved, APPROVAL_MS);
    return whileWaitingFor(
      `approval of ${counted(state.count.requests, 'request')}, by the Update \`${APPROVE_UPDATE}\``,
      approval,
    );
  }

  /** Plans and ingests the assets, page by page. Ends early if a page has requests and none of them succeeds. */
  private async pass(run: RunKey): Promise<void> {
    const { state } = this;
    if (state.after === null) Object.assign(state, { planned: 0, waiting: 0 });
    for (;;) {
      this.doing = { state: 'planning', waitsUntil: null };
      const plan = await planBackfill({
        ...{ ...this.asked, run, limit: PAGE_SIZE, offset: state.offset, after: state.after ?? undefined },
        ...(!this.carried && state.page === 0 && { asked: this.given }),
      });
      state.page++;
      if (plan.assets && state.offset > 0) {
        // the pages so far were those of an older worker, in another order: it begins anew
        state.offset = 0;
        continue;
      }
      state.waiting += plan.waiting;
      if (plan.assets) state.assets = plan.assets;
      const ingested = plan.requests.length > 0 ? await this.ingestPage(run, plan) : null;
      if (!plan.assets && isOnce(this.asked)) state.offset += PAGE_SIZE;
      state.after = plan.next ?? null;
      this.unplannedAssets = plan.more ? state.assets.total - state.assets.planned : 0;
      if (!plan.more || ingested?.requestsDone === 0) break;
      // each plan of an older worker is one of all that is missing: a pass of its own
      if (!plan.assets) Object.assign(state, { planned: 0, waiting: 0 });
      const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
      if (continueAsNewSuggested || targetWorkerDeploymentVersionChanged) await this.continue();
    }
    state.after = null;
    state.passes++;
  }

  private async ingestPage(run: RunKey, plan: BackfillPlan): Promise<Ingested> {
    const { state } = this;
    const isFirstOfPass = state.planned === 0;
    state.planned += plan.requests.length;
    this.remaining = plan.requests.length;
    this.doing = { state: 'requesting', waitsUntil: null };
    showProgress(this.progress);
    if (this.isSteered) await this.record(run);
    const onProgress: OnProgress = (soFar, last) => {
      this.page = soFar;
      this.outcomes.push(last);
      this.remaining = plan.requests.length - soFar.requestsDone - soFar.requestsFailed;
      showProgress(this.progress);
    };
    const waits = (this.waits = new RateWaits(plan));
    const inTurn: InTurn = (extract, { provider }) => this.slots.run(() => waits.during(provider, extract()));
    const ingest = () => ingestPlanned(run, plan, { ...BULK, ...(this.isSteered && { inTurn }) }, onProgress);
    const isRecorded = recordsAsItGoes();
    const ingested = await (isRecorded ? this.recordDuring(run, ingest) : ingest());
    this.page = nothingIngested();
    this.outcomes = [];
    this.remaining = 0;
    this.waits = null;
    state.total = add(state.total, ingested);
    state.pass = isFirstOfPass ? ingested : add(state.pass, ingested);
    if (isRecorded) await this.record(run);
    return ingested;
  }

  /** Records in the row what the run has done so far. */
  private record(run: RunKey): Promise<void> {
    return recordProgress({ ...run, ...this.counts });
  }

  private async recordDuring<T>(run: RunKey, work: () => Promise<T>): Promise<T> {
    let isOver = false;
    const recordUntilOver = async () => {
      while (!(await condition(() => isOver, RECORD_MS))) await this.record(run);
    };
    const [result] = await Promise.all([work().finally(() => (isOver = true)), recordUntilOver()]);
    return result;
  }

  private async pause(ms: number): Promise<void> {
    this.doing = { state: 'pausing', waitsUntil: new Date(Date.now() + ms).toISOString() };
    await sleepBecause(ms, `${counted(this.state.waiting, 'slot')} to be requested again: not due yet, or left empty`);
  }

  private async continue(): Promise<never> {
    const { asked, state, slots } = this;
    return continueOnCurrentVersion({ ...asked, concurrency: slots.limit, carried: state });
  }

  private get progress(): BackfillProgress {
    const { state, page, slots, doing } = this;
    return {
      ...doing,
      ...this.requests,
      rowsInserted: state.total.counts.rowsInserted + page.counts.rowsInserted,
      isEstimate: this.unplanned > 0,
      assetsPlanned: state.assets.planned,
      assetsTotal: state.assets.total,
      page: state.page,
      concurrency: slots.limit,
      waitsFor: this.waits?.longest ?? null,
      count: state.count,
    };
  }

  private get requests(): RequestCounts {
    const { total } = this.state;
    const requestsDone = total.requestsDone + this.page.requestsDone;
    const requestsFailed = total.requestsFailed + this.page.requestsFailed;
    const requestsTotal = requestsDone + requestsFailed + this.remaining + this.unplanned;
    return { requestsTotal, requestsDone, requestsFailed };
  }

  /** Requests of assets that the first pass has not planned yet, as many an asset as so far. */
  private get unplanned(): number {
    const { planned, passes, assets } = this.state;
    if (passes > 0 || assets.planned === 0) return 0;
    return Math.round((planned / assets.planned) * (assets.total - assets.planned));
  }

  private refuseResize(resize: ResizeInput | undefined): void {
    if (!this.isSteered) throw refusal('this backfill began before backfills could be resized');
    if (!isConcurrency(resize?.concurrency))
      throw refusal(`concurrency must be a whole number from 1 to ${MAX_CONCURRENCY}, as in {"concurrency": 8}`);
  }

  private refuseApproval(): void {
    if (!this.asked.waitForApproval) throw refusal('this backfill does not wait for approval');
    if (this.state.isApproved) throw refusal('this backfill is approved already');
  }
}

/** A long backfill would otherwise keep the version of the worker that began it (worker/deployment.ts). */
const continueOnCurrentVersion = (input: Parameters<typeof BackfillWorkflow>[0]): Promise<never> =>
  makeContinueAsNewFunc<typeof BackfillWorkflow>({ initialVersioningBehavior: 'AUTO_UPGRADE' })(input);

/** A plan of what is missing gets shorter by what was stored; any other is carried out once. */
const isOnce = ({ reprocess, refetch }: Asked): boolean => refetch === true || (reprocess ?? 'missing') !== 'missing';

const isConcurrency = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_CONCURRENCY;

const refusal = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, FAILURES.InvalidInput);
