'use client';
import { useState, type ReactNode } from 'react';

/** Flashes in the colour of the change when its value changes. */
export function Ticking({ value, children }: { value: number; children: ReactNode }) {
  const [shown, setShown] = useState({ value, direction: 0 });
  if (shown.value !== value) setShown({ value, direction: Math.sign(value - shown.value) });
  const tick = shown.direction === 0 ? undefined : shown.direction > 0 ? 'tick-up' : 'tick-down';
  return (
    <span key={shown.value} className={tick}>
      {children}
    </span>
  );
}
