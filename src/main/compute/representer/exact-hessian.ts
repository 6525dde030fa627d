// The Hessian of a fit as one matrix, inverted by its Cholesky factor, in float64 (METHODS 7.4).
//
// [Note: one class less]
// At the optimum the classes' weights sum to zero, and a logit that all classes share changes nothing. So the differences
// u_c = w_c - w_C from the last class say all, in m = C - 1 columns: with J the m columns e_c - 1/C, W = U J^T,
//   H = (1/n) sum_i S_i (x) f_i f_i^T + 2 lambda J^T J (x) I,   S_i = diag(p) - p p^T without its last row and column,
// and A_i = J N_i J^T with N_i = (1/n) (I (x) f_i)^T H^-1 (I (x) f_i). Two classes leave the closed form of logistic regression.
import type { LoadedFit } from '../../../shared/compute-contract.ts';
import { tell } from '../../../shared/told.ts';
import { createNode, createTensor, createValue } from '../graph/build.ts';
import { invertFactor } from './cholesky.ts';
import type { Curvature, CurvatureOptions } from './curvature.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import type { OnProgress } from './fit.ts';
import { openKernel, type Kernel } from './kernels.ts';
import { castNode, readFeatures } from './onnx-products.ts';
import { coverRows, type RowBlock } from './row-blocks.ts';

/** Values of one block's largest product, 32 MB of them. */
const blockValues = 2 ** 22;

const coverFit = ({ rows }: LoadedFit, size: number): readonly RowBlock[] =>
  coverRows(rows, Math.min(4096, Math.max(64, Math.floor(blockValues / size))));

/** Rows and columns of H. */
export const sizeOf = (matrix: FeatureMatrix, classes: number): number => (matrix.dimensions + 1) * (classes - 1);

/** Factorises H once. Throws 'bad-request' where lambda is so small that rounding has left no inverse. */
export async function openExactHessian(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  { probabilities, onProgress, signal }: CurvatureOptions,
): Promise<Curvature> {
  const size = sizeOf(matrix, fit.classes);
  const hessian = await measureHessian(matrix, fit, probabilities, onProgress, signal);
  onProgress({ done: 0, total: null, stage: 'inverting-curvature' });
  const inverse = await invertFactor(hessian, size, signal).catch((cause: unknown) => {
    if (!(cause instanceof RangeError)) throw cause;
    throw tell('bad-request', 'lambda-too-small', { lambda: fit.lambda }, { cause });
  });
  const panels = toPanels(inverse, matrix.dimensions + 1, fit.classes - 1, fit.scale);
  return (visit) => visitImages(matrix, fit, panels, visit, signal);
}

