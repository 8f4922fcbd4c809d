'use client';
import { isOneOf, type Vocabulary } from '../../lib/address';
import { FILTER_VOCABULARY, filterOf, runOf } from '../../lib/run-filter';
import { TIMELINE_RANGES, timelineParameter, timelineRangeOf } from '../../lib/timeline-view';
import { useUrlState } from '../../lib/url-state';
import { UnknownNote } from '../ui/unknown-note';
import { RunSheet } from './run-sheet';
import { RunsPanel } from './runs-panel';
import { TimelinePanel, TimelinePanelSkeleton } from './timeline-panel';

const VOCABULARY: Vocabulary = { ...FILTER_VOCABULARY, timeline: isOneOf(TIMELINE_RANGES) };

/** The latest runs at a glance, the list of all runs, and the run that is open: `/runs?pipeline=stocks_1min&status=failed&run=…`. */
export function RunsWorkspace() {
  const [parameters, change] = useUrlState();
  const run = runOf(parameters.get('run'));
  return (
    <>
      <UnknownNote parameters={parameters} vocabulary={VOCABULARY} onRemove={(patch) => change(patch, 'replace')} />
      <TimelinePanel
        range={timelineRangeOf(parameters.get('timeline'))}
        onRange={(range) => change({ timeline: timelineParameter(range) }, 'replace')}
      />
      <RunsPanel filter={filterOf(parameters)} onFilter={(patch) => change(patch, 'replace')} />
      {run && <RunSheet run={run} onClose={() => change({ run: null }, 'replace')} />}
    </>
  );
}

export const RunsWorkspaceSkeleton = () => (
  <>
    <TimelinePanelSkeleton />
    <RunsPanel filter={{}} onFilter={() => undefined} />
  </>
);
