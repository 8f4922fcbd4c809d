import {
  customSeriesDefaultOptions,
  type CustomConflationContext,
  type CustomData,
  type CustomSeriesOptions,
  type CustomSeriesPricePlotValues,
  type CustomSeriesWhitespaceData,
  type ICustomSeriesPaneRenderer,
  type ICustomSeriesPaneView,
  type PaneRendererCustomData,
  type Time,
} from 'lightweight-charts';

export interface OverlayPoint extends CustomData<Time> {
  /** Null while the indicator is not defined yet. */
  value: number | null;
  /** Close of the bar: the base of a percent scale. */
  close: number;
}

type Target = Parameters<ICustomSeriesPaneRenderer['draw']>[0];
type ToCoordinate = Parameters<ICustomSeriesPaneRenderer['draw']>[1];

/**
 * A line of an indicator over the prices. A percent scale measures each series from its own first value in view, which would
 * move a moving average away from its prices; this series reports the bar's close as its first value.
 */
export class OverlayLine implements ICustomSeriesPaneView<Time, OverlayPoint>, ICustomSeriesPaneRenderer {
  private data: PaneRendererCustomData<Time, OverlayPoint> | null = null;
  private color = '';

  renderer(): ICustomSeriesPaneRenderer {
    return this;
  }

  update(data: PaneRendererCustomData<Time, OverlayPoint>, { color }: CustomSeriesOptions): void {
    this.data = data;
    this.color = color;
  }

  /** A percent scale takes the last value as its base. */
  priceValueBuilder({ value, close }: OverlayPoint): CustomSeriesPricePlotValues {
    return [value ?? close, close];
  }

  isWhitespace(point: OverlayPoint | CustomSeriesWhitespaceData<Time>): point is CustomSeriesWhitespaceData<Time> {
    return !('close' in point);
  }

  defaultOptions(): CustomSeriesOptions {
    return customSeriesDefaultOptions;
  }

  /** With more points than pixels, the later of two points is kept. */
  conflationReducer(
    _earlier: CustomConflationContext<Time, OverlayPoint>,
    later: CustomConflationContext<Time, OverlayPoint>,
  ): OverlayPoint {
    return later.data;
  }

  draw(target: Target, toCoordinate: ToCoordinate): void {
    const { data, color } = this;
    const range = data?.visibleRange;
    if (!data || !range) return;
    target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio, verticalPixelRatio }) => {
      context.beginPath();
      for (let i = range.from; i < range.to; i++) {
        const { x, originalData } = data.bars[i]!;
        const y = originalData.value === null ? null : toCoordinate(originalData.value);
        if (y !== null) context.lineTo(x * horizontalPixelRatio, y * verticalPixelRatio);
      }
      context.lineWidth = verticalPixelRatio;
      context.lineJoin = 'round';
      context.strokeStyle = color;
      context.stroke();
    });
  }
}
