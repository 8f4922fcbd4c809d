import { describe, expect, it } from 'vitest';
import { EnvError, readEnv } from './env.js';
import { isToken, lacksReadToken, tokensOf } from './tokens.js';

const TOKEN = 'a-token-of-the-test';
/** printf %s a-token-of-the-test | sha256sum */
const HASH = 'sha256:5be83403bcf6a6d14387dbe913dcfe58cd68d448d387441ab001d817cfdece9f';

describe('a token', () => {
  it.each(['ADMIN_TOKEN', 'READ_TOKEN'] as const)('can be given as its hash: %s', (name) => {
    const which = name === 'ADMIN_TOKEN' ? 'admin' : 'read';
    const [plain, hashed] = [{ [name]: TOKEN }, { [`${name}_HASH`]: HASH }].map((given) => tokensOf(readEnv(given)));
    expect(hashed).toEqual(plain);
    expect(isToken(TOKEN, hashed![which]!)).toBe(true);
    for (const other of ['', `${TOKEN}x`, HASH]) expect(isToken(other, hashed![which]!)).toBe(false);
  });

  it.each([
    [{ ADMIN_TOKEN: TOKEN, ADMIN_TOKEN_HASH: HASH }, 'ADMIN_TOKEN, ADMIN_TOKEN_HASH: set only one of them'],
    [{ READ_TOKEN: TOKEN, READ_TOKEN_HASH: HASH }, 'READ_TOKEN, READ_TOKEN_HASH: set only one of them'],
    [{ ADMIN_TOKEN: TOKEN, READ_TOKEN_HASH: HASH }, 'READ_TOKEN: must not be the admin token'],
    [{ READ_TOKEN_HASH: TOKEN }, 'READ_TOKEN_HASH: must be sha256: and'],
    [{ READ_TOKEN: 'with a space' }, 'READ_TOKEN: must have no spaces'],
  ])('is refused where settings contradict each other: %j', (given, problem) => {
    const read = () => readEnv(given);
    expect(read).toThrow(EnvError);
    expect(read).toThrow(problem);
    expect(read).not.toThrow(new RegExp(TOKEN));
  });
});

describe('reading', () => {
  it('needs no token if it is public, even if there is one', () => {
    expect(tokensOf(readEnv({ READ_TOKEN: TOKEN, PUBLIC_READ: '1' })).read).toBeUndefined();
  });

  it.each([
    [{}, false],
    [{ HOST: 'localhost' }, false],
    [{ HOST: '::1' }, false],
    [{ HOST: '0.0.0.0' }, true],
    [{ HOST: '::' }, true],
    [{ HOST: '192.168.1.5', ADMIN_TOKEN: TOKEN }, true],
    [{ HOST: '0.0.0.0', READ_TOKEN: TOKEN }, false],
    [{ HOST: '0.0.0.0', READ_TOKEN_HASH: HASH }, false],
    [{ HOST: '0.0.0.0', PUBLIC_READ: 'true' }, false],
    [{ HOST: '0.0.0.0', PUBLIC_READ: '0' }, true],
    // behind a reverse proxy
    [{ ALLOWED_HOSTS: 'localhost,bars.localhost' }, false],
    [{ ALLOWED_HOSTS: 'localhost,bars.example.com' }, true],
    [{ ALLOWED_HOSTS: '192.168.1.5' }, true],
    [{ ALLOWED_HOSTS: 'bars.example.com', READ_TOKEN: TOKEN }, false],
    [{ ALLOWED_HOSTS: 'bars.example.com', PUBLIC_READ: '1' }, false],
  ])('with %j lacks a token: %s', (given, lacks) => {
    expect(lacksReadToken(readEnv(given))).toBe(lacks);
  });
});
