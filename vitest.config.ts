import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { Progress } from './test/environment/progress.js';
import { LongestFirst } from './test/environment/sequencer.js';

/** Tests that replace modules, or whose modules remember what was done to them: each file has a process of its own. */
const apart = ['tracing/*.test.ts', 'web/lib/api/**/*.test.ts', 'workflows/*.test.ts'];

/** A file for the results as JSON. */
const report = process.env.TEST_REPORT;

/** Unit tests need no servers. Integration tests share one PostgreSQL and one Temporal, started once for all of them. */
export default defineConfig({
  // Nest injects by the types of constructor parameters
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    // for what hangs: however busy the machine, a test that works ends before
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // to load the modules costs more than most tests: a process loads them once for all files that it runs
    isolate: false,
    setupFiles: './test/environment/each-file.ts',
    // more than there are cores: integration tests mostly wait for a database, a workflow or a time-out
    maxWorkers: Math.min(8, 3 * availableParallelism()),
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new Progress(), report ? ['json', { outputFile: report }] : {}],
    projects: [
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: './test/environment/setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [
            ...[
              '**/node_modules/**',
              'dist/**',
              'web/{out,.next}/**',
              '.data/**',
              '.cache/**',
              'test/{e2e,integration}/**',
            ],
            ...apart,
          ],
        },
      },
      { extends: true, test: { name: 'apart', include: apart, isolate: true } },
    ],
  },
});
