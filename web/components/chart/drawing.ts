import {
  createChartEx,
  createSeriesMarkers,
  type IChartApiBase,
  type ISeriesMarkersPluginApi,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { firstDifference, hasSameSeries } from './difference';
import { exchangeTimeScale } from './exchange-time-scale';
import { handleWheel, zoom } from './gestures';
import { hasSmallMarks, type Colors, type Look } from './look';
import { lastBarIndex, type ChartModel } from './model';
import { FIXED_OPTIONS, themeOptions, timeOptions } from './options';
import { addAllSeries, type DrawnChart } from './series';

/** The events of a drawing. */
export interface DrawingEvents {
  /** Position of the bar under the crosshair; null if there is none. */
  onCursor: (index: number | null) => void;
  /** A bar was clicked. */
  onOpen: (index: number) => void;
  /** Position of the first bar in view. */
  onLeftEdge: (index: number) => void;
  /** The panes below the prices, with their distance from the top in px. */
  onPanes: (panes: { name: string; top: number }[]) => void;
}

/** Margin next to the outermost bars, px. */
const EDGE = 22;
/** A click this far above or below a bar is on it, px. */
const NEAR = 8;
/** Up to this many bars are updated one by one; for more, the whole series is set again. */
const MAX_UPDATES = 8;

/** A chart on a canvas: draws models, updating only what differs from the last one. */
export class Drawing {
  private readonly chart: IChartApiBase<Time>;
  private readonly listeners = new AbortController();
  private readonly resizes: ResizeObserver;
  private drawn: { chart: DrawnChart; marks: ISeriesMarkersPluginApi<Time>; model: ChartModel; look: Look } | null =
    null;
  /** The series have no data yet. */
  private isEmpty = true;
  /** The key that the view was last fitted for; a view that the user has moved stays. */
  private fitted: string | null = null;
  private moved = false;
  /** The position that the crosshair was moved to by keyboard. */
  private selected: number | null = null;

  /**
   * @param zone of the time axis; cannot change later
   * @param colors of the theme: the empty chart is visible for a frame
   */
  constructor(
    private readonly container: HTMLElement,
    zone: string,
    colors: Colors,
    private readonly events: DrawingEvents,
  ) {
    this.chart = createChartEx(container, exchangeTimeScale(zone), FIXED_OPTIONS);
    this.chart.applyOptions(themeOptions(colors));
    this.chart.subscribeCrosshairMove((event) => {
      this.events.onCursor(this.indexAt(event));
      container.style.cursor = this.barAt(event) === null ? '' : 'pointer';
    });
    this.chart.subscribeClick((event) => {
      const index = this.barAt(event);
      if (index !== null) this.events.onOpen(index);
    });
    this.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range) this.events.onLeftEdge(Math.max(0, Math.ceil(range.from)));
    });
    const { signal } = this.listeners;
    container.addEventListener(
      'wheel',
      (event) => {
        if (handleWheel(event, this.chart.timeScale(), container)) this.moved = true;
      },
      { passive: false, signal },
    );
    container.addEventListener(
      'pointerdown',
      () => {
        this.moved = true;
        this.selected = null;
      },
      { signal },
    );
    container.addEventListener('dblclick', () => this.fit(), { signal });
    this.resizes = new ResizeObserver(() => {
      if (!this.moved) this.showAll();
      this.afterLayout();
    });
    this.resizes.observe(container);
  }

  /**
   * Creates the series of a chart that has none yet, still without data.
   * @returns whether it did
   */
  prepare(model: ChartModel, look: Look): boolean {
    if (this.drawn) return false;
    this.addSeries(model, look);
    return true;
  }

  /** @param fitKey names the content: a new key fits all of it into view */
  draw(model: ChartModel, look: Look, fitKey: string): void {
    const before = this.drawn;
    this.chart.applyOptions(themeOptions(look.colors));
    this.chart.applyOptions(timeOptions(model));
    if (before?.look !== look || !hasSameSeries(before.model, model)) this.rebuild(model, look);
    else if (this.isEmpty) this.fill(before.chart, model);
    else this.update(before.chart, before.model, model);
    this.drawn!.model = model;
    this.drawn!.marks.setMarkers(marksOf(model, look));
    if (fitKey !== this.fitted) this.fit();
    else if (!this.moved) this.showAll();
    this.fitted = fitKey;
  }

  /** Moves the crosshair to a bar and scrolls it into view; it stays there if the view is changed by keyboard. */
  select(index: number): void {
    const { drawn } = this;
    const time = drawn?.model.times[index];
    if (!drawn || time === undefined) return;
    this.selected = index;
    this.bringIntoView(index);
    const close = drawn.model.bars.slice(0, index + 1).findLast((bar) => bar !== null)?.close ?? 0;
    this.chart.setCrosshairPosition(close, time as UTCTimestamp, drawn.chart.price.series);
  }

  /** Removes the crosshair. */
  unselect(): void {
    this.selected = null;
    this.chart.clearCrosshairPosition();
    this.events.onCursor(null);
  }

  /** @param factor above 1 zooms in */
  zoom(factor: number): void {
    this.moved = true;
    zoom(this.chart.timeScale(), factor);
    this.selectAgain();
  }

  /** Brings all bars into view. */
  fit(): void {
    this.moved = false;
    this.chart.priceScale('right').applyOptions({ autoScale: true });
    this.showAll();
    this.selectAgain();
  }

  remove(): void {
    this.listeners.abort();
    this.resizes.disconnect();
    this.chart.remove();
  }

  private selectAgain(): void {
    const { selected } = this;
    // price coordinates are known after the next frame
    if (selected !== null) requestAnimationFrame(() => this.selected === selected && this.select(selected));
  }

  /** With a margin at both ends for the labels of the outermost ticks. */
  private showAll(): void {
    const timeScale = this.chart.timeScale();
    const count = this.drawn?.model.times.length ?? 0;
    const room = (count * EDGE) / Math.max(EDGE, timeScale.width() - 2 * EDGE);
    timeScale.setVisibleLogicalRange({ from: -room, to: count - 1 + room });
  }

  private rebuild(model: ChartModel, look: Look): void {
    const range = this.drawn && this.moved ? this.chart.timeScale().getVisibleLogicalRange() : null;
    for (const { series } of this.drawn?.chart.all ?? []) this.chart.removeSeries(series);
    this.fill(this.addSeries(model, look), model);
    if (range) this.chart.timeScale().setVisibleLogicalRange(range);
  }

  /** The series of a model, still without data. */
  private addSeries(model: ChartModel, look: Look): DrawnChart {
    const chart = addAllSeries(this.chart, look, model);
    this.drawn = { chart, marks: createSeriesMarkers(chart.price.series, []), model, look };
    this.isEmpty = true;
    return chart;
  }

  private fill(chart: DrawnChart, model: ChartModel): void {
    this.setAll(chart, model);
    this.isEmpty = false;
    this.afterLayout();
  }

  private setAll({ all }: DrawnChart, model: ChartModel): void {
    for (const { series, point } of all) series.setData(model.times.map((_, i) => point(model, i)));
  }

  private update(chart: DrawnChart, before: ChartModel, model: ChartModel): void {
    const from = firstDifference(before, model);
    if (from === null) return;
    if (model.times.length - from > MAX_UPDATES) return this.setAll(chart, model);
    for (const { series, point } of chart.all) {
      for (let i = from; i < model.times.length; i++) {
        series.update(point(model, i), i < before.times.length - 1);
      }
    }
  }

  private bringIntoView(index: number): void {
    const timeScale = this.chart.timeScale();
    const range = timeScale.getVisibleLogicalRange();
    if (!range || (index >= range.from && index <= range.to)) return;
    const width = range.to - range.from;
    const from = index < range.from ? index : index - width;
    this.moved = true;
    timeScale.setVisibleLogicalRange({ from, to: from + width });
  }

  private indexAt({ point, logical }: MouseEventParams<Time>): number | null {
    const count = this.drawn?.model.times.length ?? 0;
    if (!point || logical === undefined || count === 0) return null;
    return Math.min(Math.max(logical, 0), count - 1);
  }

  /** The bar that the pointer is on; null beside it. A pending one takes the whole height. */
  private barAt(event: MouseEventParams<Time>): number | null {
    const { drawn } = this;
    if (!drawn || !event.point || event.logical === undefined || event.paneIndex !== 0) return null;
    if (event.logical < 0 || event.logical >= drawn.model.times.length) return null;
    const bar = drawn.model.bars[event.logical];
    if (!bar) return event.logical;
    const isCandle = drawn.look.type === 'candles';
    const { series } = drawn.chart.price;
    const top = series.priceToCoordinate(isCandle ? bar.high : bar.close);
    const bottom = series.priceToCoordinate(isCandle ? bar.low : bar.close);
    if (top === null || bottom === null) return null;
    return event.point.y >= top - NEAR && event.point.y <= bottom + NEAR ? event.logical : null;
  }

  /** Pane sizes are known after the next frame. */
  private afterLayout(): void {
    requestAnimationFrame(() => {
      if (this.listeners.signal.aborted || !this.drawn) return;
      const top = this.container.getBoundingClientRect().top;
      const panes = this.chart.panes();
      this.events.onPanes(
        this.drawn.chart.panes.flatMap((name, i) => {
          const element = panes[i + 1]?.getHTMLElement();
          return element ? { name, top: element.getBoundingClientRect().top - top } : [];
        }),
      );
    });
  }
}

