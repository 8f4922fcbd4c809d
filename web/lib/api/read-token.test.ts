import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

/** A server whose reads need a token: the cookies of the browser, and what it was sent. */
const server = { signedIn: false, tokens: [] as (string | null)[] };
const asked = vi.spyOn(globalThis, 'fetch').mockImplementation((input) => {
  const request = input as Request;
  const { pathname } = new URL(request.url);
  if (pathname !== '/api/session') return Promise.reject(new Error(`${pathname} is not asked for`));
  const token = request.headers.get('Authorization');
  server.tokens.push(token);
  server.signedIn = token === 'Bearer right';
  return Promise.resolve(Response.json({ isKept: true }, { status: server.signedIn ? 200 : 401 }));
});
process.env.NEXT_PUBLIC_API_URL = 'http://api.example';
const { requestJson } = await import('./client');
const { tokenPrompt } = await import('./token-prompt');

const read = () => {
  const response = new Response(null, { status: server.signedIn ? 200 : 401 });
  return Promise.resolve(server.signedIn ? { data: { bars: 1 }, response } : { error: {}, response });
};
const submit = async (token: string) => {
  while (!tokenPrompt()) await new Promise(setImmediate);
  const prompt = tokenPrompt()!;
  prompt.submit(token);
  return prompt;
};

describe('a read that needs the token', () => {
  beforeEach(() => {
    server.signedIn = false;
    server.tokens = [];
  });
  afterAll(() => asked.mockRestore());

  it('prompts for it once, however many wait, until the server accepts it, and then returns what was asked for', async () => {
    const reads = [requestJson(read), requestJson(read)];
    expect(await submit('wrong')).toMatchObject({ token: 'read', refused: false });
    expect(await submit('right')).toMatchObject({ token: 'read', refused: true });
    expect(await Promise.all(reads)).toEqual([{ bars: 1 }, { bars: 1 }]);
    expect(server.tokens).toEqual(['Bearer wrong', 'Bearer right']);
    expect(tokenPrompt()).toBeNull();
  });

  it('prompts for nothing while the cookie is there', async () => {
    server.signedIn = true;
    expect(await requestJson(read)).toEqual({ bars: 1 });
    expect(server.tokens).toEqual([]);
  });
});
