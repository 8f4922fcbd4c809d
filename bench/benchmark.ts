/** One measured number. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** Context of the figure, such as its ratio to a peer. */
  note?: string;
}

/** The figures of one run of a benchmark; every run has the same names in the same order. */
export type Run = Figure[];

export interface BenchmarkContext {
  /** Number of runs; the report shows the median. */
  runs: number;
  /** How long a benchmark of schedules goes on in each run. */
  minutes: number;
  /** An empty folder, removed afterwards. */
  folder: string;
}

export interface Benchmark {
  /** The value of `--only`. */
  name: string;
  /** What is measured, on what, and what is left out. */
  description: string;
  /** @returns one entry per run */
  measure(context: BenchmarkContext): Promise<Run[]>;
}
