import { z } from 'zod';

/** Of routes that take no parameters in the query string. */
export const NoQuery = z.strictObject({});
export type NoQuery = z.output<typeof NoQuery>;
