'use client';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { differenceText, extentOf, pathOf, type ComparedBar } from '../../lib/comparison';
import { formatPrice, NONE } from '../../lib/format';
import { formatTime, zoneName } from '../../lib/time';

const WIDTH = 640;
const PRICES = { width: WIDTH, height: 160 };
const DIFFERENCE = { width: WIDTH, height: 56 };
/** The scale of the difference is never finer than this, so that noise looks like noise: a basis point. */
const FINEST = 0.0001;
/** Bars per step with Shift. */
const STRIDE = 10;

/** The closes of two sources over a session, and the difference of the other one from the first below. */
export function ComparisonChart({
  bars,
  names,
  digits,
  timezone,
}: {
  /** At least one. */
  bars: readonly ComparedBar[];
  names: readonly [first: string, other: string];
  digits: number;
  timezone: string;
}) {
  const [index, setIndex] = useState<number | null>(null);
  const differences = bars.map(({ difference }) => difference);
  const largest = Math.max(FINEST, ...differences.map((one) => Math.abs(one ?? 0)));
  const extent = extentOf(bars.flatMap(({ first, other }) => [first, other])) ?? [0, 0];
  const shown = bars[index ?? bars.length - 1]!;
  const price = (value: number | null) => (value === null ? NONE : formatPrice(value, digits));
  const text = [
    `${formatTime(shown.time, 'minute', timezone)} ${zoneName(shown.time, timezone)}`,
    `${names[0]} ${price(shown.first)}`,
    `${names[1]} ${price(shown.other)}`,
    ...(shown.difference === null ? [] : [`difference ${differenceText(shown.difference)}`]),
  ].join(', ');
  return (
    <figure>
      <Key names={names} />
      <Pointed count={bars.length} index={index} text={text} onIndex={setIndex}>
        <Pane label={`${price(extent[1])} to ${price(extent[0])}`} box={PRICES} className="h-40">
          <path
            d={pathOf(
              bars.map(({ first }) => first),
              extent,
              PRICES,
            )}
            className="stroke-ink"
            {...LINE}
          />
          <path
            d={pathOf(
              bars.map(({ other }) => other),
              extent,
              PRICES,
            )}
            className="stroke-accent"
            strokeDasharray="4 2"
            {...LINE}
          />
        </Pane>
        <Pane
          label={`± ${differenceText(largest).replace('+', '')}`}
          box={DIFFERENCE}
          className="h-14 border-t border-rule"
        >
          <path d={`M0 ${DIFFERENCE.height / 2}h${WIDTH}`} className="stroke-rule-strong" {...LINE} />
          <path d={pathOf(differences, [-largest, largest], DIFFERENCE)} className="stroke-warn" {...LINE} />
        </Pane>
      </Pointed>
      <figcaption role="status" className="mt-1 min-h-4 text-xs text-ink-2">
        {text}
      </figcaption>
    </figure>
  );
}

const LINE = { fill: 'none', strokeWidth: 1.25, vectorEffect: 'non-scaling-stroke' } as const;

/** What each line is: its dashes tell it apart without its colour. */
const Key = ({ names: [first, other] }: { names: readonly [string, string] }) => (
  <ul aria-label="Lines" className="label mb-1 flex flex-wrap gap-x-4">
    <KeyItem className="stroke-ink">{first}</KeyItem>
    <KeyItem className="stroke-accent" dashes="4 2">
      {other}
    </KeyItem>
    <KeyItem className="stroke-warn">difference, below</KeyItem>
  </ul>
);

const KeyItem = ({ className, dashes, children }: { className: string; dashes?: string; children: string }) => (
  <li className="flex items-center gap-1.5">
    <svg aria-hidden viewBox="0 0 20 4" className="h-1 w-5">
      <path d="M0 2h20" className={className} strokeWidth="1.5" strokeDasharray={dashes} />
    </svg>
    {children}
  </li>
);

function Pane({
  label,
  box,
  className,
  children,
}: {
  /** Its scale. */
  label: string;
  box: { width: number; height: number };
  className: string;
  children: React.ReactNode;
}) {
  return (
    <div className={`relative ${className}`}>
      <svg
        aria-hidden
        viewBox={`0 -2 ${box.width} ${box.height + 4}`}
        preserveAspectRatio="none"
        className="absolute inset-0 size-full"
      >
        {children}
      </svg>
      <span className="label absolute top-0 right-0 bg-bg/80 px-1">{label}</span>
    </div>
  );
}

/** The bar under the pointer, or the one that the arrow keys have reached. */
function Pointed({
  count,
  index,
  text,
  onIndex,
  children,
}: {
  count: number;
  index: number | null;
  /** The bar in words. */
  text: string;
  onIndex: (index: number | null) => void;
  children: React.ReactNode;
}) {
  const root = useRef<HTMLDivElement>(null);
  const last = count - 1;
  const onPointerMove = ({ clientX }: PointerEvent) => {
    const box = root.current!.getBoundingClientRect();
    onIndex(Math.max(0, Math.min(last, Math.round(((clientX - box.left) / box.width) * last))));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = index ?? last;
    const step = event.shiftKey ? STRIDE : 1;
    const next = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onIndex(Math.max(0, Math.min(last, next)));
  };
  return (
    <div
      ref={root}
      role="slider"
      tabIndex={0}
      aria-label="Bar of the session"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={index ?? last}
      aria-valuetext={text}
      onPointerMove={onPointerMove}
      onPointerLeave={() => onIndex(null)}
      onKeyDown={onKeyDown}
      className="relative border-y border-rule focus-visible:outline-offset-2"
    >
      {children}
      {index !== null && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 border-l border-ink-3"
          style={{ left: `${(index / Math.max(1, last)) * 100}%` }}
        />
      )}
    </div>
  );
}
