import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Package {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  license?: string;
}
const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { lockfileVersion: number; packages: Record<string, Package> };
const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));

/** Licences under which anyone may use, change and pass on what we install. */
const PERMISSIVE = [
  ...[
    'MIT',
    'MIT-0',
    'ISC',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    '0BSD',
    'BlueOak-1.0.0',
    'Unlicense',
    'CC0-1.0',
  ],
  ...['Python-2.0', 'Zlib', 'CC-BY-4.0'],
];
/** Others, whose conditions concern their own files: which packages have them, and why that is no problem. */
const ACCEPTED: Record<string, string> = {
  'LGPL-3.0-or-later': '@img/sharp-', // a library beside Next.js, replaceable, and not in the image
  'MPL-2.0': 'lightningcss|axe-core|@axe-core/playwright', // unchanged, and only for building and testing
};
/** Packages whose package.json names no licence, with the one in their files. */
const UNNAMED: Record<string, string> = { unionfs: 'Unlicense' };

const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Whether an SPDX expression can be satisfied: all parts of an AND, one part of an OR. */
function isAccepted(name: string, expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  const parts = (operator: string) => bare.split(` ${operator} `);
  if (parts('AND').length > 1) return parts('AND').every((part) => isAccepted(name, part));
  if (parts('OR').length > 1) return parts('OR').some((part) => isAccepted(name, part));
  return PERMISSIVE.includes(bare) || (bare in ACCEPTED && new RegExp(`^(${ACCEPTED[bare]})`).test(name));
}

describe('package-lock.json', () => {
  it('has the hash of every package, so that a registry cannot serve another one', () => {
    expect(lock.lockfileVersion).toBe(3);
    const without = installed.filter(([, { link, integrity }]) => !link && !/^sha512-/.test(integrity ?? ''));
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('names no registry and no other place: packages come from the registry of whoever installs', () => {
    const placed = installed.filter(([, { link, resolved }]) => !link && resolved !== undefined);
    expect(placed.map(([path, { resolved }]) => [path, resolved])).toEqual([]);
    expect(read('package-lock.json')).not.toMatch(/https?:\/\/[^"]*\.tgz|git\+|file:/);
    expect(read('.npmrc')).not.toMatch(/registry\s*=|_auth/);
  });

  it('tells nobody that it was installed: the settings of @scarf/scarf, which comes with Swagger UI, turn it off', () => {
    expect(installed.map(([path]) => nameOf(path))).toContain('@scarf/scarf');
    expect(JSON.parse(read('package.json'))).toMatchObject({ scarfSettings: { enabled: false } });
  });
});

describe('licences', () => {
  it('of all packages allow what Barkeep does with them', () => {
    const refused = installed.flatMap(([path, { link, license }]) => {
      const [name, known] = [nameOf(path), license ?? UNNAMED[nameOf(path)] ?? 'none'];
      return link || isAccepted(name, known) ? [] : [`${name}: ${known}`];
    });
    expect(refused).toEqual([]);
  });

  it('with conditions are refused elsewhere', () => {
    expect(isAccepted('other', 'MPL-2.0')).toBe(false);
    expect(isAccepted('other', 'GPL-3.0-only')).toBe(false);
    expect(isAccepted('other', 'MIT AND GPL-3.0-only')).toBe(false);
    expect(isAccepted('other', '(GPL-3.0-only OR MIT)')).toBe(true);
  });
});
