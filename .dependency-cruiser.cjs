/** The layers of docs/architecture.md: imports go down only. `npm run depcruise -- --output-type dot` draws them. */
const layers = ['domain', 'config', 'db', 'providers', 'activities', 'workflows', 'worker', 'api', 'cli'];
const above = (i) => layers.slice(i + 1).map((layer) => `^${layer}/`);

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-tests', severity: 'error', from: { pathNot: '(\\.test\\.ts$|^test/|^bench/)' }, to: { path: '(\\.test\\.ts$|^test/)' } },
    {
      name: 'domain-is-pure',
      comment: 'No I/O, no clock, no framework below this line.',
      severity: 'error',
      from: { path: '^domain/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: 'node_modules/zod/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'It shares no code with what it tests, so that one mistake cannot hide on both sides.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(domain|config|db|providers|activities|workflows|worker|api)/' },
    },
    {
      name: 'workflows-import-types-only',
      comment: 'Activities, database and providers never enter the workflow bundle.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(activities|db|providers)/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'api-and-worker-apart', severity: 'error', from: { path: '^api/' }, to: { path: '^(worker|activities|providers)/', dependencyTypesNot: ['type-only'] } },
    ...layers.slice(0, -1).map((layer, i) => ({
      name: `${layer}-imports-down`,
      severity: 'error',
      from: { path: `^${layer}/`, pathNot: '\\.test\\.ts$' },
      to: { path: above(i), ...(layer === 'activities' ? { pathNot: '^workflows/contracts\\.ts$' } : {}) },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|web|node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensionAlias: { '.js': ['.ts', '.js'] }, conditionNames: ['import', 'node', 'default'] },
  },
};
