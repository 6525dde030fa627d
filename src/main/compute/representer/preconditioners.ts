// The preconditioner of the last fit, kept for the next one: making it can cost more than the refit itself.
import type { FeatureMatrix } from './feature-matrix.ts';
import { createPreconditioner, measureGram, type Gram, type Precondition } from './preconditioner.ts';

/** Only speed depends on the fit, so rows and scale may have moved by so much: some images excluded since, say. */
const slack = 0.1;

export class Preconditioners {
  readonly #matrix: FeatureMatrix;
  #gram: { values: Gram; count: number; scale: number } | undefined;
  #last: { classes: number; lambda: number; precondition: Precondition } | undefined;

  constructor(matrix: FeatureMatrix) {
    this.#matrix = matrix;
  }

  /** For fits of these rows, divided by `scale`. */
  async open(
    rows: Int32Array,
    scale: number,
    classes: number,
    lambda: number,
    signal: AbortSignal,
  ): Promise<Precondition> {
    const isNear = (a: number, b: number) => Math.abs(a - b) <= slack * b;
    if (!this.#gram || !isNear(rows.length, this.#gram.count) || !isNear(scale, this.#gram.scale)) {
      this.#last = undefined;
      this.#gram = { values: await measureGram(this.#matrix, rows, scale), count: rows.length, scale };
    }
    if (this.#last?.classes !== classes || this.#last.lambda !== lambda) {
      this.#last = undefined;
      const precondition = await createPreconditioner(this.#gram.values, classes, lambda, signal);
      this.#last = { classes, lambda, precondition };
    }
    return this.#last.precondition;
  }
}
