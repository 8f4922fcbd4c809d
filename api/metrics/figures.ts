import { Gauge, type Metric, type Registry } from 'prom-client';
import { mapInTurns, nextTurn } from '../http/turns.js';

/** Figures that are read from the database: those of one subject, as gauges. */
export interface Figures {
  /** Reads them anew. */
  refresh(): Promise<void>;
  /** While they cannot be read, they are absent. */
  forget(): void;
}

/** A gauge with labels. @param name without the prefix that all of ours have */
export const gauge = (registry: Registry, name: string, help: string, labelNames: string[]): Gauge =>
  new Gauge({ name: `barkeep_${name}`, help, labelNames, registers: [registry] });

/** Replaces all values of a gauge, which may have several for each asset. */
export async function setAll(
  to: Gauge,
  values: readonly (readonly [labels: Record<string, string>, value: number])[],
): Promise<void> {
  to.reset();
  await mapInTurns(values, ([labels, value]) => to.set(labels, value));
}

/** What prom-client's types leave out. */
interface Renderer {
  getMetricsAsString(metric: Pick<Metric, 'get'>): Promise<string>;
}

/** Values of a metric that are rendered in one turn of the event loop. */
const VALUES_PER_TURN = 5_000;
/** The lines HELP and TYPE. */
const HEAD_LINES = 2;

/** The same text as `registry.metrics()`, which renders all in one turn: ten thousand assets have a hundred thousand values. */
export async function textOf(registry: Registry): Promise<string> {
  const texts: string[] = [];
  for (const { name } of registry.getMetricsAsArray()) {
    await nextTurn();
    const metric = registry.getSingleMetric(name)!;
    texts.push(
      metric instanceof Gauge ? await textOfGauge(registry, metric) : await registry.getSingleMetricAsString(name),
    );
  }
  return `${texts.join('\n\n')}\n`;
}

async function textOfGauge(registry: Registry, metric: Gauge): Promise<string> {
  const { values, ...about } = await metric.get();
  const lines: string[] = [];
  for (let first = 0; first === 0 || first < values.length; first += VALUES_PER_TURN) {
    if (first > 0) await nextTurn();
    const some = { ...about, values: values.slice(first, first + VALUES_PER_TURN) };
    const text = await (registry as unknown as Renderer).getMetricsAsString({ get: async () => Promise.resolve(some) });
    lines.push(first === 0 ? text : text.split('\n').slice(HEAD_LINES).join('\n'));
  }
  return lines.join('\n');
}
