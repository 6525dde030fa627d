// An inverse Hessian that is good enough to start from: (c M + 2 lambda I)^-1 with the Gram matrix M = F^T F / n and c = 1/C.
// At W = 0, where all classes are equally likely, it is exact; labels do not enter, so it serves every fit of the same
// rows (METHODS 7.1).
import { createNode, createValue } from '../graph/build.ts';
import { invertFactor } from './cholesky.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Kernel } from './kernels.ts';
import { castNode } from './onnx-products.ts';

/** Approximates H^-1 G for a gradient G (D x C); returns a new array. */
export type Precondition = (gradient: Float64Array) => Promise<Float64Array>;

/** At most as many rows enter, evenly chosen: more of them save no passes. */
const maxSampleRows = 12_000;
/** Rows for each of the D dimensions, where there are as many. */
const rowsPerDimension = 6;
/** Beyond as many dimensions their matrix would be larger than what else a fit needs; a sample of rows has to do. */
const maxDimensions = 4096;
/** Rounding in the Gram matrix, relative to its largest entry. */
const rounding = 1e-6;

/** S^T S (D x D) of a sample S of the rows; or S S^T (m x m), and S with it, where it has fewer rows than dimensions. */
export interface Gram {
  values: Float64Array;
  /** m. */
  count: number;
  /** D. */
  dimensions: number;
  sample: Float32Array | null;
}

/** The Gram matrix of the given rows, divided by `scale`, with the bias constant. */
export async function measureGram(matrix: FeatureMatrix, rows: Int32Array, scale: number): Promise<Gram> {
  const dimensions = matrix.dimensions + 1;
  const wanted =
    dimensions <= maxDimensions ? Math.min(rowsPerDimension * dimensions, maxSampleRows) : maxDimensions / 2;
  const count = Math.min(rows.length, wanted);
  const isDual = count < dimensions;
  const sample = new Float32Array(count * dimensions).fill(1);
  for (let i = 0; i < count; i++) {
    const features = matrix.row(rows[Math.floor((i * rows.length) / count)]!);
    for (let j = 0; j < features.length; j++) sample[i * dimensions + j] = features[j]! / scale;
  }
  const kernel = await openGram(isDual);
  const { M } = await kernel({ S: { values: sample, dims: [count, dimensions] } });
  return { values: M!, count, dimensions, sample: isDual ? sample : null };
}

/**
 * [Note: the kernel form]
 * With fewer rows than dimensions, (a S^T S + b I)^-1 = (I - S^T (S S^T + (b / a) I)^-1 S) / b: a matrix of rows by rows
 * takes the place of one of dimensions by dimensions, and the answer is the same.
 */
export async function createPreconditioner(
  { values, count, dimensions, sample }: Gram,
  classes: number,
  lambda: number,
  signal: AbortSignal,
): Promise<Precondition> {
  const size = sample ? count : dimensions;
  const weight = 1 / (classes * count);
  const system = values.map((value) => value * weight);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, system[i * size + i]!);
  const shift = Math.max(2 * lambda, rounding * largest);
  for (let i = 0; i < size; i++) system[i * size + i]! += shift;
  const X = { values: Float32Array.from(await invertFactor(system, size, signal)), dims: [size, size] };
  const S = sample && { values: sample, dims: [count, dimensions] };
  const kernel = await openInverse(S !== null);

  return async (gradient) => {
    const G = { values: gradient, dims: [dimensions, gradient.length / dimensions] };
    if (!S) return (await kernel({ X, G })).D!;
    const { D } = await kernel({ X, G, S });
    return D!.map((value, at) => (gradient[at]! - weight * value) / shift);
  };
}

const openGram = (isDual: boolean): Promise<Kernel> =>
  openKernel(isDual ? 'gram of rows' : 'gram', () => ({
    inputs: [createValue('S', 'float32', ['m', 'D'])],
    outputs: [createValue('M', 'float64')],
    nodes: [
      createNode('Gemm', ['S', 'S'], ['M32'], isDual ? { transB: 1n } : { transA: 1n }),
      castNode('M32', 'M', 'float64'),
    ],
    initializers: [],
  }));

/** X^T X G with X = L^-1; or S^T X^T X S G. */
const openInverse = (isDual: boolean): Promise<Kernel> =>
  openKernel(isDual ? 'inverse of rows' : 'inverse', () => ({
    inputs: [
      createValue('X', 'float32', ['size', 'size']),
      createValue('G', 'float64', ['D', 'C']),
      ...(isDual ? [createValue('S', 'float32', ['m', 'D'])] : []),
    ],
    outputs: [createValue('D', 'float64')],
    nodes: [
      castNode('G', 'G32', 'float32'),
      ...(isDual ? [createNode('MatMul', ['S', 'G32'], ['A'])] : []),
      createNode('MatMul', ['X', isDual ? 'A' : 'G32'], ['XA']),
      createNode('Gemm', ['X', 'XA'], ['XXA'], { transA: 1n }),
      ...(isDual ? [createNode('Gemm', ['S', 'XXA'], ['SXXA'], { transA: 1n })] : []),
      castNode(isDual ? 'SXXA' : 'XXA', 'D', 'float64'),
    ],
    initializers: [],
  }));
