/** Neighbours share a rule; the outer edges stand on the page's margins. */
export const CARD = 'flex min-w-0 flex-col py-4 lg:px-6 lg:first:pl-0 lg:last:pr-0';
