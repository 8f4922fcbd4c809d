import type { Metadata, Viewport } from 'next';
import localFont from 'next/font/local';
import type { ReactNode } from 'react';
import { Footer } from '../components/shell/footer';
import { Header } from '../components/shell/header';
import { RecordingNote } from '../components/shell/recording-note';
import { RECORDING } from '../lib/recording';
import { THEME_SCRIPT } from '../lib/theme-script';
import './globals.css';
import { Providers } from './contexts';

const plex = localFont({
  src: './fonts/ibm-plex-sans-latin.woff2',
  variable: '--font-plex',
  weight: '100 700',
  display: 'swap',
});

export const metadata: Metadata = {
  title: { default: 'Barkeep', template: '%s · Barkeep' },
  description:
    'Market data that never loses a bar and can prove it: stocks and coins, their pipelines and their data health.',
  referrer: 'same-origin',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fcfcfa' },
    { media: '(prefers-color-scheme: dark)', color: '#0b0d10' },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    // the script in the head sets data-theme before React hydrates the page
    <html lang="en" className={plex.variable} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:bg-bg focus:p-2"
        >
          Skip to content
        </a>
        <Providers>
          <Header />
          {RECORDING !== null && <RecordingNote />}
          <main id="main" className="mx-auto max-w-[90rem] px-4 md:px-6">
            {children}
          </main>
          <Footer />
        </Providers>
      </body>
    </html>
  );
}
