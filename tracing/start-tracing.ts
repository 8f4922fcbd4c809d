import { diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { Context } from '@temporalio/activity';
import type { FastifyInstance } from 'fastify';
import pTimeout from 'p-timeout';
import { SECOND } from '../domain/timeframe.js';
import { traceRequests } from './trace-requests.js';
import { traceStatements } from './trace-statements.js';
import { WORKFLOW_MODULES } from './workflow-modules.js';

/** Less than a process has for its stop. */
const STOP_MS = 2 * SECOND;

/** What a process adds where its requests, workflows and activities pass. */
export interface Tracing {
  /** The requests of an API. */
  requests: (fastify: FastifyInstance) => void;
  /** Of a client of Temporal. */
  client: { workflow: OpenTelemetryWorkflowClientInterceptor[] };
  /** Of a worker. */
  workflowModules: string[];
  activity: (context: Context) => { inbound: OpenTelemetryActivityInboundInterceptor };
  sinks: { exporter: ReturnType<typeof makeWorkflowExporter> };
  /** Sends what is left, if the collector takes it in time. Never rejects: a process has stopped well without it. */
  stop: () => Promise<void>;
}

/**
 * Sends spans of requests, workflows, activities and statements to OTEL_EXPORTER_OTLP_ENDPOINT, over HTTP.
 * @param service its name, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES says another
 * @param processor default: one that sends batches
 */
export function startTracing(
  service: string,
  onProblem: (message: string) => void,
  processor: SpanProcessor = new BatchSpanProcessor(new OTLPTraceExporter()),
  stopMs = STOP_MS,
): Tracing {
  const problem = (message: string, ...more: unknown[]) => onProblem([message, ...more].map(String).join(' '));
  const silent = () => undefined;
  diag.setLogger(
    { error: problem, warn: problem, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const resource = new Resource({ 'service.name': service }).merge(
    detectResourcesSync({ detectors: [envDetectorSync] }),
  );
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() });
  const tracer = trace.getTracer('barkeep');
  traceStatements(tracer);
  return {
    requests: (fastify) => traceRequests(fastify, tracer),
    client: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
    workflowModules: WORKFLOW_MODULES,
    activity: (context) => ({ inbound: new OpenTelemetryActivityInboundInterceptor(context) }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    stop: async () => {
      const sent = pTimeout(provider.shutdown(), { milliseconds: stopMs, message: 'the collector does not answer' });
      await sent.catch((error: Error) => problem(error.message));
    },
  };
}
