import { type Provider, ProviderError } from '../provider.js';
import { parseBars } from './wire.js';

/** Own files as a source: `npm run import` brings them, and nothing can be requested. */
export const createFile = (): Provider => ({
  id: 'file',
  parseBars,
  fetchBars: () =>
    Promise.reject(new ProviderError('not-obtainable', 'bars of own files cannot be requested: use npm run import')),
});
