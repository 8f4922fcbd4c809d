'use client';
import { viewRun } from '../../lib/pipeline-view';
import { FILTER_NAMES, FILTERS, type FilterName, type RunFilter } from '../../lib/run-filter';
import { Select } from '../ui/select';

const ALL: Record<FilterName, string> = { pipeline: 'All pipelines', status: 'All statuses', trigger: 'All triggers' };
const OPTIONS = {
  pipeline: FILTERS.pipeline.map((value) => ({ value, name: value })),
  status: FILTERS.status.map((status) => ({ value: status, name: viewRun({ status }).label })),
  trigger: FILTERS.trigger.map((value) => ({ value, name: value })),
};

/** Chooses which runs are shown. */
export function Filters({
  filter,
  onFilter,
}: {
  filter: RunFilter;
  onFilter: (patch: Partial<Record<FilterName, string | null>>) => void;
}) {
  return (
    <div className="flex gap-2 max-sm:w-[calc(100vw-2rem)] max-sm:py-1.5">
      {FILTER_NAMES.map((name) => (
        <Select
          key={name}
          className="max-sm:min-w-0 max-sm:flex-1"
          label={`Filter by ${name}`}
          all={ALL[name]}
          value={filter[name] ?? null}
          options={OPTIONS[name]}
          onChange={(value) => onFilter({ [name]: value })}
        />
      ))}
    </div>
  );
}
