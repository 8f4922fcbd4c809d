'use client';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

/** A button that opens a list over the page; Esc or a click elsewhere closes it. */
export function Menu({ label, children }: { label: ReactNode; children: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
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

  return (
    <div
      ref={root}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        event.stopPropagation();
        setOpen(false);
        button.current?.focus();
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
        onClick={() => setOpen(!isOpen)}
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
          className="absolute top-full left-0 z-20 max-h-[26rem] w-64 max-w-[80vw] overflow-y-auto rounded border border-rule-strong bg-bg py-1"
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
