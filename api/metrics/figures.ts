import { Gauge, type Registry } from 'prom-client';

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

/** Replaces all values of a gauge. */
export function setAll(to: Gauge, values: Iterable<readonly [labels: Record<string, string>, value: number]>): void {
  to.reset();
  for (const [labels, value] of values) to.set(labels, value);
}
