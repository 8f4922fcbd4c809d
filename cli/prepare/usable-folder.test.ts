import { describe, expect, it } from 'vitest';
// @ts-expect-error: bootstrap's modules are JavaScript, without declarations
import { checkUsableFolder as untyped } from './usable-folder.mjs';

const checkUsableFolder = untyped as (root: string, env: Record<string, string>) => void;

describe('the folder of a clone', () => {
  it.each([['"'], ['$'], ['`']])('with %s in its path is refused, unless PostgreSQL runs elsewhere', (character) => {
    const root = `/home/me/a ${character}folder/barkeep`;
    expect(() => checkUsableFolder(root, {})).toThrow(`a ${character} in its name: ${root}.\nRename the folder`);
    for (const variable of ['DATABASE_URL', 'DATABASE_URL_FILE'])
      expect(() => checkUsableFolder(root, { [variable]: 'given' })).not.toThrow();
  });

  it('may have any other name', () => {
    expect(() => checkUsableFolder("/home/me/my pröjekt's (1) #1 100% [a] {b} & é/bar keep", {})).not.toThrow();
  });
});
