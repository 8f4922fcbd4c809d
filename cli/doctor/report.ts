import { PENDING_REASONS } from '../../domain/coverage/slot-state.js';
import type { Examination, ExaminedSeries } from './examine.js';

/** So many lines of a list are shown unless all are asked for. */
const FEW = 10;

/** Everything that `npm run doctor` says, in lines. @param now wall clock, epoch ms */
export function reportOf(examination: Examination, { all, now }: { all: boolean; now: number }): string[] {
  const { series, recounted, findings, odd } = examination;
  const begun = series.filter(({ bars, expected }) => bars + expected > 0);
  return [
    ...(recounted > 0 ? [`${recounted} sessions were changed by SQL: their coverage was counted again`] : []),
    row(HEAD),
    ...begun.map((one) => row(cellsOf(one))),
    ...findings.lines(),
    ...listed('Pending:', missingLines(series, true, now), all),
    ...listed('Unobtainable:', missingLines(series, false, now), all),
    valuesLine(series),
    ...oddLines(odd, all),
    proofOf(examination),
  ];
}

/** "11 assets, 65536 expected, 65500 filled, 12 confirmed empty, 24 pending, 0 unexplained"; it adds up. */
export function proofOf({ assets, series, findings }: Examination): string {
  const sum = (count: 'expected' | 'filled' | 'empty' | 'pending' | 'unobtainable') =>
    series.reduce((total, one) => total + one[count], 0);
  const unobtainable = sum('unobtainable');
  return [
    `${assets} assets`,
    `${sum('expected')} expected`,
    `${sum('filled')} filled`,
    `${sum('empty')} confirmed empty`,
    `${sum('pending')} pending`,
    ...(unobtainable > 0 ? [`${unobtainable} unobtainable`] : []),
    `${findings.total} unexplained`,
  ].join(', ');
}

function listed(title: string, lines: string[], all: boolean): string[] {
  if (lines.length === 0) return [];
  const shown = all ? lines : lines.slice(0, FEW);
  const more = lines.length - shown.length;
  return [title, ...shown.map((line) => `  ${line}`), ...(more > 0 ? [`  and ${more} more (--all shows them)`] : [])];
}

/** A line a series and reason, the most slots first. */
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
        ? `, asked for again ${attemptOf(
            ofReason.map((each) => each.nextAttemptAt),
            now,
          )}`
        : '';
      return { slots, line: `${series.symbol} ${series.timeframe}: ${slots} ${reason} ${when}${again}` };
    });
  });
  return groups.sort((a, b) => b.slots - a.slots).map(({ line }) => line);
}

/** The earliest of some next attempts. */
function attemptOf(attempts: (Date | null)[], now: number): string {
  const earliest = Math.min(...attempts.map((attempt) => attempt?.getTime() ?? 0));
  return earliest <= now ? 'by the next run' : `at ${new Date(earliest).toISOString().slice(0, 16)}Z`;
}

function valuesLine(series: ExaminedSeries[]): string {
  const sum = (of: (one: ExaminedSeries) => number) => series.reduce((total, one) => total + of(one), 0);
  const forgotten = sum(({ values }) => values.forgotten);
  const compared = `${sum(({ values }) => values.compared)} versions of bars were compared with the answers they came in`;
  return forgotten > 0 ? `${compared}; the answers of ${forgotten} are no longer kept` : compared;
}

function oddLines(odd: string[], all: boolean): string[] {
  if (odd.length === 0) return ['Nothing is odd beside its neighbours'];
  return listed(`${odd.length} odd beside their neighbours; they may be right:`, odd.toReversed(), all);
}

const HEAD = [
  'asset',
  'bars',
  'count',
  'from',
  'to',
  'expected',
  'filled',
  'empty',
  'pending',
  'unobtainable',
  'rejected',
  'revised',
  'unexplained',
];
const WIDTHS = [8, 5, 8, 11, 11, 9, 9, 6, 8, 13, 9, 8, 11];
const row = (cells: string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(WIDTHS[i]!))
    .join(' ')
    .trimEnd();

const cellsOf = (one: ExaminedSeries): string[] => [
  one.series.symbol,
  one.series.timeframe,
  ...[one.bars, one.firstTime, one.lastTime].map((value, i) => (i === 0 ? String(value) : dayOf(value))),
  ...[
    one.expected,
    one.filled,
    one.empty,
    one.pending,
    one.unobtainable,
    one.rejected,
    one.revisions,
    one.unexplained,
  ].map(String),
];
const dayOf = (time: number | null): string => (time === null ? '–' : new Date(time).toISOString().slice(0, 10));
