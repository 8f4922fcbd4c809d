import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WORKFLOW_MODULES } from '../tracing/workflow-modules.js';

/** Bundles the workflows at build time, so that a worker starts without webpack: as they are, and with what traces them. */
const workflowsPath = fileURLToPath(new URL('../workflows/index.js', import.meta.url));
for (const [name, workflowInterceptorModules] of [
  ['workflow-bundle.js', []],
  ['workflow-bundle-traced.js', WORKFLOW_MODULES],
] as const) {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...workflowInterceptorModules],
  });
  await writeFile(new URL(`../${name}`, import.meta.url), code);
}
