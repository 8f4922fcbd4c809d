import type { CalendarId } from './calendars/calendar.js';
import type { PayloadCoverage } from './transform/transform.js';

/** Signs of a provider's health rather than of one asset, if many assets show them at once. */
export const SYMPTOMS = ['RateLimited', 'ProviderUnavailable', 'BadContent', 'SchemaDrift', 'null_session'] as const;
export type Symptom = (typeof SYMPTOMS)[number];

/**
 * What the requests of an asset show. `no_rows`: a null session without a single row, as on a day on which its exchange was
 * closed. `bars`: a payload with values, so that another one without values is no symptom.
 */
export const SIGNS = [...SYMPTOMS, 'no_rows', 'bars'] as const;
export type Sign = (typeof SIGNS)[number];
export type AssetsBySign = Partial<Record<Sign, readonly number[]>>;

/** @param exchange null in a plan made before plans named it: all such assets count as one exchange */
export interface RequestedAsset {
  assetId: number;
  exchange: CalendarId | null;
}

export const isSymptom = (type: string): type is Symptom => (SYMPTOMS as readonly string[]).includes(type);

/** Fewer assets say nothing about their provider. */
const MIN_ASSETS = 3;
/** The share of assets with one symptom that cannot be a coincidence. */
const MIN_SHARE = 2 / 3;
/** Fewer slots are often empty for no reason. */
const MIN_SLOTS = 5;

/**
 * The symptom of an outage of the provider: most of the assets requested in one cycle share it, and so do most of each
 * exchange, because what only one exchange shows is not the provider's. A 429 always is. Payloads without a row from the
 * only exchange that was requested are no outage: it may be closed. Null if there is no outage.
 */
export function outageSymptom(requested: readonly RequestedAsset[], signs: AssetsBySign): Symptom | null {
  if (requested.length < MIN_ASSETS || isOneSilentExchange(requested, signs)) return null;
  const exchanges = [...Map.groupBy(requested, ({ exchange }) => exchange).values()];
  const found = SYMPTOMS.find((symptom) => {
    const shows = showing(symptom, signs);
    if (!isShared(requested, shows)) return false;
    return symptom === 'RateLimited' || exchanges.every((assets) => isShared(assets, shows));
  });
  return found ?? null;
}

/** Exchanges most of whose assets, at least three, have a null session, in the order of the requests. */
export function silentExchanges(
  requested: readonly RequestedAsset[],
  signs: AssetsBySign,
): { exchange: CalendarId; affected: number[]; assets: number }[] {
  const shows = showing('null_session', signs);
  return [...Map.groupBy(requested, ({ exchange }) => exchange)].flatMap(([exchange, assets]) => {
    if (exchange === null || exchange === '24/7' || assets.length < MIN_ASSETS || !isShared(assets, shows)) return [];
    const affected = assets.map(({ assetId }) => assetId).filter((assetId) => shows.has(assetId));
    return [{ exchange, affected, assets: assets.length }];
  });
}

/** Whether all assets are of one exchange that closes at times, and most sent no row at all: nothing about the provider. */
export function isOneSilentExchange(requested: readonly RequestedAsset[], signs: AssetsBySign): boolean {
  const exchanges = new Set(requested.map(({ exchange }) => exchange));
  if (exchanges.size !== 1 || exchanges.has(null) || exchanges.has('24/7')) return false;
  const shows = showing('null_session', signs);
  const withoutRows = new Set(signs.no_rows?.filter((assetId) => shows.has(assetId)));
  return isShared(requested, withoutRows);
}

/** The assets that show a symptom. One with bars from another request of the cycle shows no null session. */
function showing(symptom: Symptom, signs: AssetsBySign): ReadonlySet<number> {
  const withBars = new Set(symptom === 'null_session' ? signs.bars : []);
  return new Set(signs[symptom]?.filter((assetId) => !withBars.has(assetId)));
}

const isShared = (assets: readonly RequestedAsset[], shows: ReadonlySet<number>): boolean =>
  assets.filter(({ assetId }) => shows.has(assetId)).length >= MIN_SHARE * assets.length;

/** Whether a payload has a bar for less than half of the slots that it covers. */
export function isNullSession(coverage: readonly Pick<PayloadCoverage, 'answered' | 'filled'>[]): boolean {
  const count = (bits: (row: (typeof coverage)[number]) => string) =>
    coverage.reduce((sum, row) => sum + bits(row).replaceAll('0', '').length, 0);
  const expected = count((row) => row.answered);
  return expected >= MIN_SLOTS && 2 * count((row) => row.filled) < expected;
}
