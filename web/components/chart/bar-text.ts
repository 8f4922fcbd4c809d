import { formatCount, formatPercent, formatPrice } from '../../lib/format';
import type { Action, ChartModel } from './model';
import { closeBefore, laterSource } from './model';
import { barTimeText } from './time-axis';

/** A bar in words, for screen readers. */
export function barText(model: ChartModel, index: number, digits: number): string {
  const time = barTimeText(model.times[index]!, model.timeframe, model.zone);
  const bar = model.bars[index];
  if (!bar) return `${time}: pending`;
  const before = closeBefore(model, index);
  const source = laterSource(model, index);
  const price = (value: number) => formatPrice(value, digits);
  return [
    `${time}: close ${price(bar.close)}`,
    ...(before === null ? [] : [formatPercent((bar.close / before - 1) * 100)]),
    `open ${price(bar.open)}, high ${price(bar.high)}, low ${price(bar.low)}`,
    ...(bar.volume === null ? [] : [`volume ${formatCount(bar.volume)}`]),
    ...(source === null ? [] : [`from ${source}`]),
    ...(model.revised.has(index) ? ['revised'] : []),
    ...(model.forming === index ? ['forming, not final'] : []),
    ...(model.actions.get(index) ?? []).map(actionText),
  ].join(', ');
}

export const actionText = (action: Action): string =>
  action.kind === 'split' ? `Split ${action.numerator}:${action.denominator}` : `Dividend ${action.amount}`;
