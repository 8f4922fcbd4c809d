'use client';
import Link from 'next/link';
import { useState, type ComponentProps } from 'react';

/**
 * A link to another page of the dashboard, prefetched once the user is about to follow it. Next prefetches all visible links
 * by default, which would keep the page busy while its own data load.
 */
export function PageLink(props: Omit<ComponentProps<typeof Link>, 'prefetch'>) {
  const [isWanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  return <Link {...props} prefetch={isWanted ? null : false} onPointerEnter={want} onFocus={want} />;
}
