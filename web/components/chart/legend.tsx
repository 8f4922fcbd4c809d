'use client';
import type { CSSProperties, ReactNode } from 'react';
import { formatPercent, formatPrice, formatSigned, NONE } from '../../lib/format';
import { cx } from '../ui/cx';
import { actionText } from './bar-text';
import { useIndex, useLeftEdge, type Cursor } from './cursor';
import { comparedColor, lineColor, type Look } from './look';
import { closeBefore, lastBarIndex, laterSource, type ChartModel } from './model';
import { SourceMark } from './sources-row';
import type { Study } from './studies';
import { barTimeText } from './time-axis';

interface Props {
  model: ChartModel;
  look: Look;
  cursor: Cursor;
}

/** Over the chart: values of the bar under the crosshair, or of the latest bar, and of its overlays and comparisons. */
export function Legend({ model, look, cursor }: Props) {
  const index = useIndex(cursor);
  const at = Math.min(index ?? lastBarIndex(model), model.times.length - 1);
  if (at < 0) return null;
  // a forming bar has no indicators yet
  const studied = index === null && at === model.forming ? at - 1 : at;
  const overlays = look.studies.filter(({ pane }) => pane === 'overlay');
  return (
    <div className="pointer-events-none absolute inset-x-0 top-1.5 flex flex-col gap-y-0.5 pr-16 text-2xs text-ink-2">
      <BarLine model={model} look={look} at={at} />
      {overlays.length > 0 && (
        <Line>
          {overlays.map((study) => (
            <StudyValues key={study.id} study={study} model={model} look={look} at={studied} />
          ))}
        </Line>
      )}
      {model.compared.length > 0 && <ComparedLine model={model} look={look} cursor={cursor} at={at} />}
    </div>
  );
}

function ComparedLine({ model, look, cursor, at }: Props & { at: number }) {
  const leftEdge = useLeftEdge(cursor);
  return (
    <Line>
      {model.compared.map(({ symbol, closes }, i) => (
        <Item key={symbol} color={comparedColor(look.colors, i)} name={symbol}>
          <span className="text-ink">
            <Value chars={8}>{sinceText(closes, leftEdge, at)}</Value>
          </span>
        </Item>
      ))}
    </Line>
  );
}

/** Change in percent since the first value in view. */
function sinceText(closes: readonly (number | null)[], leftEdge: number, at: number): string {
  const base = closes.slice(leftEdge).find((close) => close !== null);
  const close = closes[at];
  return base && close ? formatPercent((close / base - 1) * 100) : NONE;
}

function BarLine({ model, look: { digits }, at }: { model: ChartModel; look: Look; at: number }) {
  const bar = model.bars[at];
  const before = closeBefore(model, at);
  const change = bar && before !== null ? bar.close - before : null;
  const chars = priceChars(model, digits);
  const price = (value: number | undefined) => (
    <span className="text-ink">
      <Value chars={chars}>{value === undefined ? NONE : formatPrice(value, digits)}</Value>
    </span>
  );
  const actions = model.actions.get(at) ?? [];
  const source = laterSource(model, at);
  return (
    <Line>
      <span className="min-w-[16ch] text-ink max-sm:w-full">
        {barTimeText(model.times[at]!, model.timeframe, model.zone)}
      </span>
      <Item name="O">{price(bar?.open)}</Item>
      <Item name="H">{price(bar?.high)}</Item>
      <Item name="L">{price(bar?.low)}</Item>
      <Item name="C">{price(bar?.close)}</Item>
      <Item name="from previous bar">
        <span
          className={cx('flex gap-x-2', change === null || change === 0 ? '' : change > 0 ? 'text-up' : 'text-down')}
        >
          <Value chars={chars}>{change === null ? NONE : formatSigned(change, digits)}</Value>
          <Value chars={7}>{change === null || before === null ? NONE : formatPercent((change / before) * 100)}</Value>
        </span>
      </Item>
      {source !== null && (
        <span className="flex items-center gap-x-1 text-ink">
          <SourceMark /> {source}
        </span>
      )}
      {model.revised.has(at) && <span className="text-ink">revised</span>}
      {model.forming === at && <span className="text-ink">forming, not final</span>}
      {model.pending[at] && <span className="text-warn">{bar ? 'incomplete: some bars pending' : 'pending'}</span>}
      {actions.length > 0 && <span className="text-ink">{actions.map(actionText).join(', ')}</span>}
    </Line>
  );
}

/** A study with the values of its lines. */
export function StudyValues({ study, model, look, at }: { study: Study; model: ChartModel; look: Look; at: number }) {
  const text = (value: number) => {
    if (study.unit === 'fraction') return formatPercent(value * 100);
    return formatPrice(value, study.unit === 'index' ? 1 : look.digits);
  };
  const isOneColor = new Set(study.lines.map(({ color }) => color)).size === 1;
  const first = study.lines[0];
  return (
    <Item
      name={study.label}
      color={isOneColor && first?.draw === 'line' ? lineColor(look.colors, first.color) : undefined}
    >
      {study.lines.map(({ column, name, color, draw }) => {
        const value = model.columns.get(column)?.[at];
        const style = !isOneColor && draw === 'line' ? { color: lineColor(look.colors, color) } : undefined;
        return (
          <span key={column} title={name} style={style} className={style ? undefined : 'text-ink'}>
            <Value chars={study.unit === 'price' ? priceChars(model, look.digits) : 6}>
              {value == null ? NONE : text(value)}
            </Value>
          </span>
        );
      })}
    </Item>
  );
}

/** Characters that fit every price of the chart, so that nothing shifts as the crosshair moves. */
function priceChars({ bars }: ChartModel, digits: number): number {
  const last = bars.findLast((bar) => bar !== null);
  return last ? formatPrice(last.close, digits).length : 6;
}

const Line = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap gap-x-2.5">{children}</div>;

/** A name with its values; `color` is the colour of its line. */
function Item({ name, color, children }: { name: string; color?: string; children: ReactNode }) {
  return (
    <span className="flex gap-x-1 whitespace-nowrap">
      {color && <span className="h-0.5 w-2.5 self-center" style={{ background: color }} />}
      <span className="text-ink-3">{name}</span>
      {children}
    </span>
  );
}

function Value({ chars, children }: { chars: number; children: ReactNode }) {
  const style: CSSProperties = { minWidth: `${chars}ch` };
  return (
    <span className="inline-block" style={style}>
      {children}
    </span>
  );
}
