import { createRequire } from 'node:module';

/** jest's own sequencer, which only its core depends on. */
const core = createRequire(import.meta.resolve('jest')).resolve('@jest/core');
const { default: Sequencer } = createRequire(core)('@jest/test-sequencer');

const isUnit = ({ context }) => context.config.displayName.name === 'unit';

/**
 * jest's order, but all integration tests come before unit tests: without durations of an earlier run, jest begins with the
 * largest files, and a long test in a small file would run alone at the end.
 */
export default class IntegrationFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => isUnit(a) - isUnit(b));
  }
}
