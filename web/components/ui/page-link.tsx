'use client';
import Link from 'next/link';
import { useState, type ComponentProps } from 'react';

/**
 * A link to another page of the dashboard, fetched in advance once somebody is about to follow it: for all links in sight,
 * as Next does it by itself, would keep the page busy while its own figures arrive.
 */
export function PageLink(props: Omit<ComponentProps<typeof Link>, 'prefetch'>) {
  const [isWanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  return <Link {...props} prefetch={isWanted ? null : false} onPointerEnter={want} onFocus={want} />;
}
