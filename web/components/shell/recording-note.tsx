'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { statusQuery } from '../../lib/api/queries';
import { useWallNow } from '../../lib/clock';
import { formatTime } from '../../lib/time';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

/** What the API serves besides the responses that are recorded. */
const SERVED = /^\/(api\/|docs$|openapi\.json$)/;

/** On every page of the static demo: what it is, and of when. A link to what only a server has is answered in words. */
export function RecordingNote() {
  const at = useWallNow();
  const { data: status } = useQuery(statusQuery);
  const [refused, setRefused] = useState(false);
  const temporal = status && new URL(status.temporal.uiUrl).origin;
  useEffect(() => {
    const refuse = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || !(link.origin === temporal || (link.origin === location.origin && SERVED.test(link.pathname))))
        return;
      event.preventDefault();
      setRefused(true);
    };
    document.addEventListener('click', refuse, { capture: true });
    return () => document.removeEventListener('click', refuse, { capture: true });
  }, [temporal]);
  return (
    <aside aria-label="About this demo" className="border-b border-rule bg-raised">
      <p className="mx-auto max-w-[90rem] px-4 py-1.5 text-xs text-ink-2 md:px-6">
        <strong className="font-semibold text-warn">Recording of simulated prices.</strong> Barkeep’s sandbox
        {at !== null && ` on ${formatTime(at, 'date', 'UTC')}, ${formatTime(at, 'minute', 'UTC')} UTC`}: time stands
        still, and there is no server to change anything.
      </p>
      {refused && (
        <Dialog title="Not in this recording" onClose={() => setRefused(false)}>
          <p className="text-ink-2">
            Only a server has this page. Start a Barkeep of your own to try the API reference, downloads and Temporal’s
            Web UI.
          </p>
          <div className="flex justify-end">
            <Button onClick={() => setRefused(false)}>Close</Button>
          </div>
        </Dialog>
      )}
    </aside>
  );
}
