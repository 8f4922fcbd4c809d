import type { ProviderId } from '../config/catalog.js';
import * as coingecko from './coingecko/wire.js';
import type { Provider } from './provider.js';
import * as yahoo from './yahoo/wire.js';

/** Reads stored bodies of one provider: pure functions, without a client. */
export interface BodyReader extends Pick<Provider, 'parseBars'> {
  /** Rows as the provider sent them, by their position among the rows of `parseBars`. */
  rowsAsSent(body: Buffer, rows: readonly number[]): unknown[];
}

export const READERS = { yahoo, coingecko } satisfies Record<ProviderId, BodyReader>;
