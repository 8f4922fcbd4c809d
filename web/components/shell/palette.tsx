'use client';
import { useQuery } from '@tanstack/react-query';
import { usePathname, useRouter } from 'next/navigation';
import { Fragment, useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { API_URL } from '../../lib/api/client';
import { assetsQuery, runsQuery } from '../../lib/api/queries';
import type { Asset, Run } from '../../lib/api/types';
import { findCommands, type Command } from '../../lib/commands';
import { viewRun } from '../../lib/pipeline-view';
import { RANGE_NAMES } from '../../lib/ranges';
import { RECORDING } from '../../lib/recording';
import { nameOf } from '../../lib/run-filter';
import { chooseTheme, useTheme, type Theme } from '../../lib/theme';
import { formatTime } from '../../lib/time';
import { changeUrl } from '../../lib/url-state';
import { cx } from '../ui/cx';
import { Dialog } from '../ui/dialog';
import { PAGES } from './pages';

const SHOWN_RUNS = 20;

/** Finds and does anything: an asset, a range, a run, a page, an action. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { data: assets = [] } = useQuery(assetsQuery);
  const { data: runs } = useQuery(runsQuery({ limit: SHOWN_RUNS }));
  const go = useGo();
  const theme = useTheme();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const found = findCommands(
    [
      ...assetCommands(assets, go),
      ...rangeCommands(go),
      ...pageCommands(go, theme),
      ...runCommands(runs?.runs ?? [], go),
    ],
    text,
  );
  const at = Math.min(active, found.length - 1);

  const choose = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { length } = found;
    if (event.key === 'Enter') choose(found[at]);
    else if (event.key === 'ArrowDown') setActive((at + 1) % Math.max(1, length));
    else if (event.key === 'ArrowUp') setActive((at - 1 + length) % Math.max(1, length));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find or do anything" onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-label="Asset, range, run, page or action"
        aria-expanded
        aria-autocomplete="list"
        aria-controls={listId}
        aria-activedescendant={found[at] && `${listId}-${at}`}
        placeholder="Asset, range, run, page or action"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="h-9 w-full rounded border border-rule-strong bg-bg px-2 text-base placeholder:text-ink-3"
      />
      <Found id={listId} commands={found} at={at} onPoint={setActive} onChoose={choose} />
      <p role="status" className="label h-4">
        {found.length === 0 && 'No matches.'}
      </p>
    </Dialog>
  );
}

/** The commands that match, by group. The selected one is always in view. */
function Found({
  id,
  commands,
  at,
  onPoint,
  onChoose,
}: {
  id: string;
  commands: readonly Command[];
  at: number;
  onPoint: (index: number) => void;
  onChoose: (command: Command) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  const selected = commands[at]?.id;
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <ul ref={list} id={id} role="listbox" aria-label="Commands" className="-mx-2 h-80 max-h-[50dvh] overflow-y-auto">
      {commands.map((command, i) => (
        <Fragment key={command.id}>
          {command.group !== commands[i - 1]?.group && (
            <li role="presentation" className="label px-2 pt-2 pb-0.5">
              {command.group}
            </li>
          )}
          <li
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onPointerMove={() => onPoint(i)}
            onClick={() => onChoose(command)}
            className={cx('flex cursor-pointer gap-3 px-2 py-1', i === at && 'bg-raised forced-colors:outline')}
          >
            <span className="min-w-16 shrink-0 font-semibold">{command.label}</span>
            <span className="min-w-0 wrap-anywhere text-ink-2">{command.note}</span>
          </li>
        </Fragment>
      ))}
    </ul>
  );
}

/** Changes the page's URL if it is the overview, else goes there. */
type Go = { overview: (patch: Record<string, string | null>) => void; to: (href: string) => void };

function useGo(): Go {
  const router = useRouter();
  const path = usePathname();
  return {
    to: (href) => router.push(href),
    overview: (patch) => {
      if (path === '/') return changeUrl(patch);
      const query = new URLSearchParams(
        Object.entries(patch).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      );
      router.push(`/?${query.toString()}`);
    },
  };
}

const assetCommands = (assets: readonly Asset[], go: Go): Command[] =>
  assets.map(({ symbol, name }) => ({
    group: 'Assets',
    id: `asset ${symbol}`,
    label: symbol,
    note: name,
    run: () => go.overview({ symbol, bar: null }),
  }));

const rangeCommands = (go: Go): Command[] =>
  RANGE_NAMES.map((range) => ({
    group: 'Ranges',
    id: `range ${range}`,
    label: range,
    note: 'range of the chart',
    run: () => go.overview({ range, timeframe: null }),
  }));

const runCommands = (runs: readonly Run[], go: Go): Command[] =>
  runs.map((run) => ({
    group: 'Latest runs',
    id: `run ${nameOf(run)}`,
    label: run.pipeline,
    note: `${viewRun(run).label}, ${formatTime(run.startedAt, 'clock', 'UTC')} UTC`,
    run: () => go.to(`/runs?run=${encodeURIComponent(nameOf(run))}`),
  }));

function pageCommands(go: Go, theme: Theme | null): Command[] {
  const other: Theme = theme === 'dark' ? 'light' : 'dark';
  const action = (label: string, note: string, run: () => void) => ({ group: 'Actions', id: label, label, note, run });
  return [
    ...PAGES.map(({ href, name }) => ({
      group: 'Pages',
      id: href,
      label: name,
      note: 'page',
      run: () => go.to(href),
    })),
    action('Add assets', 'search by name, ticker or ISIN', () => go.overview({ add: '' })),
    action(`Switch to ${other} theme`, 'colours', () => chooseTheme(other)),
    action('Show the table', 'bars as rows', () => go.overview({ view: 'table' })),
    action('Show the chart', 'bars as candles', () => go.overview({ view: null })),
    action('Failed runs', 'list', () => go.to('/runs?status=failed')),
    action('REST API', 'endpoints with curl', () => go.to('/#api')),
    ...(RECORDING === null
      ? [action('Interactive reference', 'OpenAPI, docs', () => window.location.assign(`${API_URL}/docs`))]
      : []),
  ];
}
