import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DAY } from '../../domain/timeframe.js';
import { transform } from '../../domain/transform/transform.js';
import { parseBars } from '../../providers/yahoo/wire.js';
import { MINUTES } from '../raw-bars.js';
import { describeWithRecordings } from '../recordings.js';
import { readRows } from './csv-bars.js';
import { barMsOf, NO_FINDINGS, findingsOf, findingsOfBars } from './findings.js';

describeWithRecordings('ordinary recorded prices', (recordings) => {
  it('cause no warnings: stocks, indices and coins, days and minutes, including crashes', () => {
    const folder = join(recordings, 'ohlcv');
    const files = readdirSync(folder);
    let bars = 0;
    for (const file of files) {
      const rows = readRows(join(folder, file));
      bars += rows.length;
      expect({ file, ...findingsOf(rows, barMsOf(file)) }).toEqual({ file, ...NO_FINDINGS });
    }
    expect([files.length, bars]).toEqual([19, 34_747]);
  });

  it.each<[string, string[]]>([
    ['jb-AAPL-1d-10395', ['flat_no_volume 1981-08-10']], // a day on which Yahoo has no trade of Apple
    ['historical-via-chart-dividends-TSLA-no-dividends', []],
    ['historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31', []],
    ['jb-GM-1d-253', []],
    ['jb-GME-1d-65', []],
    ['jb-SPY-1d-261', []],
    ['jb-TSLA-1d-303', []],
    ['jb-^GSPC-1m-390', []],
    ['jb-^DJI-1m-390', []],
  ])('as Yahoo sent them, %s: %j', (file, warnings) => {
    const { response } = JSON.parse(readFileSync(join(recordings, 'yahoo', `${file}.json`), 'utf8')) as {
      response: { body: unknown };
    };
    const timeframe = file.includes('-1m-') ? '1m' : '1d';
    const request = { providerSymbol: 'X', timeframe, window: { from: 0, to: 1 } } as const;
    const raw = parseBars(Buffer.from(JSON.stringify(response.body)), request);
    const now = raw.liveTime! + DAY;
    const from = timeframe === '1m' ? now - 7 * DAY : Date.parse('1962-01-01');
    const { bars, actions } = transform(raw, {
      ...MINUTES,
      providerSymbol: raw.symbol!,
      timeframe,
      window: { from, to: now },
      now,
    });
    expect(bars.time.length).toBeGreaterThan(60);
    expect(findingsOfBars(bars, actions, barMsOf(file))).toEqual({ warnings, explained: [] });
  });
});
