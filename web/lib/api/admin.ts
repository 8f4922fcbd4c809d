import { RECORDING } from '../recording';
import { isUnauthorized, requestOnce } from './client';
import { promptForToken } from './token-prompt';

/** In session storage: the token lives as long as its tab and is shared with no other tab or later visit. */
const KEY = 'barkeep.admin-token';

/** What a write adds to its request besides its own parameters. */
interface AdminInit {
  headers: { Authorization: string };
  signal: AbortSignal;
}

/**
 * Writes with the admin token: prompts for it if the tab has none, and again while the API refuses it.
 * @param send makes the request: `(init) => api.POST(path, { ...init, params, body })`
 * @throws Declined if the user gives no token, else what `requestOnce` throws; a 403 means that the server has no token
 */
export async function asAdmin<T>(
  send: (init: AdminInit) => Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, string>> {
  // a recording refuses every change, whatever the token
  let token = RECORDING === null ? (sessionStorage.getItem(KEY) ?? (await ask(false))) : '';
  for (;;) {
    try {
      return await requestOnce((signal) => send({ headers: { Authorization: `Bearer ${token}` }, signal }));
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      // another write may have stored the right one in the meantime
      if (sessionStorage.getItem(KEY) === token) sessionStorage.removeItem(KEY);
      token = sessionStorage.getItem(KEY) ?? (await ask(true));
    }
  }
}

async function ask(refused: boolean): Promise<string> {
  const token = await promptForToken('admin', refused);
  sessionStorage.setItem(KEY, token);
  return token;
}
