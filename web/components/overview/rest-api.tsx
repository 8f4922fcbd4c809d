'use client';
import { API_URL, apiOrigin } from '../../lib/api/client';
import { curlOf, ENDPOINTS, type Endpoint } from '../../lib/endpoints';
import { CopyButton } from '../ui/copy-button';
import { Frame } from '../ui/panel';

/** Unset: the project has no public home, and the source is the folder that it runs from. */
const SOURCE_URL = process.env.NEXT_PUBLIC_SOURCE_URL;

/** Everything that can be read over HTTP, each with a command to copy. */
export function RestApi() {
  return (
    <Frame
      id="api"
      className="mt-10 scroll-mt-24 md:scroll-mt-14"
      title="REST API"
      note="everything on these pages, and more"
      actions={
        <a className="link target text-xs" href={`${API_URL}/docs`}>
          Interactive reference
        </a>
      }
    >
      <div className="grid gap-x-8 xl:grid-cols-2">
        {ENDPOINTS.map(({ group, endpoints }) => (
          <section key={group} aria-label={group}>
            <h3 className="label pt-3 pb-1">{group}</h3>
            <ul className="divide-y divide-rule">
              {endpoints.map((endpoint) => (
                <Row key={endpoint.path} endpoint={endpoint} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p className="mt-3 text-xs text-ink-2">
        JSON, CSV and NDJSON. Requests that change something need the admin token; the{' '}
        <a className="link" href={`${API_URL}/docs`}>
          reference
        </a>{' '}
        lists them, and{' '}
        <a className="link" href={`${API_URL}/openapi.json`}>
          openapi.json
        </a>{' '}
        describes everything.{' '}
        {SOURCE_URL ? (
          <>
            The{' '}
            <a className="link" href={SOURCE_URL} rel="noreferrer">
              source
            </a>{' '}
            is open.
          </>
        ) : (
          <>
            The source is in the folder that Barkeep was started from; <code>docs/architecture.md</code> is its map.
          </>
        )}
      </p>
    </Frame>
  );
}

function Row({ endpoint }: { endpoint: Endpoint }) {
  return (
    <li className="grid min-h-7 grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 text-xs">
      <span className="min-w-0 gap-x-3 py-1 sm:flex sm:items-baseline">
        <code className="block font-mono text-2xs wrap-anywhere sm:shrink-0">{endpoint.path}</code>
        <span className="block text-ink-3 sm:ml-auto sm:text-right">{endpoint.summary}</span>
      </span>
      <CopyButton
        text={() => curlOf(endpoint, apiOrigin())}
        what={`curl of ${endpoint.path}`}
        className="flex h-7 min-w-11 items-center justify-center px-1.5 text-ink-2 hover:text-ink"
      >
        curl<span className="sr-only"> of {endpoint.path}</span>
      </CopyButton>
    </li>
  );
}
