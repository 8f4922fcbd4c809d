'use client';
import { usePathname } from 'next/navigation';
import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import type { RunKey } from '../../lib/api/types';
import { nameOf } from '../../lib/run-filter';
import { changeUrl } from '../../lib/url-state';
import { PageLink } from '../ui/page-link';

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick'> & { run: RunKey };

/** Opens a run on its page, or in a new tab as any other link does. */
export function RunLink({ run, ...rest }: Props) {
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    changeUrl({ run: nameOf(run) });
  };
  const href = `/runs?run=${encodeURIComponent(nameOf(run))}`;
  return usePathname() === '/runs' ? <a href={href} onClick={open} {...rest} /> : <PageLink href={href} {...rest} />;
}
