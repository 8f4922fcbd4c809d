'use client';
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Cursor } from './cursor';
import { Drawing } from './drawing';
import { Legend } from './legend';
import type { Look } from './look';
import { lastBarIndex, type ChartModel } from './model';
import { PaneLabels, type PanePlace } from './pane-labels';
import { barText } from './bar-text';

/** Bars per step with Shift. */
const STRIDE = 10;
const ZOOM = 1.5;

interface Props {
  model: ChartModel;
  look: Look;
  /** Names the content; a new name fits the chart into view again. */
  name: string;
  cursor: Cursor;
  /** Opens the story of the bar at a position. */
  onOpen: (index: number) => void;
}

/** The chart with the values under its crosshair. The arrow keys move from bar to bar; a click or Enter opens its story. */
export function ChartCanvas({ model, look, name, cursor, onOpen }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const [panes, setPanes] = useState<PanePlace[]>([]);
  const [spoken, setSpoken] = useState('');
  const { zone } = model;

  const open = useEffectEvent(onOpen);
  const colorsNow = useEffectEvent(() => look.colors);
  useEffect(() => {
    const drawn = new Drawing(container.current!, zone, colorsNow(), {
      onCursor: (index) => cursor.move({ index }),
      onOpen: (index) => open(index),
      onLeftEdge: (leftEdge) => cursor.move({ leftEdge }),
      onPanes: setPanes,
    });
    drawing.current = drawn;
    return () => {
      drawn.remove();
      cursor.move({ index: null });
    };
  }, [zone, cursor]);

  useDraw(drawing, model, look, name);

  const select = (position: number) => {
    drawing.current?.select(position);
    cursor.move({ index: position });
    setSpoken(barText(model, position, look.digits));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = cursor.read().index ?? lastBarIndex(model) + (event.key === 'ArrowLeft' ? 1 : 0);
    const step = event.shiftKey ? STRIDE : 1;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => select(Math.max(at - step, 0)),
      ArrowRight: () => select(Math.min(at + step, model.times.length - 1)),
      Home: () => select(0),
      End: () => select(lastBarIndex(model)),
      '+': () => drawing.current?.zoom(ZOOM),
      '=': () => drawing.current?.zoom(ZOOM),
      '-': () => drawing.current?.zoom(1 / ZOOM),
      '0': () => drawing.current?.fit(),
      Enter: () => onOpen(at),
      Escape: () => drawing.current?.unselect(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  return (
    <div
      tabIndex={0}
      role="application"
      aria-roledescription="chart"
      aria-label={`${name}. Use the left and right arrow keys to move from bar to bar, and Enter for its story.`}
      onKeyDown={onKeyDown}
      onBlur={() => drawing.current?.unselect()}
      className="absolute inset-0 focus-visible:-outline-offset-2"
    >
      <div ref={container} aria-hidden className="absolute inset-0 isolate" />
      <Legend model={model} look={look} cursor={cursor} />
      <PaneLabels model={model} look={look} cursor={cursor} panes={panes} />
      <p role="status" className="sr-only">
        {spoken}
      </p>
    </div>
  );
}

/** Draws what has changed, frame by frame: creating the chart has kept the page busy for long enough, and so do its series. */
function useDraw(drawing: RefObject<Drawing | null>, model: ChartModel, look: Look, name: string): void {
  useEffect(() => {
    let frame = requestAnimationFrame(() => {
      const isFirst = drawing.current?.prepare(model, look) ?? false;
      const draw = () => drawing.current?.draw(model, look, name);
      if (isFirst) frame = requestAnimationFrame(draw);
      else draw();
    });
    return () => cancelAnimationFrame(frame);
  }, [drawing, model, look, name]);
}
