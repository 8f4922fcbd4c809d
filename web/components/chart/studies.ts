import type { IndicatorList } from '../../lib/api/types';

/** A column of the API's indicators, and how it is drawn. */
interface StudyLine {
  /** Name of the column in the answer. */
  column: string;
  /** What it is beside its study's name; empty where it is all of it. */
  name: string;
  /** `histogram`: columns from zero, coloured by their sign. */
  draw: 'line' | 'histogram';
  /** Which of the theme's line colours. */
  color: number;
}

/** Something computed from the bars that can be shown with them. */
export interface Study {
  /** As it stands in the URL. */
  id: string;
  /** SMA 20, MACD 12 26 9. */
  label: string;
  /** In full. */
  name: string;
  /** Over the prices, or in a pane of its own. */
  pane: 'overlay' | 'own';
  /** `price`: in the asset's currency; `index`: 0 to 100; `fraction`: 0.01 is 1 %. */
  unit: 'price' | 'index' | 'fraction';
  /** What to ask the API for; null where it is always in its answer. */
  include: string | null;
  lines: readonly StudyLine[];
}

const movingAverage = (period: number, color: number): Study => ({
  id: `sma${period}`,
  label: `SMA ${period}`,
  name: 'Simple moving average',
  pane: 'overlay',
  unit: 'price',
  include: null,
  lines: [{ column: `sma${period}`, name: '', draw: 'line', color }],
});

/** What the API stores beside each bar. */
const STORED: readonly Study[] = [movingAverage(20, 0), movingAverage(50, 1)];
const DAILY_RETURN: Study = {
  id: 'return',
  label: 'Daily return',
  name: 'Since the close of the session before',
  pane: 'own',
  unit: 'fraction',
  include: null,
  lines: [{ column: 'dailyReturn', name: '', draw: 'histogram', color: 0 }],
};

/** Theme colours that overlays of the registry begin with, after those of the moving averages. */
const FIRST_FREE_COLOR = 2;

/**
 * All studies there are, in the order in which they are offered: over the prices first.
 * @param indicators the API's registry; its moving average is there already
 */
export function studiesOf(indicators: IndicatorList['indicators']): Study[] {
  let overlays = 0;
  const computed = indicators
    .filter(({ id }) => id !== 'sma')
    .map((indicator): Study => {
      const first = indicator.pane === 'overlay' ? FIRST_FREE_COLOR + overlays++ : 0;
      let lines = 0;
      return {
        id: indicator.id,
        label: labelOf(indicator.id, indicator.asked),
        name: indicator.name,
        pane: indicator.pane,
        unit: indicator.outputs[0]?.unit ?? 'price',
        include: indicator.asked,
        lines: indicator.outputs.map(({ name, column, draw }) => ({
          column,
          name: name === indicator.id ? '' : name,
          draw,
          // the lines of a band are one thing; those of a pane are told apart
          color: indicator.pane === 'overlay' ? first : draw === 'line' ? lines++ : 0,
        })),
      };
    });
  const all = [...STORED, ...computed, DAILY_RETURN];
  return [...all.filter(({ pane }) => pane === 'overlay'), ...all.filter(({ pane }) => pane === 'own')];
}

function labelOf(id: string, asked: string): string {
  const name = id.length <= 4 ? id.toUpperCase() : id[0]!.toUpperCase() + id.slice(1);
  return [name, ...asked.split(':').slice(1)].join(' ');
}

/** What the API is asked for so that these can be drawn; the same text for the same studies in any order. */
export const includeOf = (studies: readonly Study[]): string =>
  studies
    .flatMap(({ include }) => include ?? [])
    .sort()
    .join(',');
