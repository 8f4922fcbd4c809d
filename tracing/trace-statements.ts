import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import pg from 'pg';

/** Of a statement, in characters. Its parameters are in no span. */
const SHOWN = 2_000;

type Query = (this: unknown, ...args: unknown[]) => unknown;
/** What node-postgres declares as a dozen overloads. */
const prototypes = [pg.Pool.prototype, pg.Client.prototype] as unknown as { query: Query }[];

/** A span for each statement that belongs to a trace, from when it is given to the pool to its result. */
export function traceStatements(tracer: Tracer): void {
  for (const prototype of prototypes) {
    const query = prototype.query;
    prototype.query = function (...args) {
      const text = textOf(args[0]);
      // a pool gives its client a callback: the span of the pool covers it
      if (text === null || typeof args.at(-1) === 'function' || !trace.getActiveSpan()) return query.apply(this, args);
      const span = tracer.startSpan(`SQL ${verbOf(text)}`, {
        kind: SpanKind.CLIENT,
        attributes: { 'db.system.name': 'postgresql', 'db.query.text': text.slice(0, SHOWN) },
      });
      const result = query.apply(this, args) as Promise<unknown>;
      result.then(
        () => span.end(),
        (error: Error) => {
          span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          span.end();
        },
      );
      return result;
    };
  }
}

function textOf(query: unknown): string | null {
  if (typeof query === 'string') return query;
  const { text } = query as { text?: unknown };
  return typeof text === 'string' ? text : null;
}

/** Such as "select", after comments. */
const verbOf = (text: string): string => /^(?:\s|--.*\n)*(\w+)/.exec(text)?.[1]?.toLowerCase() ?? '';
