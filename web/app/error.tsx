'use client';
import { Button } from '../components/ui/button';

/** When a page breaks: a file of an older version that is gone, or a mistake of ours. */
export default function PageError({ error }: { error: Error }) {
  return (
    <div role="alert" className="py-24">
      <h1 className="text-xl font-semibold">This page broke</h1>
      <p className="mt-2 mb-4 text-ink-2">Loading it again helps where it was replaced by a newer version.</p>
      <Button onClick={() => window.location.reload()}>Load again</Button>
      <p className="mt-6 text-xs text-ink-3">{error.message}</p>
    </div>
  );
}
