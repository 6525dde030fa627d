// The two products with the feature matrix that every part of a fit is made of.
//
// F is n x D: the scaled features f / scale of n chosen rows, each followed by the constant 1 of the bias (D = d + 1).
// W is D x C. Both are read block by block, so that what is n x C need not exist as a whole.

/** Sees, and may rewrite in place, a block of F W: `count` x C, row-major, from place `first` among the chosen rows on. */
export type Turn = (block: Float64Array, first: number, count: number) => void;

export interface Products {
  /** n. */
  readonly rowCount: number;
  /** D. */
  readonly dimensions: number;
  /** How often F was read, so far. */
  readonly reads: number;
  /** Shows F W. C follows from the length of `weights`. */
  multiply(weights: Float64Array, turn: Turn): Promise<void>;
  /** F^T R as a D x C array, where R is what `turn` makes of F W. */
  sweep(weights: Float64Array, turn: Turn): Promise<Float64Array>;
}

/** Rows of one block: small enough that float32 sums stay exact enough, and that a cancel is soon heard. */
export const blockRows = 4096;
