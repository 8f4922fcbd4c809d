'use client';
import { RANGE_NAMES } from '../../lib/ranges';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';

const GROUPS: [title: string, keys: [keys: string[], action: string][]][] = [
  [
    'Anywhere',
    [
      [['Ctrl', 'K'], 'Find or do anything (also /)'],
      [['1', '…', String(RANGE_NAMES.length)], `Range ${RANGE_NAMES[0]} to ${RANGE_NAMES.at(-1)}`],
      [['c'], 'Focus chart'],
      [['t'], 'Toggle chart/table'],
      [['?'], 'Show shortcuts'],
    ],
  ],
  [
    'On the chart',
    [
      [['←', '→'], 'Previous/next bar (Shift: 10 bars)'],
      [['Home', 'End'], 'First/latest bar'],
      [['+', '−', '0'], 'Zoom in, zoom out, show all'],
      [['Enter'], 'Story of the bar'],
      [['Esc'], 'Remove crosshair'],
    ],
  ],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      {GROUPS.map(([title, keys]) => (
        <div key={title}>
          <h3 className="label pb-1">{title}</h3>
          <dl className="grid grid-cols-[8rem_1fr] gap-y-1.5">
            {keys.map(([names, action]) => (
              <div key={action} className="contents">
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
                <dd className="text-ink-2">{action}</dd>
              </div>
            ))}
          </dl>
        </div>
      ))}
      <p className="label">
        Scroll to move the page; scroll sideways to move the chart. Hold Ctrl or ⌘ while scrolling to zoom the chart.
        Double-click to show all.
      </p>
      <Button onClick={onClose}>Close</Button>
    </Dialog>
  );
}
