import { EXCHANGES } from '../config/catalog/exchanges.js';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import { assetsOf, type Plan, type PlannedRequest } from '../contracts/activities.js';
import { FAILURES } from '../contracts/failures.js';
import type { CalendarId } from '../domain/calendars/calendar.js';
import {
  type AssetsBySign,
  isOneSilentExchange,
  outageSymptom,
  type RequestedAsset,
  silentExchanges,
  type Symptom,
} from '../domain/outage.js';
import type { RunKey } from '../domain/run.js';
import { declareOutage, endOutage } from './activities.js';
import { startHealAfterOutage } from './children.js';
import { ingest, type OnProgress, type Sending } from './ingest.js';
import { add, addDone, type Failed, failedWith, type Ingested, nothingIngested, sum } from './ingested.js';

type BarsRequest = Exclude<PlannedRequest, { kind: 'quotes' }>;

/**
 * As `ingest`, with an outage verdict: if most assets of a provider share a symptom, the run reports "provider outage"
 * once, and the runs after it send a probe. When a probe succeeds, the run sends the other requests at once and has what is
 * missing healed. An exchange that is silent while others are not is reported by its own name, and its assets are requested
 * as before.
 */
export async function ingestPlanned(
  run: RunKey,
  { requests, outages = [], problems = [], trading = [] }: Pick<Plan, 'requests' | 'outages' | 'problems' | 'trading'>,
  sending: Sending,
  onProgress: OnProgress = () => undefined,
): Promise<Ingested> {
  let probed = sum(problems.map(badAsset));
  let wanted = requests;
  for (const provider of outages) {
    const probes = probesOf(wanted.filter(isOf(provider)), trading);
    if (probes.length === 0) continue;
    // a probe is always sent: without an outcome, it would not tell whether the provider has recovered
    const { hasRecovered, sent, outcome } = await sendProbes(probes, (probe) =>
      ingest(run, [probe], { ...sending, until: undefined }),
    );
    if (hasRecovered && (await endOutage({ provider }))) await startHealAfterOutage(provider);
    wanted = wanted.filter(
      (request) => !(sent as PlannedRequest[]).includes(request) && (hasRecovered || request.provider !== provider),
    );
    probed = add(probed, hasRecovered ? outcome : stillOut(provider, sent.length, outcome));
  }
  const ingested = await ingest(run, wanted, sending, (soFar, last) => onProgress(addDone(probed, soFar), last));
  return add(probed, await withVerdicts(sentOf(wanted, ingested), ingested));
}

/** The requests that were sent before the time for sending was over. */
function sentOf(requests: PlannedRequest[], { okAssets, failedAssets }: Ingested): PlannedRequest[] {
  const answered = new Set([...okAssets, ...failedAssets]);
  return requests.filter((request) => {
    const assetIds = assetsOf(request);
    return assetIds.length === 0 || assetIds.some((assetId) => answered.has(assetId));
  });
}

const isOf =
  (provider: ProviderId) =>
  (request: PlannedRequest): request is BarsRequest =>
    request.kind !== 'quotes' && request.provider === provider;

/** One request of each exchange, those that trade now first. A plan without exchanges has one probe. */
function probesOf(requests: BarsRequest[], trading: readonly CalendarId[]): BarsRequest[] {
  const probes = [...Map.groupBy(requests, ({ exchange }) => exchange).values()].map(([first]) => first!);
  const isTrading = ({ exchange }: BarsRequest) => exchange !== undefined && trading.includes(exchange);
  return [...probes.filter(isTrading), ...probes.filter((probe) => !isTrading(probe))];
}

/**
 * Sends probes one after the other, until one succeeds or fails. An empty payload decides nothing while there is another
 * exchange to probe: the first one may be closed.
 */
async function sendProbes(
  probes: BarsRequest[],
  send: (probe: BarsRequest) => Promise<Ingested>,
): Promise<{ hasRecovered: boolean; sent: BarsRequest[]; outcome: Ingested }> {
  const sent: BarsRequest[] = [];
  let outcome = nothingIngested();
  for (const probe of probes) {
    sent.push(probe);
    const one = await send(probe);
    outcome = add(outcome, one);
    const isEmpty = Boolean(one.signs.null_session?.length);
    if (one.requestsFailed > 0) return { hasRecovered: false, sent, outcome };
    if (!isEmpty) return { hasRecovered: true, sent, outcome };
  }
  return { hasRecovered: isOneSilentExchange(sent.flatMap(requestedAssets), outcome.signs), sent, outcome };
}

