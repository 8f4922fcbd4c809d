import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ENV_VARIABLES } from '../config/env.js';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { composeVariables } from './compose.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
/** The part of a Markdown document under a heading of the second level. */
const section = (document: string, heading: string): string =>
  document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const namesIn = (text: string, pattern: RegExp) => sorted([...text.matchAll(pattern)].map(([, name]) => name!));

describe('docs/configuration.md', () => {
  const document = read('docs/configuration.md');

  it('has a row for every variable of config/env.ts, and no other', () => {
    const ofOurs = document.replace(section(document, 'Your own Temporal server'), '');
    const rows = [...ofOurs.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm)].map(([, names]) => names!).join();
    expect(namesIn(rows, /`([A-Z_]+)`/g)).toEqual(sorted(ENV_VARIABLES));
  });

  it('gives the command that adds every search attribute', () => {
    const command = section(document, 'Your own Temporal server');
    for (const name of Object.values(SEARCH_ATTRIBUTES)) expect(command).toContain(`--search-attribute "${name}=`);
  });

  it('lists the variables that docker-compose.yml reads', () => {
    expect(namesIn(section(document, 'Docker Compose'), /`([A-Z_]{4,})`/g)).toEqual(sorted(composeVariables()));
  });
});

describe('docs/runbook.md', () => {
  const document = read('docs/runbook.md');

  it('gives the form with Docker Compose of every command of npm and of the Temporal CLI', () => {
    const compose = section(document, 'With Docker Compose');
    for (const name of namesIn(document, /npm run ([a-z]+)/g))
      expect(compose).toContain(`docker compose exec worker node dist/cli/${name}.js`);
    expect(compose).toContain('docker compose exec temporal temporal');
  });
});

describe('every document', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'docs/api.md', 'docs/configuration.md', 'docs/runbook.md'];
  documents.push(
    'docs/sandbox.md',
    'docs/temporal.md',
    'docs/dashboard.md',
    'docs/data-quality.md',
    'docs/observability.md',
    'docs/backup.md',
  );
  const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts));

  it.each(documents)('%s names only npm scripts that exist', (path) => {
    const named = namesIn(read(path), /npm run ([a-z][a-z0-9:]*)/g).filter((name) => !name.startsWith('api:'));
    for (const name of named) expect(scripts).toContain(name);
  });

  it.each(documents)('%s says where an admin token comes from if it uses one', (path) => {
    const text = read(path);
    const used = text.search(/Bearer \$ADMIN_TOKEN/);
    if (used < 0) return;
    const defined = text.search(/export ADMIN_TOKEN=/);
    // before it, or in the same sentence
    expect(defined).toBeGreaterThan(-1);
    expect(defined).toBeLessThan(used + 100);
  });

  it.each(documents)('%s has no command with a date that passes', (path) => {
    // dates in output are none that a reader types
    const blocks = [...read(path).matchAll(/^```(?:sh|sql)\n([\s\S]*?)^```/gm)].map(([, block]) => block!);
    for (const block of blocks) expect(block).not.toMatch(/20[23]\d-\d\d-\d\d/);
  });
});
