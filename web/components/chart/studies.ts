import type { IndicatorList } from '../../lib/api/types';
import { isDated } from '../../lib/timeframes';

/** A column of the API's indicators, and how it is drawn. */
interface StudyLine {
  /** Name of the column in the response. */
  column: string;
  /** Name within the study; empty for its main line. */
  name: string;
  /** `histogram`: columns from zero, coloured by sign. */
  draw: 'line' | 'histogram';
  /** Index into the theme's line colours. */
  color: number;
}

/** Values computed from the bars, drawn with them. */
export interface Study {
  /** As in the URL. */
  id: string;
  /** SMA 20, MACD 12 26 9. */
  label: string;
  /** Full name. */
  name: string;
  /** Over the prices, or in a separate pane. */
  pane: 'overlay' | 'own';
  /** `price`: in the asset's currency; `index`: 0 to 100; `fraction`: 0.01 is 1 %. */
  unit: 'price' | 'index' | 'fraction';
  /** It restarts with each session, so on bars of a day or longer it means nothing. */
  intradayOnly: boolean;
  /** What to request from the API; null if every response includes it. */
  include: string | null;
  lines: readonly StudyLine[];
}

const movingAverage = (period: number, color: number): Study => ({
  id: `sma${period}`,
  label: `SMA ${period}`,
  name: 'Simple moving average',
  pane: 'overlay',
  unit: 'price',
  intradayOnly: false,
  include: null,
  lines: [{ column: `sma${period}`, name: '', draw: 'line', color }],
});

/** Indicators that restart with each session. */
const PER_SESSION: readonly string[] = ['vwap'];

/** Whether a study means anything on bars of a timeframe. */
export const fits = ({ intradayOnly }: Study, timeframe: string): boolean => !intradayOnly || !isDated(timeframe);

/** Line colours of the theme. The registry's overlays begin after those of the moving averages. */
const COLOR = { sma20: 0, sma50: 1, firstFree: 2, ownPane: 0 } as const;

/** The indicators that the API stores with each bar. */
const STORED: readonly Study[] = [movingAverage(20, COLOR.sma20), movingAverage(50, COLOR.sma50)];
const DAILY_RETURN: Study = {
  id: 'return',
  label: 'Daily return',
  name: 'Change since the previous session’s close',
  pane: 'own',
  unit: 'fraction',
  intradayOnly: false,
  include: null,
  lines: [{ column: 'dailyReturn', name: '', draw: 'histogram', color: COLOR.ownPane }],
};

/**
 * All studies in the order in which the menu lists them: overlays first.
 * @param indicators the API's registry; its moving average is among the stored ones already
 */
export function studiesOf(indicators: IndicatorList['indicators']): Study[] {
  let overlays = 0;
  const computed = indicators
    .filter(({ id }) => id !== 'sma')
    .map((indicator): Study => {
      const first = indicator.pane === 'overlay' ? COLOR.firstFree + overlays++ : COLOR.ownPane;
      let lines = 0;
      return {
        id: indicator.id,
        label: labelOf(indicator.id, indicator.asked),
        name: indicator.name,
        pane: indicator.pane,
        unit: indicator.outputs[0]?.unit ?? 'price',
        intradayOnly: PER_SESSION.includes(indicator.id),
        include: indicator.asked,
        lines: indicator.outputs.map(({ name, column, draw }) => ({
          column,
          name: name === indicator.id ? '' : name,
          draw,
          // an overlay has one colour for all its lines; in a pane each line has its own
          color: indicator.pane === 'overlay' ? first : draw === 'line' ? lines++ : COLOR.ownPane,
        })),
      };
    });
  const all = [...STORED, ...computed, DAILY_RETURN];
  return [...all.filter(({ pane }) => pane === 'overlay'), ...all.filter(({ pane }) => pane === 'own')];
}

/** Ids up to this length are acronyms: RSI, MACD. */
const MAX_ACRONYM = 4;

function labelOf(id: string, asked: string): string {
  const name = id.length <= MAX_ACRONYM ? id.toUpperCase() : id[0]!.toUpperCase() + id.slice(1);
  return [name, ...asked.split(':').slice(1)].join(' ');
}

/** The API's `include` parameter for these studies; the same text for any order. */
export const includeOf = (studies: readonly Study[]): string =>
  studies
    .flatMap(({ include }) => include ?? [])
    .sort()
    .join(',');
