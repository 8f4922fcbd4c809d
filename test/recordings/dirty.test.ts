import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { calendarOf } from '../../domain/calendars/index.js';
import { DAY } from '../../domain/timeframe.js';
import { describeWithRecordings } from '../recordings.js';
import { type CsvRow, readRows } from './csv-bars.js';
import { barMsOf, NO_FINDINGS, findingsOf, type Findings } from './findings.js';

/** A file with known errors, and its repaired version. The table in docs/data-quality.md is based on these. */
interface Pair {
  /** The known errors of the file. */
  wrong: string;
  /** Found only in the dirty file: known errors. */
  hits: string[];
  /** Found in both files: what the repair left unchanged. */
  both?: Findings;
}

const repeated = (rule: string, ...dates: string[]) => dates.map((date) => `${rule} ${date}`);

const PAIRS: Record<string, Pair> = {
  '3988-HK-1d-bad-div': {
    wrong: 'Adj Close lacks dividends',
    hits: [],
    both: { rejected: { null_cell: 1 }, warnings: ['flat_no_volume 2022-01-31'] }, // a half day without a trade
  },
  '8TRA-DE-1d-missing-div-adjust': { wrong: 'Adj Close lacks a dividend', hits: [] },
  'ABDP-L-1d-bad-div': {
    wrong: '5 dividends 100 times too large',
    hits: repeated('dividend_size', '2022-05-05', '2022-12-29', '2023-05-04', '2024-02-08', '2024-05-02'),
    both: { rejected: { ohlc_order: 44 } },
  },
  'ADIG-L-1d-bad-div': {
    wrong: 'Adj Close lacks a dividend',
    hits: [],
    both: { rejected: { ohlc_order: 4 }, explained: ['step 2024-07-03'] }, // a special dividend of 46 %
  },
  'ALPHA-PA-1d-bad-stock-split': {
    wrong: 'a day at a 10,000th of its price',
    hits: ['step 2023-05-08'],
  },
  'ASAI-L-1h-bad-unit': {
    wrong: 'low and close of an hour at a hundredth',
    hits: ['ratio_100 2024-10-24T15:00'],
  },
  'CLC-L-1d-bad-div': {
    wrong: 'Adj Close blown up',
    hits: [],
    // the unit changes for a week; the repair of dividends left that unchanged
    both: { rejected: { null_cell: 1, ohlc_order: 8 }, warnings: repeated('ratio_100', '2024-07-29', '2024-08-06') },
  },
  'CNE-L-1d-bad-stock-split': {
    wrong: 'a day adjusted for a split that comes later',
    hits: ['step 2023-05-09'],
    both: { explained: ['step 2023-05-16'] }, // a dividend of 53 % with a split
  },
  'DEX-AX-1d-bad-stock-split': {
    wrong: '15 days not adjusted for a split',
    hits: ['step 2023-05-22'],
  },
  'DODFX-1d-cg-double-count': { wrong: 'a capital gain twice in Adj Close', hits: [] },
  'KEN-TA-1d-bad-div': {
    wrong: 'a phantom dividend the day before the real one; Adj Close',
    hits: ['dividend_repeat 2022-01-19'],
    both: {
      rejected: { null_cell: 1, ohlc_order: 4 },
      // days without a trade in a share that trades
      warnings: repeated(
        'flat_no_volume',
        ...['2022-04-19', '2022-11-07', '2023-02-19', '2023-05-22', '2023-07-05', '2023-09-10', '2023-10-01'],
        ...['2023-10-31', '2024-03-06'],
      ),
    },
  },
  'KME-MI-1d-bad-div': {
    wrong: 'the dividend of another class of shares, 100 times too large',
    hits: ['dividend_size 2023-05-22'],
    both: { warnings: repeated('flat_no_volume', '2024-05-15', '2024-05-30') }, // days without a trade
  },
  'LSC-L-1d-bad-div': {
    wrong: '4 dividends 100 times too large',
    hits: repeated('dividend_size', '2022-06-09', '2022-11-03', '2023-06-08', '2023-11-09'),
    both: {
      rejected: { ohlc_order: 109 },
      warnings: [
        // false alarms: real falls of a share that hardly trades
        ...repeated('step', '2022-09-12', '2023-05-09'),
        // the unit changes back and forth; the repair of dividends left that unchanged
        ...repeated('ratio_100', '2024-02-05', '2024-02-26', '2024-03-04', '2024-04-17', '2024-05-01', '2024-05-16'),
        ...repeated('ratio_100', '2024-05-29', '2024-07-17', '2024-08-05', '2024-08-12', '2024-08-21'),
      ],
    },
  },
  'NVT-L-1d-bad-div': {
    wrong: 'a dividend at a hundredth',
    hits: ['dividend_ratio_100 2023-07-20'],
    both: {
      rejected: { ohlc_order: 248 },
      warnings: repeated('ratio_100', '2024-05-13', '2024-06-10', '2024-09-27', '2024-10-21'), // as in LSC
    },
  },
  'PSH-L-1d-bad-div': {
    wrong: '11 dividends 100 times too large',
    hits: repeated(
      'dividend_size',
      ...['2022-02-17', '2022-05-19', '2022-08-18', '2022-11-17', '2023-02-16', '2023-05-18', '2023-08-17'],
      ...['2023-11-16', '2024-02-15', '2024-05-16', '2024-08-15'],
    ),
    both: { rejected: { null_cell: 2, ohlc_order: 1 } },
  },
  'REL-L-1d-bad-div': {
    wrong: '6 dividends 100 times too large; Adj Close',
    hits: repeated(
      'dividend_size',
      ...['2022-04-28', '2022-08-04', '2023-04-27', '2023-08-03', '2024-05-02', '2024-08-01'],
    ),
    both: { rejected: { null_cell: 1, ohlc_order: 1 } },
  },
  'RGL-L-1d-bad-div': { wrong: 'Adj Close', hits: [], both: { rejected: { ohlc_order: 2 } } },
  'SAND-1d-bad-div': {
    wrong: 'a phantom dividend four days before the real one',
    hits: ['dividend_repeat 2024-01-16'],
    both: { warnings: ['dividend_gap 2024-07-16'] }, // the dividend of April 2024 is missing
  },
  'SERE-L-1d-bad-div': { wrong: 'Adj Close', hits: [], both: { rejected: { ohlc_order: 19 } } },
  'SPM-MI-1d-bad-stock-split': {
    wrong: '13 days not adjusted for a split of 10:1',
    hits: ['ratio_split 2022-06-20'], // reported as 20:1: the price halved as well
  },
  'SSW-JO-1d-100x-error': {
    wrong: '22 days 100 times too large',
    hits: ['ratio_100 2023-06-01'],
    both: { rejected: { ohlc_order: 4 } },
  },
  'TEM-L-1d-bad-div': {
    wrong: 'a phantom dividend, 100 times too large',
    hits: ['dividend_ratio_100 2022-06-23'],
  },
  'TENT-L-1d-bad-div': {
    wrong: '11 dividends at a hundredth',
    hits: [], // nearly all are wrong, so wrong is usual
    both: {
      rejected: { ohlc_order: 117 },
      // days without a trade
      warnings: repeated('flat_no_volume', '2022-02-23', '2022-06-06', '2022-07-05', '2022-08-31', '2022-10-21'),
      explained: ['step 2024-09-19'], // a special dividend of 35 %
    },
  },
  'VWILX-1d-cg-double-count': { wrong: 'a capital gain twice in Adj Close', hits: [] },
};

