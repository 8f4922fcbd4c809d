'use client';
import { Button } from '../components/ui/button';

/** Shown if a page fails: a bug, or a file that a newer version has removed. */
export default function PageError({ error }: { error: Error }) {
  return (
    <div role="alert" className="py-24">
      <h1 className="text-xl font-semibold">Something went wrong</h1>
      <p className="mt-2 mb-4 text-ink-2">If the dashboard was just updated, reloading the page fixes this.</p>
      <Button onClick={() => window.location.reload()}>Reload</Button>
      <p className="mt-6 text-xs text-ink-3">{error.message}</p>
    </div>
  );
}
