import { availableParallelism } from 'node:os';

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

/** Twice the cores: integration tests mostly wait for a database, a workflow or a time-out. */
const maxWorkers = Math.min(8, 2 * availableParallelism());
/** Of an idle worker: jest keeps the modules of each file that a worker has run. */
const workerIdleMemoryLimit = '1.5GB';

/** Unit tests need no servers. Integration tests share one PostgreSQL and one Temporal, started once for all of them. */
/** @type {import('jest').Config} */
export default {
  // for what hangs: however busy the machine, a test that works ends before
  testTimeout: 600_000,
  maxWorkers,
  workerIdleMemoryLimit,
  testSequencer: './test/environment/sequencer.mjs',
  reporters: ['default', './test/environment/progress.mjs'],
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
