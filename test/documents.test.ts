import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ASKED_PROVIDER_IDS, PROVIDERS } from '../config/catalog/providers.js';
import { ENV_VARIABLES } from '../config/env.js';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { composeVariables, interpolated } from './compose.js';
import { allBlocks, blocksOf, documentsOf } from './documents/blocks.js';

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
    const rows = [...ofOurs.matchAll(/^\| (`[A-Z0-9_]+`(?:, `[A-Z0-9_]+`)*) \|/gm)].map(([, names]) => names!).join();
    expect(namesIn(rows, /`([A-Z0-9_]+)`/g)).toEqual(sorted(ENV_VARIABLES));
  });

  it('gives the command that adds every search attribute', () => {
    const cloud = read('docs/how-to/temporal-cloud.md');
    for (const name of Object.values(SEARCH_ATTRIBUTES)) expect(cloud).toContain(`--search-attribute "${name}=`);
  });

  it('lists the variables that docker-compose.yml reads', () => {
    expect(namesIn(section(document, 'Docker Compose'), /`([A-Z_]{4,})`/g)).toEqual(sorted(composeVariables()));
  });
});

describe('docs/runbook.md', () => {
  const document = read('docs/runbook.md');

  it('gives the form with Docker Compose and on Kubernetes of every command of npm and of the Temporal CLI', () => {
    const forms = section(document, 'Commands by installation');
    const withNpmStartOnly = ['backup', 'restore'];
    for (const name of namesIn(document, /npm run ([a-z]+)/g)) {
      if (withNpmStartOnly.includes(name)) continue;
      expect(forms).toContain(`docker compose exec worker node dist/cli/${name}.js`);
      expect(forms).toMatch(new RegExp(`kubectl exec .*deployment/worker -- .*node dist/cli/${name}\\.js`));
    }
    expect(forms).toContain('docker compose exec temporal temporal');
  });
});

describe('docs/security.md', () => {
  const leaving = section(read('docs/security.md'), 'What leaves the machine');
  const hostOf = (url: string) => new URL(url).hostname;

  it('lists every provider that is asked, with the variable of its host', () => {
    for (const id of ASKED_PROVIDER_IDS)
      expect(leaving).toContain(`| \`${hostOf(PROVIDERS[id].defaultBaseUrl)}\` (\`${id.toUpperCase()}_BASE_URL\`) |`);
  });

  it('lists every other host that a setting or the code names', () => {
    for (const name of ENV_VARIABLES.filter((variable) => /_URL$/.test(variable)))
      expect([name, name.endsWith('_DATABASE_URL') || leaving.includes(`\`${name}\``)]).toEqual([name, true]);
    // for people to follow, and nothing is sent unless they do
    const links = ASKED_PROVIDER_IDS.flatMap((id) => [PROVIDERS[id].homepage, PROVIDERS[id].terms].map(hostOf));
    links.push('nodejs.org', 'www.tradingview.com');
    const code =
      '{activities,api,cli,config,contracts,db,planning,providers,tracing,worker,workflows,web/{app,components,lib}}/**';
    const sources = globSync(`${code}/*.{ts,tsx,mjs}`).filter(
      (path) => !/\.test\.|node_modules|schema\.d\.ts/.test(path),
    );
    expect(sources.length).toBeGreaterThan(300);
    const named = sources.flatMap((path) =>
      [
        ...read(path)
          .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
          .matchAll(/https?:\/\/([a-z\d-]+(?:\.[a-z\d-]+)+)/g),
      ].map(([, host]) => host!),
    );
    const other = sorted(named).filter(
      (host) => !isLocal(host) && !links.includes(host) && !leaving.includes(`\`${host}\``),
    );
    expect(other).toEqual([]);
  });
});

/** Loopback, and names that exist in examples only (RFC 2606). */
const isLocal = (host: string) => /^127\.|(^|\.)example(\.|$)/.test(host);

describe('every document', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const documents = documentsOf(root);
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

  it.each(documents)('%s says where a read token comes from if it uses one', (path) => {
    const text = read(path);
    if (/Bearer (\$READ_TOKEN|\{TOKEN\})/.test(text)) expect(text).toMatch(/security\.md#tokens|^## Tokens$/m);
  });

  it.each(documents)('%s names only secrets that deploy/create-secrets.sh creates', (path) => {
    const named = namesIn(read(path), /(?<!\/run\/)\bsecrets\/([a-z][a-z-]*[a-z])\b(?!\.)/g);
    const known = [...Object.keys(interpolated({}).secrets), 'temporal-api-key'];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(documents)('%s has no command with a date that passes', (path) => {
    // dates in output are none that a reader types
    for (const { text } of blocksOf(path, read(path))) expect(text).not.toMatch(/20[23]\d-\d\d-\d\d/);
  });

  it.each(documents)('%s links to files and headings that exist', (path) => {
    for (const [, target] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^\w+:/.test(target!)) continue;
      const [file, heading] = target!.split('#') as [string, string?];
      const there = file ? join(dirname(path), file) : path;
      expect([target, existsSync(join(root, there))]).toEqual([target, true]);
      if (heading) expect([target, anchorsOf(read(there))]).toEqual([target, expect.arrayContaining([heading])]);
    }
  });
});

/** What GitHub makes of the headings of a document. */
const anchorsOf = (document: string) =>
  namesIn(document, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s…-]/g, '')
      .replaceAll('…', '')
      .replaceAll(' ', '-'),
  );

describe('the blocks of commands', () => {
  const blocks = allBlocks(fileURLToPath(new URL('..', import.meta.url)));
  const place = ({ document, line }: { document: string; line: number }) => `${document}:${line}`;

  it('are run by npm run test:docs, or say why not', () => {
    const due = blocks.filter(({ reason }) => reason === null);
    expect(due.length).toBeGreaterThan(30);
    // what no test may start, change or reach must be marked
    const forbidden =
      /^(docker|kubectl|gcloud|sudo|systemctl|git|rm|certbot|npm (start|ci|run (demo|test)))\b|\/etc\/|<this repository>/m;
    expect(due.filter(({ text }) => forbidden.test(text)).map(place)).toEqual([]);
  });

  it('are what a shell understands', () => {
    for (const { document, line, language, text } of blocks) {
      if (language !== 'sh' || text.includes('<this repository>')) continue;
      const { stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
      expect([place({ document, line }), stderr]).toEqual([place({ document, line }), '']);
    }
  });

  it('name files of this project that exist', () => {
    for (const { document, line, text } of blocks)
      for (const path of namesIn(text, /(?<![\w/-])((?:deploy|dist|config|docs)\/[\w./-]*\w)/g)) {
        const source = path.replace(/^dist\/(.*)\.js$/, '$1.ts');
        expect([place({ document, line }), path, existsSync(new URL(`../${source}`, import.meta.url))]).toEqual([
          ...[place({ document, line }), path, true],
        ]);
      }
  });

  it('are found wherever they are: in lists, and with a mark right above them', () => {
    const found = blocksOf(
      'a.md',
      ['1. x', '', '   <!-- not run: no -->', '   ```sh', '   a', '   ```', '```', 'out', '```'].join('\n'),
    );
    expect(found).toEqual([{ document: 'a.md', line: 5, language: 'sh', text: 'a', reason: 'no' }]);
    expect(() => blocksOf('a.md', '<!-- not run: no -->\n\n```sh\na\n```')).toThrow('right above a block');
    expect(() => blocksOf('a.md', '```sh\na')).toThrow('does not end');
  });
});
