'use client';
import { usePathname } from 'next/navigation';
import { AlertBell } from '../alerts/alert-bell';
import { cx } from '../ui/cx';
import { PageLink } from '../ui/page-link';
import { ConnectionNote } from './connection-note';
import { PAGES } from './pages';
import { PaletteLauncher } from './palette-launcher';
import { SimulatedBadge } from './simulated-badge';
import { ThemeToggle } from './theme-toggle';

/** On every page: the navigation, whether the data are simulated, and whether the API is reachable. Two lines on a phone. */
export function Header() {
  // with a slash at its end in the static demo
  const path = usePathname().replace(/(?<=.)\/$/, '');
  return (
    <header className="sticky top-0 z-20 border-b border-rule bg-bg">
      <div className="mx-auto grid max-w-[90rem] grid-cols-[auto_1fr] items-center gap-x-3 px-4 sm:gap-x-6 md:h-12 md:grid-cols-[auto_auto_1fr] md:px-6">
        <PageLink href="/" className="flex h-11 items-center gap-2 font-semibold tracking-tight md:h-12">
          <Mark />
          Barkeep
        </PageLink>
        <nav
          aria-label="Pages"
          className="order-last col-span-2 -mx-2 flex h-10 md:order-none md:col-span-1 md:mx-0 md:h-12"
        >
          {PAGES.map(({ href, name }) => (
            <PageLink
              key={href}
              href={href}
              aria-current={path === href ? 'page' : undefined}
              className={cx(
                'flex items-center border-b-2 px-2 pt-0.5',
                path === href ? 'border-accent text-ink' : 'border-bg text-ink-2 hover:text-ink',
              )}
            >
              {name}
            </PageLink>
          ))}
        </nav>
        <div className="flex items-center justify-end gap-1 sm:gap-3">
          {/* what appears once the API has responded comes first, so that nothing moves */}
          <ConnectionNote />
          <SimulatedBadge />
          <AlertBell />
          <PaletteLauncher />
          <ThemeToggle />
        </div>
      </div>
    </header>
  );
}

const Mark = () => (
  <svg aria-hidden viewBox="0 0 16 16" className="size-4 fill-current">
    <path d="M1 6h3v6H1zM2 4h1v2H2zM6.5 3h3v7h-3zM7.5 10h1v4h-1zM12 5h3v5h-3zM13 2h1v3h-1zM13 10h1v2h-1z" />
  </svg>
);
