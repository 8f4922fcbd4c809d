import { hasSmallMarks } from './look';
import type { ChartModel } from './model';

/**
 * The first position at which two models with the same columns differ; null if they are equal. 0, which redraws everything,
 * if a bar was inserted or removed, or if there are new actions.
 */
export function firstDifference(before: ChartModel, after: ChartModel): number | null {
  const { length } = before.times;
  if (after.times.length < length || after.actions.size !== before.actions.size) return 0;
  for (let i = 0; i < length; i++) if (before.times[i] !== after.times[i]) return 0;
  for (let i = 0; i < length; i++) if (differsAt(before, after, i)) return i;
  return after.times.length > length ? length : null;
}

function differsAt(before: ChartModel, after: ChartModel, i: number): boolean {
  if ((before.forming === i) !== (after.forming === i)) return true;
  if (before.pending[i] !== after.pending[i] || !isSameBar(before.bars[i]!, after.bars[i]!)) return true;
  for (const [name, column] of after.columns) if (column[i] !== before.columns.get(name)?.[i]) return true;
  return after.compared.some(
    ({ symbol, closes }, k) => before.compared[k]?.symbol !== symbol || before.compared[k].closes[i] !== closes[i],
  );
}

type Bar = ChartModel['bars'][number];
function isSameBar(a: Bar, b: Bar): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume &&
    a.source === b.source
  );
}

/** Whether both models are drawn by the same series; if not, the chart is built again. */
export const hasSameSeries = (before: ChartModel, after: ChartModel): boolean =>
  before.compared.length === after.compared.length &&
  before.sourceNames.size > 1 === after.sourceNames.size > 1 &&
  before.pending.includes(true) === after.pending.includes(true) &&
  hasSmallMarks(before) === hasSmallMarks(after);
