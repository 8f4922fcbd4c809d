'use client';
import { useId, useState, type KeyboardEvent } from 'react';
import type { Asset } from '../../lib/api/types';
import { cx } from '../ui/cx';
import { Dialog } from '../ui/dialog';
import { findAssets } from './find-assets';

/** Finds an asset by part of its symbol or name. */
export function SymbolSearch({
  assets,
  onChoose,
  onClose,
}: {
  assets: readonly Asset[];
  onChoose: (symbol: string) => void;
  onClose: () => void;
}) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const found = findAssets(assets, text);
  const choose = (asset: Asset | undefined) => {
    if (!asset) return;
    onClose();
    onChoose(asset.symbol);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1;
    if (event.key === 'Enter') choose(found[active]);
    else if (event.key === 'ArrowDown') setActive(active >= last ? 0 : active + 1);
    else if (event.key === 'ArrowUp') setActive(active <= 0 ? Math.max(0, last) : active - 1);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Find symbol" onClose={onClose}>
      <input
        autoFocus
        role="combobox"
        aria-label="Symbol or name"
        aria-expanded
        aria-autocomplete="list"
        aria-controls={listId}
        aria-activedescendant={found[active] && `${listId}-${active}`}
        placeholder="Symbol or name"
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
      <ul id={listId} role="listbox" aria-label="Assets" className="-mx-2 h-72 overflow-y-auto">
        {found.map((asset, i) => (
          <li
            key={asset.symbol}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === active}
            onPointerMove={() => setActive(i)}
            onClick={() => choose(asset)}
            className={cx('flex cursor-pointer gap-3 px-2 py-1.5', i === active && 'bg-raised')}
          >
            <span className="w-16 shrink-0 font-semibold">{asset.symbol}</span>
            <span className="min-w-0 truncate text-ink-2">{asset.name}</span>
          </li>
        ))}
      </ul>
      <p role="status" className="label h-4">
        {found.length === 0 && 'No matching assets.'}
      </p>
    </Dialog>
  );
}
