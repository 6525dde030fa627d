// The Hessian of a fit in a basis that all but diagonalises it (METHODS 7.4): U (x) V, with the eigenvectors U of the
// features' Gram matrix and V of the mean S, and on the diagonal what H really has there,
//   s_ab + 2 lambda,   s_ab = (1/n) sum_i (U^T f_i)_a^2 (V^T S_i V)_bb,
// so that A_i = V diag_b[ (1/n) sum_a (U^T f_i)_a^2 / (s_ab + 2 lambda) ] V^T.
//
// [Note: the leading directions]
// All eigenvectors of a large Gram matrix take minutes, in which no cancel is heard. Beyond `maxDirections` the leading ones are
// found and the rest of the space, where features vary little, is taken as one: each image's rest of its squared norm is
// spread evenly over it.
import type { LoadedFit } from '../../../shared/compute-contract.ts';
import { createNode, createTensor, createValue } from '../graph/build.ts';
import type { Curvature, CurvatureOptions } from './curvature.ts';
import { findDirections, findEigenvectors } from './eigenvectors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Feeds, type Kernel } from './kernels.ts';
import { castNode, createOnnxProducts, readFeatures } from './onnx-products.ts';
import { coverRows, type RowBlock } from './row-blocks.ts';

const maxDimensions = 1024;
const maxDirections = 512;
/** Rows for each dimension that the directions are found from, at most: they only need to be good, s_ab makes up for it. */
const rowsPerDimension = 6;
const maxSampleRows = 12_000;
const blockRows = 2048;

export async function openEkFac(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  { probabilities, onProgress, signal }: CurvatureOptions,
  directions = matrix.dimensions < maxDimensions ? matrix.dimensions + 1 : maxDirections,
): Promise<Curvature> {
  const { rows, classes, lambda, scale } = fit;
  const n = rows.length;
  const D = matrix.dimensions + 1;
  onProgress({ done: 0, total: null, stage: 'preparing-left-out' });
  const step = Math.ceil(n / Math.min(rowsPerDimension * D, maxSampleRows));
  const sample = createOnnxProducts(
    matrix,
    rows.filter((_, i) => i % step === 0),
    scale,
    signal,
    'float32',
  );
  const U = await findDirections(sample, directions, signal);
  const V = findEigenvectors(meanCurvature(probabilities, classes), classes);
  const curvatures = toCurvatures(probabilities, V, classes);

  const blocks = coverRows(rows, blockRows);
  const feeds: Feeds = {
    U: {
      values: Float32Array.from(U.subarray(0, (D - 1) * directions), (value) => value / scale),
      dims: [D - 1, directions],
    },
    u: { values: Float32Array.from(U.subarray((D - 1) * directions)), dims: [directions] },
  };
  /** What the directions leave of the squared norm of a block's row. */
  const readRest = (row: number, known: number) => Math.max(0, matrix.squaredNorms[row]! / scale ** 2 + 1 - known);
  const restDimensions = Math.max(1, D - directions);

  const spread = new Float64Array(directions * classes);
  const restSpread = new Float64Array(classes);
  const measure = await openSquares('measured');
  for (const block of blocks) {
    signal.throwIfAborted();
    const weights = spreadOut(rows, block, curvatures, classes);
    const { Y, known } = await measure({
      ...feeds,
      F: readFeatures(matrix, block),
      X: { values: weights, dims: [block.span, classes] },
    });
    for (let at = 0; at < spread.length; at++) spread[at]! += Y![at]! / n;
    for (let place = block.first; place < block.first + block.count; place++) {
      const at = rows[place]! - block.firstRow;
      const rest = readRest(rows[place]!, known![at]!) / (restDimensions * n);
      for (let c = 0; c < classes; c++) restSpread[c]! += rest * weights[at * classes + c]!;
    }
  }

  const inverse = spread.map((value) => 1 / (n * (value + 2 * lambda)));
  const restInverse = restSpread.map((value) => 1 / (n * (value + 2 * lambda)));
  const weigh = await openSquares('weighed');
  return async (visit) => {
    for (const block of blocks) {
      signal.throwIfAborted();
      const { Y, known } = await weigh({
        ...feeds,
        F: readFeatures(matrix, block),
        X: { values: inverse, dims: [directions, classes] },
      });
      const turned = new Float64Array(classes);
      visit({
        first: block.first,
        count: block.count,
        apply(index, v, target) {
          const at = rows[block.first + index]! - block.firstRow;
          const rest = directions < D ? readRest(block.firstRow + at, known![at]!) : 0;
          for (let b = 0; b < classes; b++) {
            let sum = 0;
            for (let c = 0; c < classes; c++) sum += V[c * classes + b]! * v[c]!;
            turned[b] = sum * (Y![at * classes + b]! + rest * restInverse[b]!);
          }
          for (let c = 0; c < classes; c++) {
            let sum = 0;
            for (let b = 0; b < classes; b++) sum += V[c * classes + b]! * turned[b]!;
            target[c] = sum;
          }
        },
      });
    }
  };
}

