// Cholesky's factorisation A = L L^T of a symmetric positive definite matrix, inverted, in float64. Row-major throughout.
import { createNode, createValue } from '../graph/build.ts';
import { openKernel, type Kernel } from './kernels.ts';

/** Rows and columns of one block. Within a block loops do the work, all else is matrix products. */
const blockSize = 128;

/**
 * L^-1 (lower triangular, size x size) of a matrix A, of which only the lower triangle is read; A is overwritten. Throws a
 * RangeError where A is not positive definite.
 */
export async function invertFactor(matrix: Float64Array, size: number, signal: AbortSignal): Promise<Float64Array> {
  const inverse = new Float64Array(size * size);
  for (let from = 0; from < size; from += blockSize) {
    signal.throwIfAborted();
    const width = Math.min(blockSize, size - from);
    const rest = size - from;
    const panel = copyColumns(matrix, size, from, from, width);
    const left = copyColumns(matrix, size, from, 0, from);
    /** The block row of L that is finished. */
    const own = left.subarray(0, width * from);
    if (from > 0) subtract(panel, await multiplyTransposed(left, own, [rest, from, width]));

    const diagonal = panel.subarray(0, width * width);
    factorise(diagonal, width);
    const inverted = invertLower(diagonal, width);
    if (rest > width) {
      const below = await multiplyTransposed(panel.subarray(width * width), inverted, [rest - width, width, width]);
      pasteColumns(matrix, size, from + width, from, width, below);
    }

    const target = inverse.subarray(from * size, (from + width) * size);
    if (from > 0) {
      const above = await multiply(own, inverse.subarray(0, from * size), [width, from, size]);
      subtract(target, await multiply(inverted, above, [width, width, size]));
    }
    pasteColumns(inverse, size, from, from, width, inverted);
  }
  return inverse;
}

/** Overwrites a matrix by L, with zeros above the diagonal. */
export function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!;
      if (j < i) matrix[i * size + j] = sum / matrix[j * size + j]!;
      else if (sum > 0) matrix[i * size + i] = Math.sqrt(sum);
      else throw new RangeError(`Pivot ${i} of ${size} is ${sum}.`);
    }
    matrix.fill(0, i * size + i + 1, (i + 1) * size);
  }
}

/** The inverse of a lower triangular matrix. */
export function invertLower(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const pivot = lower[i * size + i]!;
    inverse[i * size + i] = 1 / pivot;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += lower[i * size + k]! * inverse[k * size + j]!;
      inverse[i * size + j] = -sum / pivot;
    }
  }
  return inverse;
}

/** Columns `column` to `column + width` of the rows from `row` on. */
function copyColumns(matrix: Float64Array, size: number, row: number, column: number, width: number): Float64Array {
  const copy = new Float64Array((size - row) * width);
  for (let i = 0; row + i < size; i++) {
    const from = (row + i) * size + column;
    copy.set(matrix.subarray(from, from + width), i * width);
  }
  return copy;
}

/** Writes rows of `width` values over those that begin at (row, column). */
function pasteColumns(
  matrix: Float64Array,
  size: number,
  row: number,
  column: number,
  width: number,
  values: Float64Array,
): void {
  for (let i = 0; i * width < values.length; i++)
    matrix.set(values.subarray(i * width, (i + 1) * width), (row + i) * size + column);
}

function subtract(target: Float64Array, values: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at]! -= values[at]!;
}

export type Shape = [rows: number, inner: number, columns: number];

/** A B. */
export async function multiply(a: Float64Array, b: Float64Array, [rows, inner, columns]: Shape): Promise<Float64Array> {
  const kernel = await openProduct(false);
  const { C } = await kernel({ A: { values: a, dims: [rows, inner] }, B: { values: b, dims: [inner, columns] } });
  return C!;
}

/** A B^T, B being columns x inner. */
export async function multiplyTransposed(
  a: Float64Array,
  b: Float64Array,
  [rows, inner, columns]: Shape,
): Promise<Float64Array> {
  const kernel = await openProduct(true);
  const { C } = await kernel({ A: { values: a, dims: [rows, inner] }, B: { values: b, dims: [columns, inner] } });
  return C!;
}

const openProduct = (isTransposed: boolean): Promise<Kernel> =>
  openKernel(isTransposed ? 'product transposed' : 'product', () => ({
    inputs: [createValue('A', 'float64', ['a', 'b']), createValue('B', 'float64', ['c', 'd'])],
    outputs: [createValue('C', 'float64')],
    nodes: [createNode('Gemm', ['A', 'B'], ['C'], { transB: isTransposed ? 1n : 0n })],
    initializers: [],
  }));
