import { createRequire } from 'node:module';

/** The workflow's part of tracing: it runs in the sandbox of workflows, and takes a trace on to activities and children. */
export const WORKFLOW_MODULES: string[] = [
  createRequire(import.meta.url).resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors'),
];