/** (1/n) sum_i S_i, C x C. */
function meanCurvature(probabilities: Float64Array, classes: number): Float64Array {
  const mean = new Float64Array(classes * classes);
  const n = probabilities.length / classes;
  for (let at = 0; at < probabilities.length; at += classes)
    for (let b = 0; b < classes; b++) {
      const p = probabilities[at + b]! / n;
      mean[b * classes + b]! += p;
      for (let c = 0; c < classes; c++) mean[b * classes + c]! -= p * probabilities[at + c]!;
    }
  return mean;
}

/** (V^T S_i V)_bb for every row i, n x C. */
function toCurvatures(probabilities: Float64Array, V: Float64Array, classes: number): Float64Array {
  const curvatures = new Float64Array(probabilities.length);
  for (let at = 0; at < probabilities.length; at += classes)
    for (let b = 0; b < classes; b++) {
      let mean = 0;
      for (let c = 0; c < classes; c++) mean += probabilities[at + c]! * V[c * classes + b]!;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += probabilities[at + c]! * (V[c * classes + b]! - mean) ** 2;
      curvatures[at + b] = sum;
    }
  return curvatures;
}

/** The chosen rows' values in the places of the matrix rows of a block, with zeros between. */
function spreadOut(
  rows: Int32Array,
  { first, count, firstRow, span }: RowBlock,
  values: Float64Array,
  classes: number,
) {
  if (count === span) return values.subarray(first * classes, (first + count) * classes);
  const spread = new Float64Array(span * classes);
  for (let place = first; place < first + count; place++)
    spread.set(values.subarray(place * classes, (place + 1) * classes), (rows[place]! - firstRow) * classes);
  return spread;
}

/** With Q = (F U + u)^2: Y = Q^T X, or Y = Q X; and the sums of the rows of Q. */
const openSquares = (way: 'measured' | 'weighed'): Promise<Kernel> =>
  openKernel(`squares ${way}`, () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('U', 'float32', ['d', 'K']),
      createValue('u', 'float32', ['K']),
      createValue('X', 'float64', ['inner', 'C']),
    ],
    outputs: ['Y', 'known'].map((name) => createValue(name, 'float64')),
    nodes: [
      castNode('X', 'X32', 'float32'),
      createNode('Gemm', ['F', 'U', 'u'], ['E']),
      createNode('Mul', ['E', 'E'], ['Q']),
      createNode('Gemm', ['Q', 'X32'], ['Y32'], { transA: way === 'measured' ? 1n : 0n }),
      createNode('ReduceSum', ['Q', 'over_directions'], ['known32'], { keepdims: 0n }),
      ...['Y', 'known'].map((name) => castNode(`${name}32`, name, 'float64')),
    ],
    initializers: [createTensor('over_directions', [1], BigInt64Array.of(1n))],
  }));
