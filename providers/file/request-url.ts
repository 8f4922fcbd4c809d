import { basename } from 'node:path';

/** What stands for the URL of an imported file: its name. Of a converted one, also the SHA-256 of what it was converted from. */
export const urlOf = (path: string, convertedFrom?: string): string =>
  `file:${encodeURIComponent(basename(path))}${convertedFrom ? `#sha256=${convertedFrom}` : ''}`;

/** Whether a URL is that of an imported file. */
export const fitsUrl = (url: string): boolean => /^file:[^/#?]+(#sha256=[0-9a-f]{64})?$/.test(url);
