import { SECOND } from '../domain/timeframe.js';

/** Of the servers that people's clients reach, as Node's http server takes them: a request must arrive in time, its headers sooner. */
export const REQUEST_LIMITS = {
  requestTimeout: 20 * SECOND,
  headersTimeout: 10 * SECOND,
  /** How often connections are checked. */
  connectionsCheckingInterval: 5 * SECOND,
};
