import { readSecretFiles } from '../config/secret-files.js';
import type { Tracing } from './start-tracing.js';

export type { Tracing };

/** Either of these says where traces go; OpenTelemetry's own variables configure the rest. */
const TRACE_ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

const HEADERS = 'OTEL_EXPORTER_OTLP_HEADERS';

/**
 * Traces what a process does, if there is somewhere to send it to; else, nothing of OpenTelemetry is loaded.
 * @param program such as `worker`
 * @param onProblem told why spans could not be sent
 */
export async function tracingOf(
  program: string,
  onProblem: (message: string) => void,
  variables: NodeJS.ProcessEnv = process.env,
): Promise<Tracing | null> {
  if (!TRACE_ENDPOINTS.some((name) => variables[name])) return null;
  // its exporter knows no files; readEnv has told what is wrong with one
  variables[HEADERS] = readSecretFiles(variables, [HEADERS]).variables[HEADERS] ?? '';
  const { startTracing } = await import('./start-tracing.js');
  return startTracing(`barkeep-${program}`, onProblem);
}
