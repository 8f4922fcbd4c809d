'use client';
import { formatCompact, NONE } from '../../lib/format';
import { useIndex, type Cursor } from './cursor';
import { StudyValues } from './legend';
import type { Look } from './look';
import { lastBarIndex, type ChartModel } from './model';

/** A pane below the prices, with its distance from the top of the chart in px. */
export interface PanePlace {
  /** `volume`, or a study's id. */
  name: string;
  top: number;
}

/** The names of the panes, with their values under the crosshair. */
export function PaneLabels({
  model,
  look,
  cursor,
  panes,
}: {
  model: ChartModel;
  look: Look;
  cursor: Cursor;
  panes: readonly PanePlace[];
}) {
  const index = useIndex(cursor);
  const at = Math.min(index ?? lastBarIndex(model), model.times.length - 1);
  // a forming bar has no indicators yet, and may have no volume
  const studied = index === null && at === model.forming ? at - 1 : at;
  return panes.map(({ name, top }) => {
    const study = look.studies.find(({ id }) => id === name);
    return (
      <div key={name} className="pointer-events-none absolute left-0 text-2xs text-ink-2" style={{ top: top + 2 }}>
        {study ? (
          <StudyValues study={study} model={model} look={look} at={studied} />
        ) : (
          <VolumeValue volume={model.bars[at]?.volume ?? model.bars[studied]?.volume ?? null} />
        )}
      </div>
    );
  });
}

const VolumeValue = ({ volume }: { volume: number | null }) => (
  <span className="flex gap-x-1">
    <span className="text-ink-3">Volume</span>
    <span className="text-ink">{volume === null ? NONE : formatCompact(volume)}</span>
  </span>
);
