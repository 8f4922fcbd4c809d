import { useSyncExternalStore } from 'react';

/** A request for a token; `refused` if the API did not accept the previous one. */
export interface TokenPrompt {
  /** The read token is needed to see anything, so it cannot be declined. */
  token: 'admin' | 'read';
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

/** Those that wait; the first one is open. */
let prompts: readonly TokenPrompt[] = [];
const pending = new Map<TokenPrompt['token'], Promise<string>>();
const listeners = new Set<() => void>();

function setPrompts(next: readonly TokenPrompt[]): void {
  prompts = next;
  for (const listener of listeners) listener();
}

/**
 * Prompts once, however many requests wait for the token.
 * @throws Declined
 */
export async function promptForToken(token: TokenPrompt['token'], refused: boolean): Promise<string> {
  const given =
    pending.get(token) ??
    new Promise<string>((resolve, reject) => {
      const prompt: TokenPrompt = {
        token,
        refused,
        submit: (text) => {
          pending.delete(token);
          setPrompts(prompts.filter((other) => other !== prompt));
          if (text === null) reject(new Declined());
          else resolve(text);
        },
      };
      setPrompts([...prompts, prompt]);
    });
  pending.set(token, given);
  return given;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The open prompt, if any. */
export const tokenPrompt = (): TokenPrompt | null => prompts[0] ?? null;

/** The open prompt, for the dialog. */
export const useTokenPrompt = (): TokenPrompt | null => useSyncExternalStore(subscribe, tokenPrompt, () => null);