async function measureHessian(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  probabilities: Float64Array,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Float64Array> {
  const { rows, classes, lambda, scale } = fit;
  const n = rows.length;
  const D = matrix.dimensions + 1;
  const m = classes - 1;
  const size = D * m;
  const hessian = new Float64Array(size * size);
  const kernel = await openWeightedGram();
  for (const block of coverFit(fit, size)) {
    signal.throwIfAborted();
    onProgress({ done: block.first, total: n, stage: 'measuring-curvature' });
    const ones = { values: new Float64Array(block.span).fill(1), dims: [block.span, 1] };
    for (let b = 0; b < m; b++) {
      const s = { values: readCurvature(fit, probabilities, block, b), dims: [block.span, b + 1, 1] };
      const { G } = await kernel({
        F: readFeatures(matrix, block),
        ones,
        scale: { values: Float64Array.of(scale), dims: [1] },
        s,
        shape: { values: BigInt64Array.of(-1n, BigInt((b + 1) * D)), dims: [2] },
      });
      const width = (b + 1) * D;
      for (let j = 0; j < D; j++)
        for (let at = 0, to = (b * D + j) * size; at < width; at++) hessian[to + at]! += G![j * width + at]! / n;
    }
  }
  for (let b = 0; b < m; b++)
    for (let c = 0; c <= b; c++)
      for (let j = 0; j < D; j++)
        hessian[(b * D + j) * size + c * D + j]! += 2 * lambda * ((b === c ? 1 : 0) - 1 / classes);
  return hessian;
}

/** Entries 0 to b of row b of S, for each matrix row of the block; zeros for rows that were not chosen. */
function readCurvature(
  { rows, classes }: LoadedFit,
  probabilities: Float64Array,
  { first, count, firstRow, span }: RowBlock,
  b: number,
): Float64Array {
  const curvature = new Float64Array(span * (b + 1));
  for (let place = first; place < first + count; place++) {
    const p = probabilities.subarray(place * classes, (place + 1) * classes);
    const to = (rows[place]! - firstRow) * (b + 1);
    for (let c = 0; c < b; c++) curvature[to + c] = -p[b]! * p[c]!;
    let others = 0;
    for (let c = 0; c < classes; c++) if (c !== b) others += p[c]!;
    curvature[to + b] = p[b]! * others;
  }
  return curvature;
}

/** Of each class b the rows (b, k) of L^-1, reordered to rows (c, k) for c up to b: the products of features with it. */
interface Panel {
  weights: Float64Array;
  bias: Float64Array;
}

function toPanels(inverse: Float64Array, D: number, m: number, scale: number): Panel[] {
  const [d, size] = [D - 1, D * m];
  return Array.from({ length: m }, (_, b) => {
    const weights = new Float64Array((b + 1) * D * d);
    const bias = new Float64Array((b + 1) * D);
    for (let c = 0; c <= b; c++)
      for (let k = 0; k < D; k++) {
        const from = (b * D + k) * size + c * D;
        const to = c * D + k;
        for (let j = 0; j < d; j++) weights[to * d + j] = inverse[from + j]! / scale;
        bias[to] = inverse[from + d]!;
      }
    return { weights, bias };
  });
}

async function visitImages(
  matrix: FeatureMatrix,
  fit: LoadedFit,
  panels: Panel[],
  visit: Parameters<Curvature>[0],
  signal: AbortSignal,
): Promise<void> {
  const { rows, classes } = fit;
  const { dimensions: d } = matrix;
  const m = classes - 1;
  const kernel = await openQuadraticForms();
  for (const block of coverFit(fit, sizeOf(matrix, classes))) {
    signal.throwIfAborted();
    const { first, count, firstRow, span } = block;
    /** N of every matrix row of the block, times n. */
    const forms = new Float64Array(span * m * m);
    for (const [b, { weights, bias }] of panels.entries()) {
      const { N } = await kernel({
        F: readFeatures(matrix, block),
        W: { values: weights, dims: [bias.length, d] },
        b: { values: bias, dims: [bias.length] },
        shape: { values: BigInt64Array.of(-1n, BigInt(b + 1), BigInt(d + 1)), dims: [3] },
      });
      for (let i = 0, from = 0; i < span; i++)
        for (let c = 0; c <= b; c++)
          for (let e = 0, to = (i * m + c) * m; e <= b; e++, from++) forms[to + e]! += N![from]!;
    }
    const sums = new Float64Array(m);
    visit({
      first,
      count,
      apply(index, v, target) {
        const offset = (rows[first + index]! - firstRow) * m * m;
        let total = 0;
        for (let c = 0; c < m; c++) {
          let sum = 0;
          for (let e = 0; e < m; e++) sum += forms[offset + c * m + e]! * v[e]!;
          sums[c] = sum / rows.length;
          total += sum / rows.length;
        }
        for (let c = 0; c < classes; c++) target[c] = (c < m ? sums[c]! : 0) - total / classes;
      },
    });
  }
}

/** G = F1^T [s_0 F1, s_1 F1, ...], F1 being the scaled features with the bias constant and s a weight for each row. */
const openWeightedGram = (): Promise<Kernel> =>
  openKernel('weighted gram', () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('ones', 'float64', ['rows', 1]),
      createValue('scale', 'float64', [1]),
      createValue('s', 'float64', ['rows', 'm', 1]),
      createValue('shape', 'int64', [2]),
    ],
    outputs: [createValue('G', 'float64')],
    nodes: [
      castNode('F', 'F64', 'float64'),
      createNode('Div', ['F64', 'scale'], ['F_scaled']),
      createNode('Concat', ['F_scaled', 'ones'], ['F1'], { axis: 1n }),
      createNode('Unsqueeze', ['F1', 'one'], ['F1_each']),
      createNode('Mul', ['F1_each', 's'], ['weighted']),
      createNode('Reshape', ['weighted', 'shape'], ['weighted_wide']),
      createNode('Gemm', ['F1', 'weighted_wide'], ['G'], { transA: 1n }),
    ],
    initializers: [createTensor('one', [1], BigInt64Array.of(1n))],
  }));

/** N = T T^T for every row, T being its row of F W^T + b, reshaped to m x D. */
const openQuadraticForms = (): Promise<Kernel> =>
  openKernel('quadratic forms', () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('W', 'float64', ['m x D', 'd']),
      createValue('b', 'float64', ['m x D']),
      createValue('shape', 'int64', [3]),
    ],
    outputs: [createValue('N', 'float64')],
    nodes: [
      castNode('F', 'F64', 'float64'),
      createNode('Gemm', ['F64', 'W', 'b'], ['T_wide'], { transB: 1n }),
      createNode('Reshape', ['T_wide', 'shape'], ['T']),
      createNode('Transpose', ['T'], ['T_turned'], { perm: [0n, 2n, 1n] }),
      createNode('MatMul', ['T', 'T_turned'], ['N']),
    ],
    initializers: [],
  }));
