'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { allRunsQuery } from '../../lib/api/queries';
import { counted } from '../../lib/format';
import { FILTER_NAMES, type FilterName, type RunFilter } from '../../lib/run-filter';
import { Button } from '../ui/button';
import { cx } from '../ui/cx';
import { Panel } from '../ui/panel';
import { Empty } from '../ui/states';
import { Filters } from './filters';
import { RunsTable, RunsTableSkeleton } from './runs-table';

const NO_FILTER = Object.fromEntries(FILTER_NAMES.map((name) => [name, null]));

/** Every run, newest first, page by page; new runs appear automatically. */
export function RunsPanel({
  filter,
  onFilter,
}: {
  filter: RunFilter;
  onFilter: (patch: Partial<Record<FilterName, string | null>>) => void;
}) {
  const query = useInfiniteQuery(allRunsQuery(filter));
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Panel
      className="mt-8"
      title="Runs"
      note="newest first; times in UTC"
      actions={<Filters filter={filter} onFilter={onFilter} />}
      query={query}
      stateClassName="h-64"
      skeleton={<RunsTableSkeleton />}
      isEmpty={({ pages }) => pages[0]?.runs.length === 0}
      empty={
        isFiltered ? (
          <Empty title="No runs match these filters">
            <Button onClick={() => onFilter(NO_FILTER)}>Clear filters</Button>
          </Empty>
        ) : (
          <Empty title="No runs yet">The first run starts when a schedule next fires.</Empty>
        )
      }
    >
      {({ pages }) => {
        const runs = pages.flatMap((page) => page.runs);
        return (
          <div className={cx(query.isPlaceholderData && 'opacity-50')} aria-busy={query.isPlaceholderData}>
            <RunsTable runs={runs} />
            <div className="flex h-14 items-center justify-center gap-3 border-t border-rule text-xs text-ink-3">
              {query.hasNextPage ? (
                <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {query.isFetchingNextPage ? 'Loading…' : 'Load older runs'}
                </Button>
              ) : (
                <span>{counted(runs.length, 'run')} in total</span>
              )}
            </div>
          </div>
        );
      }}
    </Panel>
  );
}
