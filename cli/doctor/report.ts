import { PENDING_REASONS } from '../../domain/coverage/slot-state.js';
import { waitsFor } from '../../domain/adjustment/held-back.js';
import { counted } from '../../domain/in-words.js';
import type { HeldBackAsset } from '../../db/repositories/read/held-back.js';
import type { AbsentSeries, Examination, ExaminedSeries } from './examine.js';
import { sourceTitle, titleOf } from './stored-series.js';

/** Lines of a list that are shown without --all. */
const SHOWN_LINES = 10;

/** The report of `npm run doctor`, as lines. @param now wall clock, epoch ms */
export function reportOf(examination: Examination, { all, now }: { all: boolean; now: number }): string[] {
  const { series, recounted, findings, odd, disagreements, badAssets, absent, heldBack } = examination;
  const begun = series.filter(({ bars, expected }) => bars + expected > 0);
  return [
    ...(recounted > 0
      ? [`The coverage of ${counted(recounted, 'session')} was recounted, because SQL has changed something there`]
      : []),
    ...listed('Not examined, because no run can load them:', badAssets, true),
    row(({ title }) => title),
    ...begun.map((one) => row(({ cell }) => cell(one))),
    ...findings.lines(),
    ...listed('Without bars, or unknown to their provider:', absent.map(absentLine), true),
    ...listed('Held back:', heldBack.map(heldBackLine), true),
    ...listed('Pending:', missingLines(series, true, now), all),
    ...listed('Unobtainable:', missingLines(series, false, now), all),
    valuesLine(series),
    ...oddLines(odd, all),
    ...listed('Sources that disagree:', disagreements, all),
    proofOf(examination),
  ];
}

/** What the proof counts. */
export interface ProofCounts {
  expected: number;
  filled: number;
  empty: number;
  pending: number;
  unobtainable: number;
  /** Bars proved by their payload, by a digest, or by neither. */
  bars: { payload: number; digest: number; none: number };
}

/** The counts of all series together. */
export function proofCounts(series: readonly ExaminedSeries[]): ProofCounts {
  const sum = (count: (one: ExaminedSeries) => number) => series.reduce((total, one) => total + count(one), 0);
  return {
    expected: sum(({ expected }) => expected),
    filled: sum(({ filled }) => filled),
    empty: sum(({ empty }) => empty),
    pending: sum(({ pending }) => pending),
    unobtainable: sum(({ unobtainable }) => unobtainable),
    bars: {
      payload: sum(({ values }) => values.bars.payload),
      digest: sum(({ values }) => values.bars.digest),
      none: sum(({ values }) => values.bars.none),
    },
  };
}

/**
 * "11 assets, 65536 expected, 65500 filled, 12 confirmed empty, 24 pending, 0 unexplained"; it adds up. Then how many bars can
 * be proved, and by what; and the newest digest, which is to be noted elsewhere.
 */
export function proofOf({ assets, sources, series, findings, chain }: Examination): string {
  const { expected, filled, empty, pending, unobtainable, bars } = proofCounts(series);
  const slots = [
    counted(assets, 'asset') + (sources > assets ? ` from ${sources} sources` : ''),
    `${expected} expected`,
    `${filled} filled`,
    `${empty} confirmed empty`,
    `${pending} pending`,
    ...(unobtainable > 0 ? [`${unobtainable} unobtainable`] : []),
    `${findings.total} unexplained`,
  ].join(', ');
  const proved = `bars proved: ${bars.payload} by payload, ${bars.digest} by digest, ${bars.none} not`;
  return [slots, proved, ...(chain.head ? [`digest ${chain.head.seq} is ${chain.head.hash.slice(0, 16)}`] : [])].join(
    '; ',
  );
}

