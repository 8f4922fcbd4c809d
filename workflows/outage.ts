import type { Plan, PlannedRequest } from '../contracts/activities.js';
import { PROVIDERS, type ProviderId } from '../config/catalog/providers.js';
import type { RunKey } from '../domain/run.js';
import { sharedSymptom, type Symptom } from '../domain/outage.js';
import { declareOutage, endOutage, type RetryProfile } from './activities.js';
import type { Lane } from '../contracts/queues.js';
import { add, type Failed, ingest, type Ingested, nothingIngested } from './ingest.js';

type OnProgress = (soFar: Ingested) => void;

/**
 * As `ingest`, with a verdict: where most assets of a provider share one symptom, the run says "provider outage" once, and
 * the runs after it send one request, a probe. When a probe goes well, the rest follows at once and what is missing is
 * healed.
 */
export async function ingestPlanned(
  run: RunKey,
  { requests, outages = [] }: Pick<Plan, 'requests' | 'outages'>,
  lane: Lane,
  patience: RetryProfile,
  onProgress: OnProgress = () => undefined,
): Promise<Ingested> {
  let probed = nothingIngested();
  let wanted = requests;
  for (const provider of outages) {
    const probe = wanted.find((request) => request.provider === provider && request.kind === 'bars');
    if (!probe) continue;
    const outcome = await ingest(run, [probe], lane, patience);
    const isBack = outcome.requestsDone === 1 && !outcome.symptoms.null_session?.length;
    if (isBack) await endOutage({ provider });
    wanted = wanted.filter((request) => request !== probe && (isBack || request.provider !== provider));
    probed = add(probed, isBack ? outcome : stillOut(provider, outcome));
  }
  const ingested = await ingest(run, wanted, lane, patience, (soFar) => onProgress(add(probed, soFar)));
  return add(probed, await judge(wanted, ingested));
}

function stillOut(provider: ProviderId, outcome: Ingested): Ingested {
  const why = outcome.failures[0] ?? { type: 'BadContent', message: 'its answer is mostly empty' };
  const message = `provider outage: ${PROVIDERS[provider].name}, probed with one request: ${why.message}`;
  const failedAssets = [...outcome.okAssets, ...outcome.failedAssets];
  const failed = { okAssets: [], failedAssets, requestsDone: 0, requestsFailed: 1, symptoms: {} };
  return { ...outcome, ...failed, failures: [{ type: why.type, message }] };
}

async function judge(requests: PlannedRequest[], ingested: Ingested): Promise<Ingested> {
  let judged = ingested;
  for (const provider of new Set(requests.map((request) => request.provider))) {
    const assets = new Set(
      requests.flatMap((request) =>
        request.kind === 'bars' && request.provider === provider ? [request.assetId] : [],
      ),
    );
    const symptoms = symptomsOf(assets, ingested);
    const symptom = sharedSymptom(assets.size, symptoms);
    if (!symptom) continue;
    const ill = symptoms[symptom]!;
    const failure = verdictOf(provider, symptom, `${ill.length} of ${assets.size} assets`, ingested.failures);
    await declareOutage({ provider, symptom, message: failure.message });
    judged = withVerdict(judged, symptom, ill, failure);
  }
  return judged;
}

const symptomsOf = (assets: Set<number>, { symptoms }: Ingested): Ingested['symptoms'] =>
  Object.fromEntries(Object.entries(symptoms).map(([symptom, ids]) => [symptom, ids.filter((id) => assets.has(id))]));

function verdictOf(provider: ProviderId, symptom: Symptom, who: string, failures: Failed[]): Failed {
  const type = symptom === 'null_session' ? 'BadContent' : symptom;
  const what = failures.find((failure) => failure.type === symptom)?.message ?? 'answers that are mostly empty';
  return { type, message: `provider outage: ${PROVIDERS[provider].name}, ${who}: ${what}` };
}

/** Told once; and answers that are mostly empty are no success, although each of them could be read. */
function withVerdict(ingested: Ingested, symptom: Symptom, ill: number[], failure: Failed): Ingested {
  const failures = [failure, ...ingested.failures.filter(({ type }) => type !== symptom)];
  if (symptom !== 'null_session') return { ...ingested, failures };
  return {
    ...ingested,
    failures,
    okAssets: ingested.okAssets.filter((assetId) => !ill.includes(assetId)),
    failedAssets: [...new Set([...ingested.failedAssets, ...ill])],
    requestsDone: Math.max(0, ingested.requestsDone - ill.length),
    requestsFailed: ingested.requestsFailed + ill.length,
  };
}
