import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ASKED_PROVIDER_IDS, PROVIDERS } from '../config/catalog/providers.js';

/** Code that must treat all providers alike: what sets one apart is in its folder, and in its entry of the catalog. */
const CODE =
  '{domain,config,db,contracts,planning,activities,workflows,worker,api,cli,web/{app,components,lib}}/**/*.{ts,tsx}';
const MAY_NAME_ONE = [
  /^config\/catalog\//,
  /\.test\.tsx?$/,
  /^web\/lib\/api\/schema\.d\.ts$/, // generated
  /\.(schema|examples|docs)\.ts$/, // examples of values
];

/** A source without its comments. Strings are kept; `//` after a colon is part of a URL. */
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(?<!:)\/\/.*$/gm, '');

it('nothing outside of providers/ and the catalog names a provider', () => {
  const names = ASKED_PROVIDER_IDS.flatMap((id) => [`'${id}'`, `\\.${id}\\b`, `\\b${id}:`, PROVIDERS[id].name]);
  const named = new RegExp(names.join('|'));
  const files = globSync(CODE, { exclude: ['**/node_modules/**'] }).filter(
    (file) => !MAY_NAME_ONE.some((may) => may.test(file)),
  );
  expect(files.length).toBeGreaterThan(300);
  const guilty = files.flatMap((file) =>
    withoutComments(readFileSync(file, 'utf8'))
      .split('\n')
      .filter((line) => named.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(guilty).toEqual([]);
});

it('the dashboard knows nothing of a provider but what the API says, not even of own files', () => {
  const guilty = globSync('web/{app,components,lib}/**/*.{ts,tsx}')
    .filter((file) => !MAY_NAME_ONE.some((may) => may.test(file)))
    .filter((file) => /\b(provider|source) [!=]== '/.test(withoutComments(readFileSync(file, 'utf8'))));
  expect(guilty).toEqual([]);
});
