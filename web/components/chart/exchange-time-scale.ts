import { defaultHorzScaleBehavior, type IHorzScaleBehavior, type Time, type TimeScalePoint } from 'lightweight-charts';
import { tickWeights } from './time-axis';

/**
 * A time axis with ticks on round hours and new days of a zone, across daylight-saving changes. lightweight-charts counts in
 * UTC; shifting the bars instead would put two bars at the same time when the clocks go back.
 */
export function exchangeTimeScale(timeZone: string): IHorzScaleBehavior<Time> {
  class ExchangeTimeScale extends defaultHorzScaleBehavior() {
    override fillWeightsForPoints(
      points: readonly { -readonly [K in keyof TimeScalePoint]: TimeScalePoint[K] }[],
      from: number,
    ) {
      const times = points.map(({ originalTime }) => originalTime as number);
      tickWeights(times, from, timeZone).forEach((weight, i) => {
        points[from + i]!.timeWeight = weight as TimeScalePoint['timeWeight'];
      });
    }
  }
  return new ExchangeTimeScale();
}
