// What every benchmark gives back, one row for each case.

export interface Row {
  case: string;
  /** null where the case could not be run; `skipped` says why. */
  ours: number | null;
  unit: string;
  /** Significant ones in the table; four where it is not said. */
  digits?: number;
  /** The same work done by another: in the same run, so that the ratio holds on a busy machine too. */
  other?: number;
  otherName?: string;
  /** other / ours where less is better, ours / other where more is: above 1 means that ours wins. */
  ratio?: number;
  /** What bounds the figure, and how far it is from that. */
  limit?: string;
  skipped?: string;
}

export interface Bench {
  /** `say` is told what is being measured; it goes to stderr. `only`: cases whose name holds this text, where it can be told before. */
  run(say: (sentence: string) => void, only: string): Promise<Row[]>;
}

/** The middle one of some measurements; of an even number the lower middle. */
export function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1]!;
}

/** Seconds that `work` took. */
export async function timeOf(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}
