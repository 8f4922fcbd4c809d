import { describe, expect, it } from 'vitest';
import type { CustomSeriesOptions, Time } from 'lightweight-charts';
import { OverlayLine, type OverlayPoint } from './overlay-line';

const time = 0 as unknown as Time;
const point = (value: number | null): OverlayPoint => ({ time, close: 50, value });

describe('a line over the prices', () => {
  const line = new OverlayLine();

  it('is measured from the close of its bar on a percent scale, even while undefined', () => {
    expect(line.priceValueBuilder(point(60))).toEqual([60, 50]);
    expect(line.priceValueBuilder(point(null))).toEqual([50, 50]);
    expect([line.isWhitespace(point(null)), line.isWhitespace({ time })]).toEqual([false, true]);
  });

  it('connects the defined points in view', () => {
    const bars = [1, 2, null, 4, 5].map((value, i) => ({
      x: i * 10,
      time: i,
      originalData: point(value),
      barColor: '',
    }));
    const data = { bars, barSpacing: 10, visibleRange: { from: 1, to: 4 }, conflationFactor: 1 };
    line.update(data, { color: 'red' } as CustomSeriesOptions);
    const points: number[][] = [];
    const context = {
      beginPath: () => points.splice(0),
      lineTo: (x: number, y: number) => points.push([x, y]),
      stroke: () => undefined,
    };
    const scope = { context, horizontalPixelRatio: 2, verticalPixelRatio: 3 };
    const target = { useBitmapCoordinateSpace: (draw: (given: typeof scope) => void) => draw(scope) };
    line.draw(target as unknown as Parameters<OverlayLine['draw']>[0], (price) => (price * 100) as never);
    expect(points).toEqual([
      [20, 600],
      [60, 1200],
    ]);
  });
});
