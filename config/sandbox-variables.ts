import { ASKED_PROVIDER_IDS, PROVIDERS } from './catalog/providers.js';

/** The environment variables with which the sandbox takes the place of every provider: it has their paths, and accepts any key. */
export const variablesOfSandbox = (url: string): Record<string, string> =>
  Object.fromEntries(
    ASKED_PROVIDER_IDS.flatMap((id) => {
      const { defaultBaseUrl, keys } = PROVIDERS[id];
      const base = `${url}${new URL(defaultBaseUrl).pathname.replace(/\/$/, '')}`;
      return [[`${id.toUpperCase()}_BASE_URL`, base], ...keys.map((name) => [name, 'sandbox'] as const)];
    }),
  );