const requestedAssets = (request: BarsRequest): RequestedAsset[] =>
  assetsOf(request).map((assetId) => ({ assetId, exchange: request.exchange ?? null }));

/** The outcome for an asset whose row no run can work with. */
const badAsset = ({ assetId, problem }: NonNullable<Plan['problems']>[number]): Ingested =>
  failedWith(assetId, { type: FAILURES.InvalidInput, message: problem });

/** The outcome of probes that failed. */
function stillOut(provider: ProviderId, probes: number, outcome: Ingested): Ingested {
  const why = outcome.failures[0] ?? { type: 'BadContent', message: 'its payload is mostly empty' };
  const requests = probes === 1 ? 'one request' : `one request to each of ${probes} exchanges`;
  const message = `provider outage: ${PROVIDERS[provider].name}, probed with ${requests}: ${why.message}`;
  const failedAssets = [...outcome.okAssets, ...outcome.failedAssets];
  const failed = { okAssets: [], failedAssets, requestsDone: 0, requestsFailed: probes, signs: {} };
  return { ...outcome, ...failed, failures: [{ type: why.type, message }] };
}

/** Declares an outage for each provider whose assets share a symptom, and names silent exchanges. */
async function withVerdicts(requests: PlannedRequest[], ingested: Ingested): Promise<Ingested> {
  let result = ingested;
  for (const provider of new Set(requests.map((request) => request.provider))) {
    const requested = requests.filter(isOf(provider)).flatMap(requestedAssets);
    const assets = [...new Map(requested.map((one) => [one.assetId, one])).values()];
    const signs = signsOf(assets, ingested);
    const symptom = outageSymptom(assets, signs);
    if (symptom) {
      const affected = signs[symptom]!;
      const verdict = verdictOf(provider, symptom, `${affected.length} of ${assets.length} assets`, ingested.failures);
      await declareOutage({ provider, symptom, message: verdict.message });
      result = withVerdict(result, symptom, affected, verdict);
    } else {
      const silent = silentExchanges(assets, signs);
      if (silent.length === 0) continue;
      const affected = silent.flatMap((exchange) => exchange.affected);
      result = withVerdict(result, 'null_session', affected, silenceOf(provider, silent));
    }
  }
  return result;
}

/** An old plan knows no exchanges: its verdict must be what it was then, so it does not look at other requests' bars. */
function signsOf(assets: readonly RequestedAsset[], { signs }: Ingested): AssetsBySign {
  const ids = new Set(assets.map(({ assetId }) => assetId));
  const own = Object.entries(signs).map(([sign, assetIds]) => [sign, assetIds.filter((id) => ids.has(id))] as const);
  const known: AssetsBySign = Object.fromEntries(own);
  return assets.some(({ exchange }) => exchange === null) ? { ...known, bars: [] } : known;
}

function silenceOf(provider: ProviderId, silent: ReturnType<typeof silentExchanges>): Failed {
  const which = silent.map(
    ({ exchange, affected, assets }) =>
      `${EXCHANGES[exchange].name} (${exchange}), ${affected.length} of ${assets} assets`,
  );
  return {
    type: FAILURES.ExchangeSilent,
    message:
      `exchange silent: ${which.join('; ')}: ${PROVIDERS[provider].name} sends payloads that are mostly empty. ` +
      'Their bars stay pending and are requested again. If the exchange is closed, say so: npm run market -- close',
  };
}

function verdictOf(provider: ProviderId, symptom: Symptom, affected: string, failures: Failed[]): Failed {
  const type = symptom === 'null_session' ? 'BadContent' : symptom;
  const what = failures.find((failure) => failure.type === symptom)?.message ?? 'payloads that are mostly empty';
  return { type, message: `provider outage: ${PROVIDERS[provider].name}, ${affected}: ${what}` };
}

/** One verdict replaces the failures of its symptom. Payloads that are mostly empty then count as failed requests. */
function withVerdict(ingested: Ingested, symptom: Symptom, affected: readonly number[], verdict: Failed): Ingested {
  const failures = [verdict, ...ingested.failures.filter(({ type }) => type !== symptom)];
  if (symptom !== 'null_session') return { ...ingested, failures };
  return {
    ...ingested,
    failures,
    okAssets: ingested.okAssets.filter((assetId) => !affected.includes(assetId)),
    failedAssets: [...new Set([...ingested.failedAssets, ...affected])],
    requestsDone: Math.max(0, ingested.requestsDone - affected.length),
    requestsFailed: ingested.requestsFailed + affected.length,
  };
}
