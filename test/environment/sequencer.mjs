import { createRequire } from 'node:module';

/** jest's own sequencer, which only its core depends on. */
const core = createRequire(import.meta.resolve('jest')).resolve('@jest/core');
const { default: Sequencer } = createRequire(core)('@jest/test-sequencer');

/** Integration tests come first, then the tests of commands, which start processes. */
const orderOf = ({ context, path }) =>
  context.config.displayName.name !== 'unit' ? 0 : path.includes('/cli/') ? 1 : 2;

/**
 * jest's order within these groups: without durations of an earlier run, jest begins with the largest files, and a long test
 * in a small file would run alone at the end.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => orderOf(a) - orderOf(b));
  }
}
