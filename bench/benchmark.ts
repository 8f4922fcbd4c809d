/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What the figure is worth only together with, such as a ratio to a peer. */
  note?: string;
}

/** What one run of a benchmark measured; every run gives the same names in the same order. */
export type Run = Figure[];

export interface BenchmarkContext {
  /** Runs wanted; the report shows the median. */
  runs: number;
  /** An empty folder, removed afterwards. */
  folder: string;
}

export interface Benchmark {
  /** What `--only` takes. */
  name: string;
  /** One sentence: what is measured, on what, what is left out. */
  description: string;
  /** @returns one entry a run */
  measure(context: BenchmarkContext): Promise<Run[]>;
}
