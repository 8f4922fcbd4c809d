import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Integration tests come first, then the tests of commands, which start processes. */
const orderOf = ({ project, moduleId }: TestSpecification): number =>
  project.name === 'integration' ? 0 : project.name === 'apart' ? 3 : moduleId.includes('/cli/') ? 1 : 2;

/** The runner's own order within these groups: by the durations of an earlier run, else the largest files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => orderOf(a) - orderOf(b));
  }
}
