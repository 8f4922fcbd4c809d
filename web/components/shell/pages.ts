/** The pages of the dashboard in navigation order: a new page is a folder in app/ and a line here. */
export const PAGES = [
  { href: '/', name: 'Overview' },
  { href: '/runs', name: 'Runs' },
  { href: '/health', name: 'Data health' },
] as const satisfies readonly { href: string; name: string }[];
