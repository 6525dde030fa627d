// Directions in which the features vary, for EK-FAC.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { createRandom } from '../../../shared/random.ts';
import { invertFactor, multiply, multiplyTransposed } from './cholesky.ts';
import type { Products } from './products.ts';

const seed = 1;
/** Multiplications by M: each parts neighbouring directions more sharply. */
const rounds = 4;
/** Added to a Gram matrix, relative to its trace, so that directions in which nothing varies do no harm. */
const rounding = 1e-14;

/** Eigenvectors of a symmetric matrix (size x size), as the columns of one of the same shape. */
export function findEigenvectors(matrix: Float64Array, size: number): Float64Array {
  const rows = Array.from({ length: size }, (_, i) => matrix.subarray(i * size, (i + 1) * size));
  const { eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
  const columns = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) columns[i * size + j] = eigenvectorMatrix.get(i, j);
  return columns;
}

/**
 * The `count` leading eigenvectors of F^T F, as the columns of a D x count array. All D of them where `count` is D; fewer by
 * subspace iteration, which leaves neighbours mixed where they differ little.
 */
export async function findDirections(products: Products, count: number, signal: AbortSignal): Promise<Float64Array> {
  const { dimensions: D } = products;
  if (count === D) {
    const identity = new Float64Array(D * D);
    for (let j = 0; j < D; j++) identity[j * D + j] = 1;
    return findEigenvectors(symmetrise(await products.sweep(identity, leaveAsIs), D), D);
  }
  const random = createRandom(seed);
  let basis: Float64Array = Float64Array.from({ length: count * D }, () => random() - 0.5);
  for (let round = 0; round < rounds; round++) {
    basis = transpose(await products.sweep(transpose(basis, count), leaveAsIs), D);
    // Twice, since once is not exact where the directions' variances are far apart.
    basis = await orthonormalise(await orthonormalise(basis, count, signal), count, signal);
  }
  const turned = transpose(await products.sweep(transpose(basis, count), leaveAsIs), D);
  const within = symmetrise(await multiplyTransposed(basis, turned, [count, D, count]), count);
  const rotation = transpose(findEigenvectors(within, count), count);
  return transpose(await multiply(rotation, basis, [count, count, D]), count);
}

const leaveAsIs = () => undefined;

/** Rows (`count` x D) that span the same and are orthonormal, by Cholesky's factor of their Gram matrix. */
async function orthonormalise(rows: Float64Array, count: number, signal: AbortSignal): Promise<Float64Array> {
  const D = rows.length / count;
  const gram = await multiplyTransposed(rows, rows, [count, D, count]);
  let trace = 0;
  for (let i = 0; i < count; i++) trace += gram[i * count + i]!;
  for (let i = 0; i < count; i++) gram[i * count + i]! += rounding * trace;
  return multiply(await invertFactor(gram, count, signal), rows, [count, count, D]);
}

/** Both halves made equal, which rounding has parted; in place. */
function symmetrise(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++)
      matrix[i * size + j] = matrix[j * size + i] = (matrix[i * size + j]! + matrix[j * size + i]!) / 2;
  return matrix;
}

function transpose(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows;
  const turned = new Float64Array(matrix.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = matrix[i * columns + j]!;
  return turned;
}
