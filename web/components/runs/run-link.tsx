'use client';
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import type { RunKey } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { changeUrl } from '../../lib/url-state';

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> & { run: RunKey };

/** Opens a run on this page, or in a new tab as any other link does. */
export function RunLink({ run, ...rest }: Props) {
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    changeUrl({ run: nameOf(run) });
  };
  return <a href={`/runs?run=${encodeURIComponent(nameOf(run))}`} onClick={open} {...rest} />;
}
