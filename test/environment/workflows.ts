import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';

export const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));

/** Bundles all workflows, which takes seconds: test/environment does it once for all tests, unless dist/ has the bundle. @returns its own argument */
export async function bundleWorkflows(path: string): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(path, code);
  return path;
}

/** That bundle, for a worker. */
export function workflowBundle(): WorkflowBundlePath {
  const codePath = process.env.BARKEEP_TEST_WORKFLOWS;
  if (!codePath) throw new Error('BARKEEP_TEST_WORKFLOWS is not set: run the tests through `npm test`');
  return { codePath };
}
