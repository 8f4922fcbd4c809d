'use client';
import type { ReactNode } from 'react';
import type { Run } from '../../lib/api/types';
import { formatDuration, NONE } from '../../lib/format';
import { viewRun } from '../../lib/pipeline-view';
import { RUN_COUNT_LABELS, type RunCount } from '../../lib/run-counts';
import { cx } from '../ui/cx';
import { SkeletonText } from '../ui/skeleton';
import { StatusMark } from '../ui/status-mark';
import { AttemptsNote, Count, Started } from './run-values';
import { RunLink } from './run-link';

/** Where runs are shown: on the overview, on the runs page, as backfills, and in the sheet of a single run. */
export type RunTable = 'overview' | 'runs' | 'backfills' | 'sheet';

/** Hidden on a phone, and shown only there. */
const WIDE = 'max-sm:hidden';
/** Hidden where a row with all columns does not fit. */
const SPACIOUS = 'max-lg:hidden';
const PHONE = 'sm:hidden';
/** The second line of a row on a phone. */
const SECOND_LINE = cx(PHONE, 'text-xs text-ink-3');
const NUMBER = 'pl-3 text-right';

export interface RunColumn {
  id: string;
  header: string;
  isNumber?: boolean;
  /** Names its row for screen readers. */
  isRowHeader?: boolean;
  /** Class names of the cells besides those of their table. */
  className?: string;
  cell: (run: Run, table: RunTable) => ReactNode;
  /** The cell's second line on a phone, on the runs page. */
  secondLine?: (run: Run) => ReactNode;
  /** Length of the text while it loads; a column without it stays blank. */
  skeletonChars?: number;
  /** The tables that show the column, with the class names of its width and visibility there. */
  tables: Partial<Record<RunTable, string>>;
}

function Status({ run }: { run: Run }) {
  const { mark, label } = viewRun(run);
  return <StatusMark kind={mark}>{label}</StatusMark>;
}

const count = (key: RunCount, tables: RunColumn['tables'], more: Partial<RunColumn> = {}): RunColumn => ({
  id: key,
  header: RUN_COUNT_LABELS[key],
  isNumber: true,
  cell: (run) => <Count count={run[key]} />,
  tables,
  ...more,
});

/** Every column of a run, in order: a new one is one entry here. */
const RUN_COLUMNS: readonly RunColumn[] = [
  {
    id: 'pipeline',
    header: 'Pipeline',
    isRowHeader: true,
    className: 'truncate text-left font-normal',
    cell: (run, table) => (table === 'runs' ? <RunLink run={run}>{run.pipeline}</RunLink> : run.pipeline),
    secondLine: (run) => (
      <span className="flex gap-2 truncate">
        <Status run={run} />
        <Started at={run.startedAt} isShort />
      </span>
    ),
    skeletonChars: 12,
    tables: { overview: '', runs: 'sm:w-32' },
  },
  {
    id: 'startedAt',
    header: 'Started',
    className: 'truncate text-xs',
    cell: (run, table) => <Started at={run.startedAt} isShort={table === 'overview'} />,
    skeletonChars: 17,
    tables: { overview: 'w-20 sm:w-24', runs: cx(WIDE, 'w-40') },
  },
  {
    id: 'status',
    header: 'Status',
    className: 'text-xs',
    cell: (run) => <Status run={run} />,
    skeletonChars: 10,
    tables: { overview: 'w-24 sm:w-28', runs: cx(WIDE, 'w-26'), backfills: 'w-28 md:w-64' },
  },
  count('rowsExtracted', { sheet: '' }),
  count(
    'rowsInserted',
    { overview: 'w-20 max-[24rem]:hidden', runs: 'w-24 sm:w-20', backfills: 'w-24 max-md:hidden', sheet: '' },
    { secondLine: (run) => run.trigger, skeletonChars: 4 },
  ),
  count('rowsUpdated', {
    overview: cx(WIDE, 'w-20'),
    runs: cx(SPACIOUS, 'w-18'),
    backfills: 'w-24 max-md:hidden',
    sheet: '',
  }),
  count('rowsUnchanged', { sheet: '' }),
  count(
    'rowsRejected',
    { overview: cx(WIDE, 'w-20'), runs: cx(SPACIOUS, 'w-18'), sheet: '' },
    { cell: (run) => <Count count={run.rowsRejected} isBad /> },
  ),
  {
    id: 'durationMs',
    header: 'Duration',
    isNumber: true,
    cell: (run) => (run.durationMs === null ? NONE : formatDuration(run.durationMs)),
    secondLine: (run) => <AttemptsNote attempts={run.attempts} />,
    tables: { overview: cx(WIDE, 'w-24'), runs: 'w-20 sm:w-24', backfills: 'w-28 max-md:hidden' },
  },
  {
    id: 'attempts',
    header: 'Attempts',
    isNumber: true,
    cell: ({ attempts }) => (attempts === null ? NONE : <Count count={attempts} isBad={attempts > 1} />),
    tables: { runs: cx(SPACIOUS, 'w-18') },
  },
  {
    id: 'trigger',
    header: 'Trigger',
    className: 'text-xs text-ink-2',
    cell: (run) => run.trigger,
    tables: { runs: cx(SPACIOUS, 'w-28 pl-6'), sheet: '' },
  },
  {
    id: 'errorMessage',
    header: 'Note',
    className: 'truncate text-xs text-ink-3',
    cell: ({ errorMessage }) => errorMessage && <span title={errorMessage}>{errorMessage}</span>,
    tables: { runs: 'max-lg:hidden' },
  },
];

/** The columns that a table shows. */
export const runColumnsOf = (table: RunTable): RunColumn[] => RUN_COLUMNS.filter(({ tables }) => table in tables);

const classOf = ({ isNumber, tables }: RunColumn, table: RunTable) => cx(isNumber && NUMBER, tables[table]);

/** The header cells of a table. */
export const RunHeaders = ({ table }: { table: RunTable }) =>
  runColumnsOf(table).map((column) => (
    <th key={column.id} scope="col" className={classOf(column, table)}>
      {column.header}
    </th>
  ));

/**
 * The cells of a run in a table.
 * @param own cells that the table renders itself, by column
 */
export const RunCells = ({
  table,
  run,
  own = {},
}: {
  table: RunTable;
  run: Run;
  own?: Readonly<Record<string, ReactNode>>;
}) =>
  runColumnsOf(table).map((column) => (
    <Cell key={column.id} column={column} table={table}>
      {own[column.id] ?? column.cell(run, table)}
      {table === 'runs' && column.secondLine && <div className={SECOND_LINE}>{column.secondLine(run)}</div>}
    </Cell>
  ));

/** The cells of a row that is loading. */
export const RunCellsSkeleton = ({ table }: { table: RunTable }) =>
  runColumnsOf(table).map((column) => (
    <Cell key={column.id} column={column} table={table}>
      {column.skeletonChars && <SkeletonText chars={column.skeletonChars} />}
    </Cell>
  ));

function Cell({ column, table, children }: { column: RunColumn; table: RunTable; children: ReactNode }) {
  const className = cx(classOf(column, table), column.className);
  if (!column.isRowHeader) return <td className={className}>{children}</td>;
  return (
    <th scope="row" className={className}>
      {children}
    </th>
  );
}
