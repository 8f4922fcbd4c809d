'use client';
import { useQuery } from '@tanstack/react-query';
import { API_URL } from '../../lib/api/client';
import { providersQuery } from '../../lib/api/health-queries';
import { statusQuery } from '../../lib/api/queries';
import { PageLink } from '../ui/page-link';
import { SkeletonText } from '../ui/skeleton';

/** Version, mode, data sources and links. */
export function Footer() {
  const { data: status } = useQuery(statusQuery);
  const { data: providers } = useQuery(providersQuery);
  const sources = (providers?.providers ?? []).filter(({ live, lastSuccessAt }) => live.assets > 0 || lastSuccessAt);
  return (
    <footer className="mt-16 border-t border-rule">
      <div className="mx-auto grid max-w-[90rem] gap-x-12 gap-y-4 px-4 py-6 text-xs text-ink-3 md:grid-cols-[1fr_auto] md:px-6">
        <div className="max-w-[75ch] space-y-1">
          <p>Barkeep {status ? `${status.version} · ${MODES[status.mode]}` : <SkeletonText chars={16} />}</p>
          <p>
            {status?.mode === 'sandbox' ? (
              <>All prices come from the sandbox, a simulated exchange. None of them is real. Not investment advice.</>
            ) : (
              <>
                {sources.length > 0 && (
                  <>
                    Data from{' '}
                    {sources.map(({ provider, name, homepage, terms }, i) => (
                      <span key={provider}>
                        {i > 0 && ', '}
                        <Outside href={homepage}>{name}</Outside> (<Outside href={terms}>terms</Outside>)
                      </span>
                    ))}
                    .{' '}
                  </>
                )}
                Prices may be delayed or wrong. Not investment advice.
              </>
            )}
          </p>
        </div>
        <nav aria-label="More" className="flex flex-wrap content-start gap-x-5 gap-y-1">
          <PageLink className="link target" href="/#architecture">
            How it works
          </PageLink>
          <a className="link target" href={`${API_URL}/docs`}>
            API reference
          </a>
          <a className="link target" href={`${API_URL}/openapi.json`}>
            OpenAPI
          </a>
          {status && (
            <a className="link target" href={status.temporal.uiUrl} rel="noreferrer">
              Temporal Web UI
            </a>
          )}
        </nav>
      </div>
    </footer>
  );
}

const MODES = { live: 'live data', sandbox: 'simulated data' } as const;

function Outside({ href, children }: { href: string; children: string }) {
  return (
    <a className="link" href={href} rel="noreferrer">
      {children}
    </a>
  );
}
