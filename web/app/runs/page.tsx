import type { Metadata } from 'next';
import { Suspense } from 'react';
import { PipelineCards } from '../../components/runs/pipeline-cards';
import { RunsWorkspace, RunsWorkspaceSkeleton } from '../../components/runs/workspace';

export const metadata: Metadata = { title: 'Pipelines and runs' };

export default function Page() {
  return (
    <>
      <h1 className="pt-6 pb-4 text-xl font-semibold tracking-tight">Pipelines and runs</h1>
      <PipelineCards />
      <Suspense fallback={<RunsWorkspaceSkeleton />}>
        <RunsWorkspace />
      </Suspense>
    </>
  );
}
