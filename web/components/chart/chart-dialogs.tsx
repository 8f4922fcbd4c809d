'use client';
import dynamic from 'next/dynamic';
import type { Asset } from '../../lib/api/types';
import { RANGES, type RangeName } from '../../lib/ranges';
import { KeysHelp } from './keys-help';
import { laterSource } from './model';
import type { ChartState } from './state';
import type { StoryBar } from './story-bar';
import { includeOf } from './studies';
import type { ChartData } from './use-chart-data';

// loaded when they are opened
const BarStory = dynamic(() => import('./bar-story').then((module) => module.BarStory), { ssr: false });
const RequestDialog = dynamic(() => import('./request-dialog').then((module) => module.RequestDialog), { ssr: false });

/** The dialogs that a button or a key opens. */
export type ChartDialog = 'keys' | 'request';

/** What is open over a chart: the story of the bar that the URL names, or a dialog. */
export function ChartDialogs({
  asset,
  range,
  state,
  data: { query, model, studies },
  story,
  onBar,
  dialog,
  onClose,
}: {
  asset: Asset;
  range: RangeName;
  state: ChartState;
  data: ChartData;
  story: StoryBar | null;
  onBar: (bar: null) => void;
  dialog: ChartDialog | null;
  onClose: () => void;
}) {
  const request = {
    ...{ asset, range: RANGES[range], bars: query.data, asOf: state.asOf, source: state.source },
    include: includeOf(studies.shown),
  };
  return (
    <>
      {story && (
        <BarStory
          key={story.time}
          asset={asset}
          bar={story}
          source={state.source}
          later={model && laterSource(model, model.times.indexOf(Date.parse(story.time) / 1_000))}
          onClose={() => onBar(null)}
        />
      )}
      {dialog === 'request' && <RequestDialog request={request} onClose={onClose} />}
      {dialog === 'keys' && <KeysHelp onClose={onClose} />}
    </>
  );
}
