'use client';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

/** Of the list, and its least distance from the edge of the window, px. */
const WIDTH = 256;
const MARGIN = 8;

/** Where the list begins, from the button on: further left if it would not fit the window. @param button its left edge */
const leftOf = (button: number): number =>
  Math.max(MARGIN - button, Math.min(0, document.documentElement.clientWidth - MARGIN - WIDTH - button));

/** A button that opens a list over the page; an action in it, Esc or a click elsewhere closes it. */
export function Menu({ label, children }: { label: ReactNode; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const [left, setLeft] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    const onPointerDown = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [isOpen]);

  // the button has the focus again, so that a dialog which an action opens returns it there
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div
      ref={root}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        close();
      }}
      onBlur={(event) => {
        if (event.relatedTarget && !root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={({ currentTarget }) => {
          setLeft(leftOf(currentTarget.getBoundingClientRect().left));
          setOpen(!isOpen);
        }}
        className="flex h-8 items-center gap-1 px-1.5 text-xs whitespace-nowrap text-ink-2 hover:text-ink sm:h-7"
      >
        {label}
        <svg aria-hidden viewBox="0 0 8 8" className="size-2">
          <path d="m1 2.5 3 3 3-3" fill="none" stroke="currentColor" strokeWidth="1.2" />
        </svg>
      </button>
      {isOpen && (
        <div
          id={id}
          onClick={(event) => event.target instanceof Element && event.target.closest('button') && close()}
          className="absolute top-full z-20 max-h-[26rem] overflow-y-auto rounded border border-rule-strong bg-bg py-1"
          style={{ left, width: WIDTH }}
        >
          {children}
        </div>
      )}
    </div>
  );
}

/** An option that can be switched on or off. */
export function MenuCheck({
  label,
  note,
  checked,
  disabled,
  onChange,
}: {
  label: string;
  note?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: () => void;
}) {
  return (
    <label className="flex cursor-pointer gap-2 px-3 py-1 hover:bg-raised has-disabled:cursor-not-allowed has-disabled:opacity-50">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={onChange}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span className="min-w-0">
        <span className="block">{label}</span>
        {note && <span className="label block">{note}</span>}
      </span>
    </label>
  );
}

/** Something to do. */
export function MenuAction({ label, onChoose }: { label: string; onChoose: () => void }) {
  return (
    <button type="button" onClick={onChoose} className="block w-full px-3 py-1 text-left hover:bg-raised">
      {label}
    </button>
  );
}
