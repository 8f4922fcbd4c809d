'use client';
import { apiOrigin } from '../../lib/api/client';
import { requestsOf, type ChartRequest } from '../../lib/chart-requests';
import { CopyButton } from '../ui/copy-button';
import { Dialog } from '../ui/dialog';

const NAMES = { curl: 'curl', sql: 'SQL', python: 'Python' } as const;
const KINDS = ['curl', 'sql', 'python'] as const;

/** What returns the same bars outside of the dashboard. */
export function RequestDialog({ request, onClose }: { request: ChartRequest; onClose: () => void }) {
  const texts = requestsOf(request, apiOrigin());
  return (
    <Dialog kind="sheet" title={`Request of this chart: ${request.asset.symbol}`} onClose={onClose}>
      {KINDS.map((kind) => (
        <section key={kind} className="border-t border-rule pt-2">
          <div className="flex items-center justify-between">
            <h3 className="font-semibold">{NAMES[kind]}</h3>
            <CopyButton
              text={() => texts[kind]}
              what={NAMES[kind]}
              className="flex h-7 min-w-14 items-center justify-center px-1.5 text-xs text-ink-2 hover:text-ink"
            >
              Copy<span className="sr-only"> {NAMES[kind]}</span>
            </CopyButton>
          </div>
          <pre tabIndex={0} className="overflow-x-auto bg-raised p-2 font-mono text-2xs leading-5">
            {texts[kind]}
          </pre>
        </section>
      ))}
      <p className="label">SQL is for the database of this instance; npm start prints its address.</p>
    </Dialog>
  );
}
