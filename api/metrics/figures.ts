import { Gauge, Registry } from 'prom-client';
import { nextTurn } from '../http/turns.js';

/** Figures that are read from the database: those of one subject. */
export interface Figures {
  read(): Promise<Figure[]>;
}

type Labelled<L extends string = string> = readonly [labels: Record<L, string>, value: number];

/** A gauge, and all its values at one time. */
export interface Figure {
  /** Without the prefix that all of ours have. */
  name: string;
  help: string;
  labelNames: readonly string[];
  /** No two have the same labels. */
  values: readonly Labelled[];
}

export const figure = <L extends string>(
  name: string,
  help: string,
  labelNames: readonly L[],
  values: readonly Labelled<L>[],
): Figure => ({ name, help, labelNames, values });

/** A gauge with labels. @param name without the prefix that all of ours have */
export const gauge = (registry: Registry, name: string, help: string, labelNames: readonly string[]): Gauge =>
  new Gauge({ name: `barkeep_${name}`, help, labelNames, registers: [registry] });

/** Replaces all values of a gauge. */
export function setAll(to: Gauge, values: readonly Labelled[]): void {
  to.reset();
  for (const [labels, value] of values) to.set(labels, value);
}

/** Values that are rendered in one turn of the event loop: ten thousand assets have a hundred thousand. */
const VALUES_PER_TURN = 2_500;
/** The lines HELP and TYPE. */
const HEAD_LINES = 2;

/** Figures in Prometheus's text format. */
export async function textOf(figures: readonly Figure[]): Promise<string> {
  const texts: string[] = [];
  let inTurn = 0;
  for (const { values, ...about } of figures) {
    for (let first = 0; first === 0 || first < values.length; first += VALUES_PER_TURN) {
      const some = values.slice(first, first + VALUES_PER_TURN);
      if (inTurn + some.length > VALUES_PER_TURN) {
        await nextTurn();
        inTurn = 0;
      }
      inTurn += some.length;
      const text = await textOfPart({ ...about, values: some });
      texts.push(first === 0 ? text : text.split('\n').slice(HEAD_LINES).join('\n'));
    }
  }
  return texts.join('');
}

/** Ends with a line feed. */
async function textOfPart({ name, help, labelNames, values }: Figure): Promise<string> {
  const registry = new Registry();
  setAll(gauge(registry, name, help, labelNames), values);
  return registry.metrics();
}
