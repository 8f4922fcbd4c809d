'use client';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery, statusQuery } from '../../lib/api/queries';
import { useWallNow } from '../../lib/clock';
import { flowFigures } from '../../lib/flow-figures';
import { Frame } from '../ui/panel';
import { FlowTall, FlowWide } from './flow';

const STEPS = [
  [
    'Extract',
    'A run requests only what a market calendar expects and the database does not have. Each payload is stored as received, with its hash, before anything else looks at it.',
  ],
  [
    'Transform',
    'A pure function turns the payload into bars. Rows that are not final are left out; rows that break a rule go to the quarantine, with their values as received.',
  ],
  [
    'Load',
    'One transaction inserts new bars, keeps the earlier version of each corrected one, computes the indicators, and marks which expected bars are accounted for.',
  ],
] as const;

/** The path of a bar from its source to this page, with the figures of the last day. */
export function Architecture() {
  const { data: status } = useQuery(statusQuery);
  const { data: assets } = useQuery(assetsQuery);
  const figures = flowFigures(status, assets, useWallNow());
  return (
    <Frame id="architecture" className="mt-10 scroll-mt-24" title="How it works" note="live pipelines, last 24 hours">
      <dl className="grid gap-x-8 gap-y-4 py-4 md:grid-cols-3">
        {STEPS.map(([name, text]) => (
          <div key={name}>
            <dt className="font-semibold">{name}</dt>
            <dd className="mt-0.5 text-ink-2">{text}</dd>
          </div>
        ))}
      </dl>
      <p className="label max-w-[90ch] pb-3">
        Temporal schedules every run and retries what fails. PostgreSQL holds all durable state. The API reads from it,
        and this page reads from the API.
      </p>
      <FlowWide figures={figures} />
      <FlowTall figures={figures} />
    </Frame>
  );
}
