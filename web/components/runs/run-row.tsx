'use client';
import type { MouseEvent } from 'react';
import type { Run } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { changeUrl } from '../../lib/url-state';
import { RunCells } from './run-columns';

/** aria-rowindex counts from 1, and the header is row 1. */
const FIRST_ROW_INDEX = 2;

/** A run on one line, or on two on a phone. A click anywhere opens it. */
export function RunRow({ run, index, height }: { run: Run; index: number; height: number }) {
  const open = (event: MouseEvent) => {
    // releasing the mouse after selecting text is not a click
    if (!event.defaultPrevented && !window.getSelection()?.toString()) changeUrl({ run: nameOf(run) });
  };
  return (
    <tr
      aria-rowindex={index + FIRST_ROW_INDEX}
      onClick={open}
      style={{ height }}
      className="cursor-pointer border-b border-rule focus-within:bg-raised hover:bg-raised"
    >
      <RunCells table="runs" run={run} />
    </tr>
  );
}
