const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
      },
    ],
  },
  modulePathIgnorePatterns: ['/dist/', '/.data/', '/.cache/', '/web/(out|.next)/'],
};
const ignored = ['/node_modules/', '/dist/', '/web/(out|.next)/', '/.data/', '/test/e2e/'];

/** Unit tests need no servers. Integration tests share one PostgreSQL and one Temporal, started once for all of them. */
/** @type {import('jest').Config} */
export default {
  // generous, because CI machines are slow
  testTimeout: 30_000,
  projects: [
    { ...common, displayName: 'unit', testPathIgnorePatterns: [...ignored, '/test/integration/'] },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/test/integration/**/*.test.ts'],
      testPathIgnorePatterns: ignored,
      globalSetup: './test/environment/setup.mjs',
      globalTeardown: './test/environment/teardown.mjs',
    },
  ],
};