/** Files without a known error. */
const CONTROLS: Record<string, Findings> = {
  'EA-15m-no-bad-divs': {}, // only its trading hours, as in the store
  'HSBK-IL-1d-no-bad-divs': { warnings: ['flat_no_volume 2024-04-19'] }, // a real day without a trade
  'IBE-MC-1d-no-bad-divs': {},
  'KMR-L-1d-no-bad-divs': { rejected: { ohlc_order: 2 } },
  'TISG-MI-1d-no-bad-divs': {},
};

const sorted = ({ warnings, ...rest }: Required<Findings>) => ({ ...rest, warnings: warnings.toSorted() });

describeWithRecordings('recorded data of known errors', (recordings) => {
  const read = (name: string) => readRows(join(recordings, 'dirty', `${name}.csv`));

  it('is complete', () => {
    const pairs = Object.keys(PAIRS).flatMap((name) => [name, `${name}-fixed`]);
    const expected = [...pairs, ...Object.keys(CONTROLS), 'skender-bad', 'skender-zeros'];
    expect(readdirSync(join(recordings, 'dirty')).toSorted()).toEqual(expected.map((name) => `${name}.csv`).toSorted());
  });

  it.each(Object.entries(PAIRS))('%s has the expected findings', (name, { hits, both }) => {
    const left = { ...NO_FINDINGS, ...both };
    const dirty = { ...left, warnings: [...hits, ...left.warnings] };
    expect(sorted(findingsOf(read(name), barMsOf(name)))).toEqual(sorted(dirty));
    expect(sorted(findingsOf(read(`${name}-fixed`), barMsOf(name)))).toEqual(sorted(left));
  });

  it.each(Object.entries(CONTROLS))('the control %s has the expected findings', (name, expected) => {
    const inSession = ({ time }: CsvRow) => barMsOf(name) === DAY || calendarOf('XNYS').sessionAt(time) !== null;
    expect(findingsOf(read(name).filter(inSession), barMsOf(name))).toEqual({ ...NO_FINDINGS, ...expected });
  });

  it.each<[string, (rows: CsvRow[]) => CsvRow[]]>([
    ['in reverse', (rows) => rows.toReversed()],
    ['with duplicate rows', (rows) => [...rows, ...rows.filter((row) => !row.dividend && !row.split)]],
  ])('has the same findings %s', (_how, changed) => {
    for (const name of Object.keys(PAIRS)) {
      const rows = read(name);
      const { warnings, explained } = findingsOf(rows, barMsOf(name));
      expect(findingsOf(changed(rows), barMsOf(name))).toMatchObject({ warnings, explained });
    }
  });
});
