import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import type { Plan, PlannedRequest } from '../contracts/activities.js';
import type { Lane } from '../contracts/queues.js';
import { sharedSymptom, type Symptom } from '../domain/outage.js';
import type { RunKey } from '../domain/run.js';
import { declareOutage, endOutage } from './activities.js';
import { startHealAfterOutage } from './children.js';
import { add, type Failed, ingest, type Ingested, nothingIngested } from './ingest.js';
import type { RetryProfile } from './options.js';

type OnProgress = (soFar: Ingested) => void;

/**
 * As `ingest`, with an outage verdict: if most assets of a provider share a symptom, the run reports "provider outage"
 * once, and the runs after it send one request, a probe. When a probe succeeds, the run sends the other requests at once
 * and has what is missing healed.
 */
export async function ingestPlanned(
  run: RunKey,
  { requests, outages = [] }: Pick<Plan, 'requests' | 'outages'>,
  lane: Lane,
  retryProfile: RetryProfile,
  onProgress: OnProgress = () => undefined,
): Promise<Ingested> {
  let probed = nothingIngested();
  let wanted = requests;
  for (const provider of outages) {
    const probe = wanted.find((request) => request.provider === provider && request.kind === 'bars');
    if (!probe) continue;
    const outcome = await ingest(run, [probe], lane, retryProfile);
    const hasRecovered = outcome.requestsDone === 1 && !outcome.symptoms.null_session?.length;
    if (hasRecovered && (await endOutage({ provider }))) await startHealAfterOutage(provider);
    wanted = wanted.filter((request) => request !== probe && (hasRecovered || request.provider !== provider));
    probed = add(probed, hasRecovered ? outcome : stillOut(provider, outcome));
  }
  const ingested = await ingest(run, wanted, lane, retryProfile, (soFar) => onProgress(add(probed, soFar)));
  return add(probed, await withVerdicts(wanted, ingested));
}

/** The outcome of a probe that failed. */
function stillOut(provider: ProviderId, outcome: Ingested): Ingested {
  const why = outcome.failures[0] ?? { type: 'BadContent', message: 'its payload is mostly empty' };
  const message = `provider outage: ${PROVIDERS[provider].name}, probed with one request: ${why.message}`;
  const failedAssets = [...outcome.okAssets, ...outcome.failedAssets];
  const failed = { okAssets: [], failedAssets, requestsDone: 0, requestsFailed: 1, symptoms: {} };
  return { ...outcome, ...failed, failures: [{ type: why.type, message }] };
}

/** Declares an outage for each provider whose assets share a symptom. */
async function withVerdicts(requests: PlannedRequest[], ingested: Ingested): Promise<Ingested> {
  let result = ingested;
  for (const provider of new Set(requests.map((request) => request.provider))) {
    const assets = new Set(
      requests.flatMap((request) =>
        request.kind === 'bars' && request.provider === provider ? [request.assetId] : [],
      ),
    );
    const symptoms = symptomsOf(assets, ingested);
    const symptom = sharedSymptom(assets.size, symptoms);
    if (!symptom) continue;
    const affected = symptoms[symptom]!;
    const verdict = verdictOf(provider, symptom, `${affected.length} of ${assets.size} assets`, ingested.failures);
    await declareOutage({ provider, symptom, message: verdict.message });
    result = withVerdict(result, symptom, affected, verdict);
  }
  return result;
}

const symptomsOf = (assets: Set<number>, { symptoms }: Ingested): Ingested['symptoms'] =>
  Object.fromEntries(Object.entries(symptoms).map(([symptom, ids]) => [symptom, ids.filter((id) => assets.has(id))]));

function verdictOf(provider: ProviderId, symptom: Symptom, affected: string, failures: Failed[]): Failed {
  const type = symptom === 'null_session' ? 'BadContent' : symptom;
  const what = failures.find((failure) => failure.type === symptom)?.message ?? 'payloads that are mostly empty';
  return { type, message: `provider outage: ${PROVIDERS[provider].name}, ${affected}: ${what}` };
}

/** One verdict replaces the failures of its symptom. Payloads that are mostly empty then count as failed requests. */
function withVerdict(ingested: Ingested, symptom: Symptom, affected: number[], verdict: Failed): Ingested {
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
