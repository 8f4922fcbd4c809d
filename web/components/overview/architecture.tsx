'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery, statusQuery } from '../../lib/api/queries';
import { useWallNow } from '../../lib/clock';
import { flowFigures } from '../../lib/flow-figures';
import { Frame } from '../ui/panel';
import { FlowTall, FlowWide } from './flow';

/** How a bar gets from its source to this page, with the figures of the last day. */
export function Architecture() {
  const { data: status } = useQuery(statusQuery);
  const { data: assets } = useQuery(assetsQuery);
  const figures = flowFigures(status, assets, useWallNow());
  return (
    <Frame id="architecture" className="mt-10 scroll-mt-24" title="Architecture" note="live pipelines, last 24 hours">
      <p className="max-w-[80ch] py-3 text-ink-2">
        Temporal decides when something runs and what happens when it fails. A worker asks a source once, keeps its
        answer as received, and makes bars of it; only final ones are stored. PostgreSQL holds all state that matters.
        The API reads it, and this page reads the API.
      </p>
      <FlowWide figures={figures} />
      <FlowTall figures={figures} />
    </Frame>
  );
}
