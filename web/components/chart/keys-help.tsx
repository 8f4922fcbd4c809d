'use client';
import { RANGE_NAMES } from '../../lib/ranges';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

const GROUPS: [title: string, keys: [keys: string[], what: string][]][] = [
  [
    'Anywhere',
    [
      [['/'], 'find a symbol'],
      [['1', '…', String(RANGE_NAMES.length)], `range ${RANGE_NAMES[0]} to ${RANGE_NAMES.at(-1)}`],
      [['c'], 'go to the chart'],
      [['t'], 'chart or table'],
      [['?'], 'these keys'],
    ],
  ],
  [
    'On the chart',
    [
      [['←', '→'], 'bar by bar, ten with Shift'],
      [['Home', 'End'], 'first bar, newest bar'],
      [['+', '−', '0'], 'zoom in, out, show all'],
      [['Esc'], 'let the crosshair go'],
    ],
  ],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {GROUPS.map(([title, keys]) => (
        <div key={title}>
          <h3 className="label pb-1">{title}</h3>
          <dl className="grid grid-cols-[8rem_1fr] gap-y-1.5">
            {keys.map(([names, what]) => (
              <div key={what} className="contents">
                <dt className="flex gap-1">
                  {names.map((name) =>
                    name === '…' ? (
                      <span key={name}>{name}</span>
                    ) : (
                      <kbd key={name} className="rounded-sm border border-rule-strong px-1.5 font-sans text-xs">
                        {name}
                      </kbd>
                    ),
                  )}
                </dt>
                <dd className="text-ink-2">{what}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
      <p className="label">
        The wheel scrolls the page; with Ctrl or ⌘ it zooms the chart, sideways it moves it. A double click shows all.
      </p>
      <Button onClick={onClose}>Close</Button>
    </Dialog>
  );
}
