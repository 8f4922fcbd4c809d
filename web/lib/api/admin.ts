import { useSyncExternalStore } from 'react';
import { requestJson } from './client';
import { ApiProblem } from './errors';

/** In session storage: the token lives as long as its tab and is shared with no other tab or later visit. */
const KEY = 'barkeep.admin-token';
const UNAUTHORIZED = 401;

/** A request for the admin token; `refused` if the API did not accept the previous one. */
export interface TokenPrompt {
  refused: boolean;
  /** @param token null if the user declines */
  submit: (token: string | null) => void;
}

/** The user gave no token: nothing was done, and there is no error to show. */
export class Declined extends Error {
  override readonly name = 'Declined';

  constructor() {
    super('This needs the admin token.');
  }
}

let prompt: TokenPrompt | null = null;
let pendingToken: Promise<string> | null = null;
const listeners = new Set<() => void>();

function setPrompt(next: TokenPrompt | null): void {
  prompt = next;
  for (const listener of listeners) listener();
}

/** Prompts once, however many writes wait for the token. */
function promptForToken(refused: boolean): Promise<string> {
  pendingToken ??= new Promise<string>((resolve, reject) => {
    setPrompt({
      refused,
      submit: (token) => {
        pendingToken = null;
        setPrompt(null);
        if (token === null) return reject(new Declined());
        sessionStorage.setItem(KEY, token);
        resolve(token);
      },
    });
  });
  return pendingToken;
}

/** What a write adds to its request besides its own parameters. */
interface AdminInit {
  headers: { Authorization: string };
  signal: AbortSignal;
}

/**
 * Writes with the admin token: prompts for it if the tab has none, and again while the API refuses it.
 * @param send makes the request: `(init) => api.POST(path, { ...init, params, body })`
 * @throws Declined if the user gives no token, else what `requestJson` throws; a 403 means that the server has no token
 */
export async function asAdmin<T>(
  send: (init: AdminInit) => Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, string>> {
  let token = sessionStorage.getItem(KEY) ?? (await promptForToken(false));
  for (;;) {
    try {
      return await requestJson((signal) => send({ headers: { Authorization: `Bearer ${token}` }, signal }));
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === UNAUTHORIZED)) throw error;
      // another write may have stored the right one in the meantime
      if (sessionStorage.getItem(KEY) === token) sessionStorage.removeItem(KEY);
      token = sessionStorage.getItem(KEY) ?? (await promptForToken(true));
    }
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The open prompt, if any. */
export const tokenPrompt = (): TokenPrompt | null => prompt;

/** The open prompt, for the dialog. */
export const useTokenPrompt = (): TokenPrompt | null => useSyncExternalStore(subscribe, tokenPrompt, () => null);
