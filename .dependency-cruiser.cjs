/** The layers of docs/architecture.md, lowest first: imports go down only. */
const LAYERS = [
  'domain',
  'config',
  'tracing',
  'db',
  'providers',
  'contracts',
  'planning',
  'activities',
  'workflows',
  'worker',
  'api',
  'cli',
];

const source = (folders) => `^(${folders.join('|')})/`;
const TEST = '(\\.test\\.ts$|^test/)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...LAYERS.slice(0, -1).map((layer, i) => ({
      name: `${layer}-imports-down`,
      comment: `${layer}/ must not import ${LAYERS.slice(i + 1).join(', ')}.`,
      severity: 'error',
      from: { path: `^${layer}/`, pathNot: TEST },
      to: { path: source(LAYERS.slice(i + 1)) },
    })),
    {
      name: 'domain-is-pure',
      comment: 'No I/O, no clock, no framework in domain/.',
      severity: 'error',
      from: { path: '^domain/', pathNot: TEST },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'] },
    },
    {
      name: 'contracts-import-domain-and-config',
      comment:
        'The worker, the API and the CLI all import contracts/, so it must not depend on what only some of them use.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: TEST },
      to: { path: '^(db|providers)/' },
    },
    {
      name: 'workflows-import-activity-types-only',
      comment: 'Activities must not end up in the workflow bundle.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TEST },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-know-contracts-and-domain',
      comment:
        'A workflow orders steps. How a step reads the database or a provider does not concern it, not even as a type.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TEST },
      to: { path: '^(db|providers|planning)/' },
    },
    {
      name: 'workflows-use-no-builtins',
      comment: 'Workflow code is replayed, so it must not depend on the machine.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'api-is-independent-of-the-worker',
      comment: 'The API reads the database and queries Temporal; it does not run any part of the pipeline.',
      severity: 'error',
      from: { path: '^api/', pathNot: TEST },
      // pure functions that parse stored payloads; no client
      to: { path: '^(worker|activities|providers)/', pathNot: '^providers/payload-readers\\.ts$' },
    },
    {
      name: 'sandbox-is-independent',
      comment:
        'It shares no code with what it tests, so that no mistake can hide on both sides; the generated calendars are data.',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: TEST },
      to: { path: source(LAYERS), pathNot: '^domain/calendars/data/' },
    },
    {
      name: 'nothing-imports-the-sandbox',
      comment: 'It is a separate program, reached over HTTP.',
      severity: 'error',
      from: { path: source([...LAYERS, 'bench']), pathNot: TEST },
      to: { path: '^sandbox/' },
    },
    {
      name: 'not-to-tests',
      comment: 'The static demo is recorded and looked at with the tools of the browser tests.',
      severity: 'error',
      from: { pathNot: '(\\.test\\.ts$|^(test|bench|web/static-demo)/|^vitest\\.config\\.ts$)' },
      to: { path: TEST },
    },
    {
      name: 'web-is-independent',
      comment:
        'The dashboard runs in browsers: it knows the API by HTTP and by the types generated from api/openapi.json.',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/static-demo/' },
      to: { path: source([...LAYERS, 'sandbox', 'bench', 'test']) },
    },
    {
      name: 'nothing-imports-web',
      comment: 'The API serves the built dashboard.',
      severity: 'error',
      from: { path: source([...LAYERS, 'sandbox', 'bench', 'test']), pathNot: '^test/e2e/' },
      to: { path: '^web/' },
    },
    {
      name: 'browser-tests-share-types-only',
      comment: 'They know the API by the types generated from api/openapi.json, as the dashboard does.',
      severity: 'error',
      from: { path: '^test/e2e/' },
      to: { path: '^web/', pathNot: '^web/lib/api/schema\\.d\\.ts$' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies-at-run-time',
      severity: 'error',
      from: { path: source([...LAYERS, 'sandbox']), pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|web/out|web/[.]next|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
