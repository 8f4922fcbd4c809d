import { Suspense } from 'react';
import { Architecture } from '../components/overview/architecture';
import { BackfillProgress } from '../components/overview/backfill-progress';
import { Figures } from '../components/overview/figures';
import { MarketClocks } from '../components/overview/market-clocks';
import { Pipelines } from '../components/overview/pipelines';
import { RestApi } from '../components/overview/rest-api';
import { Runs } from '../components/overview/runs';
import { Workspace, WorkspaceSkeleton } from '../components/overview/workspace';

export default function Page() {
  return (
    <>
      <div className="grid gap-x-12 gap-y-4 py-4 lg:grid-cols-[1fr_auto] lg:items-end">
        {/* its longest line, the progress, must not widen the page on a phone */}
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">Barkeep</h1>
          <p className="text-base text-ink-2">A market-data pipeline that never loses a bar and can prove it.</p>
          <BackfillProgress />
        </div>
        <Figures />
      </div>
      <MarketClocks />
      <Suspense fallback={<WorkspaceSkeleton />}>
        <Workspace />
      </Suspense>
      <div className="mt-10 space-y-10">
        <Pipelines />
        <Runs />
      </div>
      <Architecture />
      <RestApi />
    </>
  );
}
