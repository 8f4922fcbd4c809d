import { keysOf, PROVIDERS, type ProviderId } from '../../config/catalog/providers.js';
import {
  type CallFailure,
  ProviderReader,
  type ProviderStanding,
} from '../../db/repositories/provider/provider-reader.js';
import type { Queryable } from '../../db/client.js';
import { DAY, SECOND } from '../../domain/timeframe.js';
import { providerState } from '../../planning/provider-state.js';
import { type HostAnswer, probeHost } from '../lib/probe-host.js';
import { type Check, error, ok, warning } from './check.js';
import { checkClock } from './clock.js';

/** What the database knows of the providers. */
export async function readStandings(
  db: Queryable,
): Promise<{ standing: ProviderStanding; lastFailure: CallFailure | undefined }[]> {
  const reader = new ProviderReader(db);
  const failures = new Map((await reader.failures(DAY / SECOND)).map((one) => [one.provider, one]));
  return (await reader.standings()).map((standing) => ({ standing, lastFailure: failures.get(standing.provider) }));
}

/** How requests to a provider go, by what the workers have recorded. */
export function checkStanding(standing: ProviderStanding, lastFailure: CallFailure | undefined): Check {
  const name = `provider ${standing.provider}`;
  const { blockedUntil, blockedReason, outageSince, outageSymptom, quotaUsed, isKeyRefused, lastSuccessAt } = standing;
  const { monthlyQuota } = PROVIDERS[standing.provider];
  const keys = keysOf(standing.provider);
  const quota = monthlyQuota === null ? '' : `, ${quotaUsed} of ${monthlyQuota} calls of the month used`;
  const failed = lastFailure ? ` (${lastFailure.message ?? lastFailure.error})` : '';
  if (isKeyRefused && keys.length > 0)
    return error(name, `it refuses the key${failed}`, `Correct ${keys.join(' and ')}, and restart the workers.`);
  switch (providerState(standing)) {
    case 'off':
      return ok(name, `off: ${blockedReason}`);
    case 'out_of_quota':
      return error(
        name,
        `the quota of the month is used up${quota}`,
        'Wait for the next month (UTC), or pause assets.',
      );
    case 'blocked':
      return warning(
        name,
        `blocked until ${blockedUntil!.toISOString()}: ${blockedReason}`,
        'It ends by itself. If it recurs, lower the rate of requests (docs/runbook.md, "A provider is blocked").',
      );
    case 'outage':
      return warning(
        name,
        `in an outage since ${outageSince!.toISOString()} (${outageSymptom})`,
        'It ends by itself as soon as a request succeeds.',
      );
    case 'failing':
      return warning(name, `the last request failed${failed}`, 'Look at the last failed runs: /runs in the dashboard.');
    case 'unused':
      return ok(name, `no request yet${quota}`);
    case 'ok':
      return ok(name, `last answered at ${lastSuccessAt!.toISOString()}${quota}`);
  }
}

/** Whether a provider can be reached from this machine, and whether its clock agrees. */
export async function checkReach(id: ProviderId, url: string, probe = probeHost): Promise<Check[]> {
  const { host } = new URL(url);
  const name = `reach ${id}`;
  let answer: HostAnswer;
  try {
    answer = await probe(url);
  } catch (problem) {
    return [
      error(
        name,
        `${host} cannot be reached: ${(problem as Error).message}`,
        'Check the network, the firewall and the proxy. Meanwhile, the sandbox works: npm start -- --sandbox.',
      ),
    ];
  }
  const { status, tookMs, clock } = answer;
  return [
    ok(name, `${host} answers in ${tookMs} ms (HTTP ${status})`),
    ...(clock === null
      ? []
      : // the header names the second that has begun
        [
          checkClock(`clock ${id}`, host, {
            aheadMs: clock + SECOND / 2 - Date.now() + tookMs / 2,
            toleranceMs: tookMs / 2 + SECOND / 2,
          }),
        ]),
  ];
}
