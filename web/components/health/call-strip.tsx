import type { Provider } from '../../lib/api/types';
import { formatCount } from '../../lib/format';

/** In SVG units. */
const HEIGHT = 32;
const STEP = 10;
const BAR = 8;
const MIN_BAR_HEIGHT = 1.5;

/** Requests in steps of five minutes: successful ones at the bottom of each bar, failed ones on top. */
export function CallStrip({
  timeline: { ok, failed, stepSeconds },
  name,
}: {
  timeline: Provider['lastHour']['timeline'];
  name: string;
}) {
  const max = Math.max(1, ...ok.map((count, i) => count + (failed[i] ?? 0)));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(MIN_BAR_HEIGHT, (count / max) * HEIGHT));
  const text = `${name}: requests per ${stepSeconds / 60} minutes, oldest first. Succeeded: ${ok.map(formatCount).join(', ')}. Failed: ${failed.map(formatCount).join(', ')}`;
  return (
    <svg
      role="img"
      aria-label={text}
      viewBox={`0 0 ${ok.length * STEP - (STEP - BAR)} ${HEIGHT + 1}`}
      preserveAspectRatio="none"
      className="block h-9 w-full"
    >
      <rect x="0" y={HEIGHT} width="100%" height="1" className="fill-rule-strong" />
      {ok.map((count, i) => {
        const bad = heightOf(failed[i] ?? 0);
        const good = heightOf(count);
        return (
          <g key={i}>
            <rect x={i * STEP} y={HEIGHT - good} width={BAR} height={good} className="fill-ink-3" />
            {bad > 0 && <rect x={i * STEP} y={HEIGHT - good - bad} width={BAR} height={bad} className="fill-down" />}
          </g>
        );
      })}
    </svg>
  );
}
