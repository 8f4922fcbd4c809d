'use client';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent } from 'react';
import { assetSearchQuery } from '../../lib/api/asset-queries';
import type { AssetSearch } from '../../lib/api/types';
import { askingFor, symbolsIn } from '../../lib/asset-search';
import { useDebounced } from '../../lib/use-debounced';
import { useProviderName } from '../../lib/use-provider-name';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SkeletonBlock } from '../ui/skeleton';
import { Problem } from '../ui/states';
import { TextField } from '../ui/text-field';
import { AttemptState, FoundRow, ShowChart } from './found-row';
import { useAdditions, type Attempt } from './use-additions';

/** Long enough that typing a name is one search. ms */
const PAUSE_MS = 300;

/** Searches the providers for assets, and follows those that the user chooses. */
export function AddAssets({ onClose, onShow }: { onClose: () => void; onShow: (symbol: string) => void }) {
  const [text, setText] = useState('');
  const wanted = useDebounced(text.trim(), PAUSE_MS);
  const list = symbolsIn(wanted);
  const isSearch = wanted !== '' && list.length === 0;
  const query = useQuery({ ...assetSearchQuery(wanted), enabled: isSearch });
  const additions = useAdditions();
  const found = isSearch ? (query.data?.results ?? []) : [];
  const others = [...additions.attempts].filter(([asked]) => !found.some((one) => askingFor(one).asked === asked));
  const root = useRef<HTMLDivElement>(null);

  return (
    <Dialog kind="sheet" title="Add assets" onClose={onClose}>
      {/* the arrow keys go from row to row, so that typing and choosing need no mouse */}
      <div ref={root} className="flex flex-col gap-3" onKeyDown={(event) => moveFocus(event, root.current)}>
        <TextField
          label="Name, ticker or ISIN"
          hint="Or several symbols, separated by commas."
          type="search"
          value={text}
          onChange={({ target }) => setText(target.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          data-step
        />
        {list.length > 0 && (
          <Button
            kind="primary"
            className="self-start"
            data-step
            onClick={() => {
              void additions.add(list, null);
              setText('');
            }}
          >
            Add {list.length}: {list.join(', ')}
          </Button>
        )}
        <p role="status" className="min-h-4 text-xs text-ink-3">
          {isSearch && <SearchStatus search={query.data} isSearching={query.isFetching || wanted !== text.trim()} />}
        </p>
        {isSearch && query.data === undefined && query.isError && <Problem error={query.error} />}
        {isSearch && query.data === undefined && !query.isError && <SkeletonBlock className="h-48" />}
        {found.length > 0 && (
          <ul
            aria-label="Found"
            aria-busy={query.isPlaceholderData}
            className="divide-y divide-rule border-y border-rule"
          >
            {found.map((one) => {
              const { asked, provider } = askingFor(one);
              return (
                <FoundRow
                  key={`${one.provider} ${one.providerSymbol}`}
                  found={one}
                  attempt={additions.attempts.get(asked)}
                  onAdd={() => void additions.add([asked], provider)}
                  onShow={onShow}
                />
              );
            })}
          </ul>
        )}
        {others.length > 0 && <Others attempts={others} onShow={onShow} />}
      </div>
    </Dialog>
  );
}

/** What was added, or refused, and is not among the results shown. */
const Others = ({
  attempts,
  onShow,
}: {
  attempts: readonly (readonly [string, Attempt])[];
  onShow: (symbol: string) => void;
}) => (
  <ul aria-label="Added before" className="divide-y divide-rule border-y border-rule">
    {attempts.map(([asked, attempt]) => (
      <li key={asked} className="flex min-h-9 flex-wrap items-center gap-x-3 py-1">
        <span className="font-semibold">{asked}</span>
        <AttemptState attempt={attempt} />
        {attempt.state === 'added' && <ShowChart symbol={attempt.symbol} onShow={onShow} />}
      </li>
    ))}
  </ul>
);

/** How many results there are, and which providers did not answer. */
function SearchStatus({ search, isSearching }: { search: AssetSearch | undefined; isSearching: boolean }) {
  const nameOf = useProviderName();
  if (isSearching) return 'Searching…';
  if (!search) return null;
  const { results, providers } = search;
  const failed = providers.flatMap(({ provider, failure }) => {
    return failure === null ? [] : `${nameOf(provider)} did not answer: ${failure}.`;
  });
  return (
    <>
      {results.length === 0 ? 'Nothing found.' : `${results.length} found.`}{' '}
      {failed.length > 0 && <span className="text-warn">{failed.join(' ')}</span>}
    </>
  );
}

/** Arrow keys move between the search and the controls of the rows. */
function moveFocus(event: KeyboardEvent, root: HTMLElement | null): void {
  if (!root || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
  const steps = [...root.querySelectorAll<HTMLElement>('[data-step]:not(:disabled)')];
  const at = steps.findIndex((step) => step === document.activeElement);
  const next = steps[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
