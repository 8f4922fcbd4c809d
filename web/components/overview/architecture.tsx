'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery, statusQuery } from '../../lib/api/queries';
import { useWallNow } from '../../lib/clock';
import { flowFigures } from '../../lib/flow-figures';
import { Frame } from '../ui/panel';
import { FlowTall, FlowWide } from './flow';

/** The path of a bar from its source to this page, with the figures of the last day. */
export function Architecture() {
  const { data: status } = useQuery(statusQuery);
  const { data: assets } = useQuery(assetsQuery);
  const figures = flowFigures(status, assets, useWallNow());
  return (
    <Frame id="architecture" className="mt-10 scroll-mt-24" title="Architecture" note="live pipelines, last 24 hours">
      <p className="max-w-[80ch] py-3 text-ink-2">
        Temporal schedules every run and retries what fails. The worker fetches data from a source, keeps each payload
        as received and transforms it into bars; only final bars are stored. PostgreSQL holds all durable state. The API
        reads from it, and this page reads from the API.
      </p>
      <FlowWide figures={figures} />
      <FlowTall figures={figures} />
    </Frame>
  );
}