function listed(title: string, lines: string[], all: boolean): string[] {
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, SHOWN_LINES);
  const more = lines.length - shown.length;
  return [
    title,
    ...shown.map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more (use --all to see them)`] : []),
  ];
}

/** Such as "MT.PA 1d: nothing at the provider; 3 responses without a row, the last at 2026-11-24T15:30Z; UnknownSymbol: …". */
function absentLine({ series, hasNothing, responses, lastResponseAt, failure }: AbsentSeries): string {
  const last = lastResponseAt === null ? '' : `, the last at ${minuteOf(lastResponseAt)}`;
  const without = `${counted(responses, 'response')} without a row${last}`;
  const state = series.firstBar !== null ? 'no new bars' : hasNothing ? 'nothing at the provider' : 'no bars yet';
  return [`${titleOf(series)}: ${state}`, ...(responses > 0 ? [without] : []), ...(failure ? [failure] : [])].join(
    '; ',
  );
}

function heldBackLine({ symbol, provider, sourceOf, since, nextTryAt, ...held }: HeldBackAsset): string {
  const next = nextTryAt === null ? 'with the next payload' : `at ${minuteOf(nextTryAt)}`;
  return `${sourceTitle({ symbol, provider, sourceOf })} since ${minuteOf(since)}: waits for ${waitsFor(held)}; next try ${next}`;
}

/** One line per series and reason, most slots first. */
function missingLines(examined: ExaminedSeries[], isPending: boolean, now: number): string[] {
  const groups = examined.flatMap(({ series, missing }) => {
    const wanted = missing.filter(
      ({ reason }) => (PENDING_REASONS as readonly string[]).includes(reason) === isPending,
    );
    return [...Map.groupBy(wanted, ({ reason }) => reason)].map(([reason, ofReason]) => {
      const slots = ofReason.reduce((sum, each) => sum + each.slots, 0);
      const [first, last] = [ofReason[0]!.session, ofReason.at(-1)!.session];
      const when = first === last ? `on ${first}` : `in ${ofReason.length} sessions from ${first} to ${last}`;
      const again = isPending
        ? `, next attempt ${attemptOf(
            ofReason.map((each) => each.nextAttemptAt),
            now,
          )}`
        : '';
      return { slots, line: `${titleOf(series)}: ${slots} ${reason} ${when}${again}` };
    });
  });
  return groups.sort((a, b) => b.slots - a.slots).map(({ line }) => line);
}

/** When the earliest of the next attempts is due. */
function attemptOf(attempts: (Date | null)[], now: number): string {
  const earliest = Math.min(...attempts.map((attempt) => attempt?.getTime() ?? 0));
  return earliest <= now ? 'in the next run' : `at ${minuteOf(earliest)}`;
}

const minuteOf = (instant: number): string => `${new Date(instant).toISOString().slice(0, 16)}Z`;

function valuesLine(series: ExaminedSeries[]): string {
  const sum = (of: (one: ExaminedSeries) => number) => series.reduce((total, one) => total + of(one), 0);
  const compared = `${sum(({ values }) => values.compared)} bar versions were compared with their payloads`;
  const digested = sum(({ values }) => values.digested);
  const unproven = sum(({ values }) => values.unproven);
  return [
    compared,
    ...(digested > 0 ? [`${digested} with the digests of pruned payloads`] : []),
    ...(unproven > 0 ? [`${unproven} cannot be proved: their payloads were pruned before digests were kept`] : []),
  ].join(', ');
}

function oddLines(odd: string[], all: boolean): string[] {
  if (odd.length === 0) return ['Nothing looks odd next to its neighbours'];
  return listed(
    `Odd next to ${odd.length === 1 ? 'its' : 'their'} neighbours, but may be right (${counted(odd.length, 'bar or dividend', 'bars or dividends')}):`,
    odd.toReversed(),
    all,
  );
}

interface Column {
  title: string;
  width: number;
  /** Numbers are aligned to the right. */
  isNumber?: boolean;
  cell: (one: ExaminedSeries) => string | number;
}

const COLUMNS: readonly Column[] = [
  { title: 'asset', width: 8, cell: ({ series }) => series.symbol },
  { title: 'source', width: 9, cell: ({ series }) => series.provider },
  { title: 'timeframe', width: 9, cell: ({ series }) => series.timeframe },
  { title: 'bars', width: 8, isNumber: true, cell: ({ bars }) => bars },
  { title: 'from', width: 10, cell: ({ firstTime }) => dayOf(firstTime) },
  { title: 'to', width: 10, cell: ({ lastTime }) => dayOf(lastTime) },
  { title: 'expected', width: 8, isNumber: true, cell: ({ expected }) => expected },
  { title: 'filled', width: 8, isNumber: true, cell: ({ filled }) => filled },
  { title: 'empty', width: 6, isNumber: true, cell: ({ empty }) => empty },
  { title: 'pending', width: 7, isNumber: true, cell: ({ pending }) => pending },
  { title: 'unobtainable', width: 12, isNumber: true, cell: ({ unobtainable }) => unobtainable },
  { title: 'rejected', width: 8, isNumber: true, cell: ({ rejected }) => rejected },
  { title: 'revised', width: 7, isNumber: true, cell: ({ revisions }) => revisions },
  { title: 'unexplained', width: 11, isNumber: true, cell: ({ unexplained }) => unexplained },
];

const row = (cellOf: (column: Column) => string | number): string =>
  COLUMNS.map((column) => {
    const text = String(cellOf(column));
    return column.isNumber ? text.padStart(column.width) : text.padEnd(column.width);
  })
    .join('  ')
    .trimEnd();

const dayOf = (time: number | null): string => (time === null ? '–' : new Date(time).toISOString().slice(0, 10));
