import type { BarColumns } from '../domain/bar.js';
import { explanationOf } from '../domain/rules/explained-changes.js';
import { neighbourWarnings } from '../domain/rules/neighbour-rules.js';
import { dividendWarnings } from '../domain/rules/dividend-rules.js';
import type { Dividend } from '../domain/rules/paid-dividends.js';
import { ROW_RULES } from '../domain/rules/payload-rules.js';
import { DAY } from '../domain/timeframe.js';
import type { Benchmark, Run } from './benchmark.js';
import { assetOf, MARKETS, type MarketName, POLICIES, type PolicyName } from './dirty-data.js';
import { randomOf } from './random.js';
import { FAULTS } from './dirty-faults.js';

/** Seeds of the assets on which the rules were made, and of those that were kept for measuring. */
export const SEEDS = { made: 1, heldOut: 90_000 };
/** Assets of each market and policy, and faults of each kind per asset. */
const ASSETS = 3;
const WITHOUT_TRADE = 'flat_no_volume';

export interface Tally {
  /** By fault. */
  recall: Record<string, { planted: number; found: number; attempted: boolean }>;
  assets: number;
  bars: number;
  /** Warnings of the rule that reports exactly these: right, although nothing is wrong. */
  daysWithoutTrade: number;
  /** Other warnings about data without errors: `market policy rule session`. */
  falseAlarms: string[];
}

/** What the rules find in bars alone: rows that are kept out of the store, those that are stored, and warnings about them. */
function judged(bars: BarColumns) {
  const rejected = bars.time.map((_, i) => {
    const [open, high, low, close] = [bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!];
    return ROW_RULES.find((rule) => rule.broken(open, high, low, close, bars.volume[i]!))?.id;
  });
  const kept = <T>(column: readonly T[]): T[] => column.filter((_, i) => !rejected[i]);
  const stored: BarColumns = {
    ...{ time: kept(bars.time), session: kept(bars.session), volume: kept(bars.volume) },
    ...{ open: kept(bars.open), high: kept(bars.high), low: kept(bars.low), close: kept(bars.close) },
  };
  return {
    rejected: rejected.flatMap((rule, i) => (rule ? `${rule} ${bars.session[i]!}` : [])),
    stored,
    warnings: neighbourWarnings(stored, DAY),
  };
}

/** Everything that is reported for an asset, as `rule session`. */
function reported({ rejected, stored, warnings }: ReturnType<typeof judged>, dividends: readonly Dividend[]): string[] {
  const actions = dividends.map(({ session, amount }) => {
    return { kind: 'dividend' as const, time: Date.parse(session), session, amount };
  });
  const changes = warnings.filter((warning) => !explanationOf(warning, actions));
  const named = [...changes, ...dividendWarnings(dividends, stored)].map(({ rule, session }) => `${rule} ${session}`);
  return [...rejected, ...named];
}

/** Plants each fault once into each of `count` assets of every market and policy. */
export function measureRules(
  seed: number,
  count = ASSETS,
  markets: readonly MarketName[] = Object.keys(MARKETS) as MarketName[],
): Tally {
  const tally: Tally = { recall: {}, assets: 0, bars: 0, daysWithoutTrade: 0, falseAlarms: [] };
  for (const [name, { attempted }] of Object.entries(FAULTS)) tally.recall[name] = { planted: 0, found: 0, attempted };
  let next = seed;
  for (const market of markets)
    for (const policy of Object.keys(POLICIES) as PolicyName[])
      for (let i = 0; i < count; i++) {
        if (market === 'coin' && policy !== 'none') continue;
        measureAsset(tally, next++, market, policy);
      }
  return tally;
}

function measureAsset(tally: Tally, seed: number, market: MarketName, policy: PolicyName): void {
  const clean = assetOf(randomOf(seed), MARKETS[market], POLICIES[policy]);
  const cleanBars = judged(clean.bars);
  const before = reported(cleanBars, clean.dividends);
  tally.assets++;
  tally.bars += clean.bars.time.length;
  for (const warning of before) {
    if (warning.startsWith(WITHOUT_TRADE)) tally.daysWithoutTrade++;
    else tally.falseAlarms.push(`${market} ${policy} ${warning}`);
  }
  for (const [name, fault] of Object.entries(FAULTS)) {
    const dirty = structuredClone(clean);
    const sessions = fault.plant(randomOf(seed * 31 + name.length), dirty);
    if (!sessions) continue;
    tally.recall[name]!.planted++;
    const bars = fault.changes === 'bars' ? judged(dirty.bars) : cleanBars;
    const found = reported(bars, dirty.dividends).filter((warning) => !before.includes(warning));
    if (found.some((warning) => sessions.includes(warning.split(' ')[1]!))) tally.recall[name]!.found++;
  }
}

const percent = (part: number, whole: number): number => Math.round((1_000 * part) / whole) / 10;

function figuresOf({ recall, assets, bars, daysWithoutTrade, falseAlarms }: Tally): Run {
  return [
    ...Object.entries(recall).map(([name, { planted, found, attempted }]) => ({
      ...{ name, value: percent(found, planted), unit: '% found' },
      note: `${found} of ${planted}${attempted ? '' : '; only in part attempted'}`,
    })),
    {
      name: 'false alarms',
      value: falseAlarms.length,
      unit: 'warnings',
      note: `${assets} assets, ${bars.toLocaleString('en')} bars`,
    },
    { name: 'days without a trade', value: daysWithoutTrade, unit: 'warnings' },
  ];
}

export const rulesBenchmark: Benchmark = {
  name: 'rules',
  description:
    'Which share of planted errors the rules of domain/rules find, on generated assets on which the rules were not made: five years of daily bars of ' +
    `${Object.keys(MARKETS).length} kinds of market with ${Object.keys(POLICIES).length} dividend policies. Not a speed: the same in every run.`,
  measure: ({ runs }) => {
    const run = figuresOf(measureRules(SEEDS.heldOut));
    return Promise.resolve(Array.from({ length: runs }, () => run));
  },
};
