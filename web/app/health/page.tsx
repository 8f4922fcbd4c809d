import type { Metadata } from 'next';
import { Suspense } from 'react';
import { Agreement, AgreementSkeleton } from '../../components/health/agreement';
import { Backfills } from '../../components/health/backfills';
import { Completeness, CompletenessSkeleton } from '../../components/health/completeness';
import { Freshness } from '../../components/health/freshness';
import { Proof } from '../../components/health/proof';
import { Providers } from '../../components/health/providers';
import { Quarantine } from '../../components/health/quarantine';
import { Revisions } from '../../components/health/revisions';

export const metadata: Metadata = { title: 'Data health' };

export default function Page() {
  return (
    <>
      <div className="py-6">
        <h1 className="text-xl font-semibold tracking-tight">Data health</h1>
        <Proof />
      </div>
      <Suspense fallback={<CompletenessSkeleton />}>
        <Completeness />
      </Suspense>
      <div className="mt-10 grid gap-x-8 gap-y-10 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Freshness />
        <Providers />
      </div>
      <div className="mt-10 flex flex-col gap-10">
        <Backfills />
        <Suspense fallback={<AgreementSkeleton />}>
          <Agreement />
        </Suspense>
        <Quarantine />
        <Revisions />
      </div>
    </>
  );
}
