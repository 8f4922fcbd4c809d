'use client';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { usePageKeys } from '../../lib/use-page-keys';

/** Loaded when it is first opened. */
const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });

/** Opens the command palette: by its button, by Ctrl-K or ⌘K anywhere, and by / outside of fields. */
export function PaletteLauncher() {
  const [isOpen, setOpen] = useState(false);
  usePageKeys({ '/': () => setOpen(true) });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault(); // the browser's own search field
      setOpen((wasOpen) => wasOpen || !document.querySelector('dialog[open]'));
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <>
      <button
        type="button"
        aria-keyshortcuts="Control+K Meta+K"
        title="Find or do anything (Ctrl-K)"
        onClick={() => setOpen(true)}
        className="flex h-7 min-w-7 items-center justify-center gap-2 rounded text-xs text-ink-2 hover:text-ink sm:border sm:border-rule-strong sm:px-2"
      >
        <svg aria-hidden viewBox="0 0 16 16" className="size-4 sm:size-3.5" fill="none" stroke="currentColor">
          <circle cx="7" cy="7" r="4.5" strokeWidth="1.4" />
          <path d="m10.5 10.5 3.5 3.5" strokeWidth="1.4" />
        </svg>
        <span className="max-sm:hidden">Ctrl K</span>
        <span className="sr-only">Find or do anything</span>
      </button>
      {isOpen && <Palette onClose={() => setOpen(false)} />}
    </>
  );
}
