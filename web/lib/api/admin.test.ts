import { beforeEach, describe, expect, it } from 'vitest';
import { asAdmin } from './admin';
import { type ApiProblem } from './errors';
import { Declined, tokenPrompt } from './token-prompt';

const stored = new Map<string, string>();
const storage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
  removeItem: (key: string) => void stored.delete(key),
};
Object.defineProperty(globalThis, 'sessionStorage', { value: storage, configurable: true });

/** A server with this token (null = none); records the tokens that it was sent. */
function server(token: string | null) {
  const sent: string[] = [];
  const write = ({ headers: { Authorization: given } }: { headers: { Authorization: string } }) => {
    sent.push(given);
    const status = token === null ? 403 : given === `Bearer ${token}` ? 200 : 401;
    const response = new Response(null, { status });
    return Promise.resolve(status === 200 ? { data: { done: true }, response } : { error: {}, response });
  };
  return { sent, write };
}
const submit = async (token: string | null) => {
  while (!tokenPrompt()) await Promise.resolve();
  tokenPrompt()!.submit(token);
};

describe('a write as admin', () => {
  beforeEach(() => stored.clear());

  it('prompts for the token once, however many writes wait, and never again', async () => {
    const { sent, write } = server('right');
    const writes = [asAdmin(write), asAdmin(write)];
    expect(tokenPrompt()).toMatchObject({ refused: false });
    await submit('right');
    expect(await Promise.all(writes)).toEqual([{ done: true }, { done: true }]);
    expect(await asAdmin(write)).toEqual({ done: true });
    expect(sent).toEqual(Array.from({ length: 3 }, () => 'Bearer right'));
    expect(tokenPrompt()).toBeNull();
  });

  it('prompts again while the token is refused, and never stores a refused one', async () => {
    const { sent, write } = server('right');
    const result = asAdmin(write);
    await submit('wrong');
    while (!tokenPrompt()) await Promise.resolve();
    expect(tokenPrompt()).toMatchObject({ refused: true });
    expect(stored.size).toBe(0);
    await submit('right');
    expect(await result).toEqual({ done: true });
    expect(sent).toEqual(['Bearer wrong', 'Bearer right']);
  });

  it('is declined if the user gives no token, without a request to the API', async () => {
    const { sent, write } = server('right');
    const result = asAdmin(write);
    await submit(null);
    await expect(result).rejects.toBeInstanceOf(Declined);
    expect(sent).toEqual([]);
  });

  it('fails if the server has no token, without another prompt', async () => {
    const { write } = server(null);
    const result = asAdmin(write);
    await submit('any');
    await expect(result).rejects.toMatchObject({ status: 403 } satisfies Partial<ApiProblem>);
    expect(tokenPrompt()).toBeNull();
  });
});
