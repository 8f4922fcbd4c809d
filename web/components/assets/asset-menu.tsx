'use client';
import { useState } from 'react';
import { useAssetChange } from '../../lib/api/asset-queries';
import type { Asset } from '../../lib/api/types';
import { Menu, MenuAction } from '../ui/menu';
import { ReasonDialog } from '../ui/reason-dialog';
import { TextField } from '../ui/text-field';

type AssetAction = 'pause' | 'resume' | 'retire' | 'rename';

const ACTIONS = {
  pause: {
    verb: 'Pause',
    effect: (symbol: string) =>
      `No run requests ${symbol} until you resume it. Its stored bars are still served, but its latest price goes stale.`,
    example: 'trading is suspended',
  },
  resume: {
    verb: 'Resume',
    effect: (symbol: string) =>
      `Runs request ${symbol} again. What it has missed is fetched, as far back as its provider reaches.`,
    example: 'trading goes on',
  },
  retire: {
    verb: 'Retire',
    effect: (symbol: string) =>
      `No run requests ${symbol} any more, and its missing bars no longer count. Its stored bars are still served. You can resume it.`,
    example: 'taken over by another company',
  },
  rename: {
    verb: 'Rename',
    effect: (symbol: string) =>
      `The same asset under a new symbol: its bars, revisions and lineage stay. ${symbol} still leads to it.`,
    example: 'the company changed its ticker',
  },
} as const satisfies Record<AssetAction, { verb: string; effect: (symbol: string) => string; example: string }>;

const POSSIBLE = {
  active: ['pause', 'rename', 'retire'],
  paused: ['resume', 'rename', 'retire'],
  retired: ['resume'],
} as const satisfies Record<Asset['status'], readonly AssetAction[]>;

const STATUSES = { pause: 'paused', resume: 'active', retire: 'retired' } as const;

/** What can be done with an asset. @param onRenamed with its new symbol */
export function AssetMenu({ asset, onRenamed }: { asset: Asset; onRenamed: (symbol: string) => void }) {
  const [action, setAction] = useState<AssetAction | null>(null);
  const { symbol, status } = asset;
  return (
    <>
      <Menu label="Manage">
        {POSSIBLE[status].map((one) => (
          <MenuAction key={one} label={`${ACTIONS[one].verb} ${symbol}`} onChoose={() => setAction(one)} />
        ))}
      </Menu>
      {action && <Confirmation symbol={symbol} action={action} onRenamed={onRenamed} onClose={() => setAction(null)} />}
    </>
  );
}

function Confirmation({
  symbol,
  action,
  onRenamed,
  onClose,
}: {
  symbol: string;
  action: AssetAction;
  onRenamed: (symbol: string) => void;
  onClose: () => void;
}) {
  const change = useAssetChange(symbol);
  const [name, setName] = useState('');
  const { verb, effect, example } = ACTIONS[action];
  const isRename = action === 'rename';
  const wanted = name.trim();
  return (
    <ReasonDialog
      title={`${verb} ${symbol}`}
      action={verb}
      kind={action === 'retire' ? 'danger' : 'primary'}
      example={example}
      fields={
        isRename && (
          <TextField
            label="New symbol"
            hint="As its provider names it now."
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            required
          />
        )
      }
      isComplete={!isRename || wanted !== ''}
      act={async (reason) => {
        const changed = await change(
          action === 'rename' ? { reason, symbol: wanted } : { reason, status: STATUSES[action] },
        );
        if (changed.symbol !== symbol) onRenamed(changed.symbol);
      }}
      onClose={onClose}
    >
      {effect(symbol)}
    </ReasonDialog>
  );
}