/** Marks for splits, and for dividends and revised bars if there is room. Ascending by time. */
function marksOf(model: ChartModel, look: Look): SeriesMarker<Time>[] {
  const marks = [...actionMarks(model, look), ...revisionMarks(model, look)];
  return marks.sort((a, b) => (a.time as number) - (b.time as number));
}

function revisionMarks(model: ChartModel, { colors }: Look): SeriesMarker<Time>[] {
  if (!hasSmallMarks(model)) return [];
  return [...model.revised].map((index) => ({
    time: model.times[index] as UTCTimestamp,
    position: 'aboveBar',
    shape: 'arrowDown',
    size: 0.6,
    color: colors.warn,
    text: 'R',
  }));
}

function actionMarks(model: ChartModel, { colors }: Look): SeriesMarker<Time>[] {
  const last = lastBarIndex(model);
  return [...model.actions].flatMap(([index, actions]) => {
    const isSplit = actions.some(({ kind }) => kind === 'split');
    if (index > last || (!isSplit && !hasSmallMarks(model))) return [];
    return {
      time: model.times[index] as UTCTimestamp,
      position: 'belowBar',
      shape: isSplit ? 'square' : 'circle',
      size: 0.6,
      color: isSplit ? colors.warn : colors.ink3,
      text: isSplit ? 'S' : 'D',
    } as const;
  });
}
