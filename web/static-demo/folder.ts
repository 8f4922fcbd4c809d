import { fileURLToPath } from 'node:url';

/** The static demo. */
export const FOLDER = fileURLToPath(new URL('../../artifacts/static-demo/', import.meta.url));

/** The path that it is served under; `DEMO_PATH=/barkeep`, or the root of a host. */
export const DEMO_PATH = `/${process.env.DEMO_PATH ?? ''}`.replaceAll(/\/+/g, '/');
