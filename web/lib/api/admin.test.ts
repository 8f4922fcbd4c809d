import { beforeEach, describe, expect, it } from '@jest/globals';
import { asAdmin, Declined, tokenQuestion } from './admin';
import { type ApiProblem } from './errors';

const stored = new Map<string, string>();
const storage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
  removeItem: (key: string) => void stored.delete(key),
};
Object.defineProperty(globalThis, 'sessionStorage', { value: storage, configurable: true });

/** A server with this token; null = it has none. Keeps what it was sent. */
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
const answer = async (token: string | null) => {
  while (!tokenQuestion()) await Promise.resolve();
  tokenQuestion()!.answer(token);
};

describe('a write as admin', () => {
  beforeEach(() => stored.clear());

  it('asks for the token once, however many writes wait, and never again', async () => {
    const { sent, write } = server('right');
    const writes = [asAdmin(write), asAdmin(write)];
    expect(tokenQuestion()).toMatchObject({ refused: false });
    await answer('right');
    expect(await Promise.all(writes)).toEqual([{ done: true }, { done: true }]);
    expect(await asAdmin(write)).toEqual({ done: true });
    expect(sent).toEqual(Array.from({ length: 3 }, () => 'Bearer right'));
    expect(tokenQuestion()).toBeNull();
  });

  it('asks again while the token is refused, and keeps no refused one', async () => {
    const { sent, write } = server('right');
    const result = asAdmin(write);
    await answer('wrong');
    while (!tokenQuestion()) await Promise.resolve();
    expect(tokenQuestion()).toMatchObject({ refused: true });
    expect(stored.size).toBe(0);
    await answer('right');
    expect(await result).toEqual({ done: true });
    expect(sent).toEqual(['Bearer wrong', 'Bearer right']);
  });

  it('is declined when nobody gives a token, and asks nothing of the API', async () => {
    const { sent, write } = server('right');
    const result = asAdmin(write);
    await answer(null);
    await expect(result).rejects.toBeInstanceOf(Declined);
    expect(sent).toEqual([]);
  });

  it('fails where the server has no token, without asking for another', async () => {
    const { write } = server(null);
    const result = asAdmin(write);
    await answer('any');
    await expect(result).rejects.toMatchObject({ status: 403 } satisfies Partial<ApiProblem>);
    expect(tokenQuestion()).toBeNull();
  });
});
