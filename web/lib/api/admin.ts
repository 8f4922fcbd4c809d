import { useSyncExternalStore } from 'react';
import { answerOf } from './client';
import { ApiProblem } from './errors';

/** The tab's own storage: the token goes with the tab, and no other tab or later visit has it. */
const KEY = 'barkeep.admin-token';

/** The token is asked for: `refused` when the API did not accept the one before. */
export interface TokenQuestion {
  refused: boolean;
  /** @param token null when nobody gives one */
  answer: (token: string | null) => void;
}

/** Nobody gave the token: nothing was done, and nothing needs to be said about it. */
export class Declined extends Error {
  override readonly name = 'Declined';

  constructor() {
    super('This needs the admin token.');
  }
}

let question: TokenQuestion | null = null;
let asked: Promise<string> | null = null;
const listeners = new Set<() => void>();

function setQuestion(next: TokenQuestion | null): void {
  question = next;
  for (const listener of listeners) listener();
}

/** Asks once, however many writes wait for the answer. */
function askForToken(refused: boolean): Promise<string> {
  asked ??= new Promise<string>((resolve, reject) => {
    setQuestion({
      refused,
      answer: (token) => {
        asked = null;
        setQuestion(null);
        if (token === null) return reject(new Declined());
        sessionStorage.setItem(KEY, token);
        resolve(token);
      },
    });
  });
  return asked;
}

/** What a write's request needs besides its own parameters. */
interface AdminInit {
  headers: { Authorization: string };
  signal: AbortSignal;
}

/**
 * Writes with the admin token: asks for it when the tab has none, and again while the API refuses it.
 * @param ask makes the request: `(init) => api.POST(path, { ...init, params, body })`
 * @throws Declined when nobody gives a token, else what `answerOf` throws; a 403 says that the server has none
 */
export async function asAdmin<T>(
  ask: (init: AdminInit) => Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, string>> {
  let token = sessionStorage.getItem(KEY) ?? (await askForToken(false));
  for (;;) {
    try {
      return await answerOf((signal) => ask({ headers: { Authorization: `Bearer ${token}` }, signal }));
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
      // another write may have brought the right one in the meantime
      if (sessionStorage.getItem(KEY) === token) sessionStorage.removeItem(KEY);
      token = sessionStorage.getItem(KEY) ?? (await askForToken(true));
    }
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The question that waits for its answer. */
export const tokenQuestion = (): TokenQuestion | null => question;

/** The same for the dialog. */
export const useTokenQuestion = (): TokenQuestion | null => useSyncExternalStore(subscribe, tokenQuestion, () => null);
