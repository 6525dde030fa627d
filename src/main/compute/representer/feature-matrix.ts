// The features of all images of the project, one row each.
import { tell } from '../../../shared/told.ts';

export class FeatureMatrix {
  readonly rows: number;
  /** d: without the constant 1 of the bias, which is nowhere stored. */
  readonly dimensions: number;
  /** rows x d, row-major, in memory that threads may share. Rows that are not finite are kept as zeros. */
  readonly values: Float32Array<SharedArrayBuffer>;
  /** Squared norm of each row; not finite where a feature was not. */
  readonly squaredNorms: Float64Array;

  /** All zeros. Throws 'unavailable' where the memory does not suffice. */
  constructor(rows: number, dimensions: number) {
    this.rows = rows;
    this.dimensions = dimensions;
    this.values = new Float32Array(allocate(rows * dimensions * Float32Array.BYTES_PER_ELEMENT));
    this.squaredNorms = new Float64Array(rows);
  }

  /** Writes whole rows, from `firstRow` on. Throws a RangeError for rows that are not there. */
  fill(firstRow: number, features: Float32Array): void {
    const count = features.length / this.dimensions;
    if (!Number.isInteger(count) || firstRow < 0 || firstRow + count > this.rows)
      throw new RangeError(`${features.length} features at row ${firstRow} of ${this.rows} x ${this.dimensions}.`);
    this.values.set(features, firstRow * this.dimensions);
    for (let row = firstRow; row < firstRow + count; row++) {
      this.squaredNorms[row] = squaredNorm(this.row(row));
      // Products pass over rows that are in no fit, and zero times NaN would still be NaN.
      if (!Number.isFinite(this.squaredNorms[row])) this.row(row).fill(0);
    }
  }

  /** A copy of some rows, in the order of `rows`. Throws 'unavailable' where the memory does not suffice. */
  pick(rows: Int32Array): FeatureMatrix {
    const picked = new FeatureMatrix(rows.length, this.dimensions);
    rows.forEach((row, i) => {
      picked.values.set(this.row(row), i * this.dimensions);
      picked.squaredNorms[i] = this.squaredNorms[row]!;
    });
    return picked;
  }

  /** Length of a row as a fit sees it: divided by its scale, with the bias constant. */
  lengthOf(row: number, scale: number): number {
    return Math.sqrt(this.squaredNorms[row]! / scale ** 2 + 1);
  }

  /** The largest of these lengths. */
  longest(rows: Int32Array, scale: number): number {
    let longest = 0;
    for (const row of rows) longest = Math.max(longest, this.lengthOf(row, scale));
    return longest;
  }

  /** A view of one row. */
  row(row: number): Float32Array {
    return this.values.subarray(row * this.dimensions, (row + 1) * this.dimensions);
  }
}

function allocate(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw tell('unavailable', 'features-memory', { size: (bytes / 1e9).toFixed(1) }, { cause });
  }
}

function squaredNorm(row: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * row[i]!;
  return sum;
}
