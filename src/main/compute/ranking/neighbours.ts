// What an image's nearest neighbours are labelled.
import { createNode, createValue } from '../graph/build.ts';
import type { FeatureMatrix } from '../representer/feature-matrix.ts';
import { openKernel, type Kernel } from '../representer/kernels.ts';

const neighbours = 50;
/** Entries of a block of similarities. */
const blockValues = 2 ** 23;

/**
 * 1 - the share of the 50 nearest other rows, by cosine of the features, that carry the same label (METHODS 4.1).
 * Takes n^2 d products.
 */
export async function scoreNeighbours(
  matrix: FeatureMatrix,
  rows: Int32Array,
  labels: Int32Array,
  signal: AbortSignal,
): Promise<Float64Array> {
  const scores = new Float64Array(rows.length);
  await forEachNeighbours(matrix, rows, neighbours, signal, (own, nearest) => {
    const same = nearest.filter(({ row }) => labels[row] === labels[own]).length;
    scores[own] = nearest.length === 0 ? 0 : 1 - same / nearest.length;
  });
  return scores;
}

/** Shows `visit` each row's `wanted` nearest other rows, by cosine of the features, nearest first; rows by their place. */
export async function forEachNeighbours(
  matrix: FeatureMatrix,
  rows: Int32Array,
  wanted: number,
  signal: AbortSignal,
  visit: (own: number, nearest: { row: number; cosine: number }[]) => void,
): Promise<void> {
  const { dimensions: d } = matrix;
  const n = rows.length;
  const count = Math.min(wanted + 1, n);
  const unit = new Float32Array(n * d);
  rows.forEach((row, i) => {
    const length = Math.sqrt(matrix.squaredNorms[row]!) || 1;
    matrix.row(row).forEach((value, j) => (unit[i * d + j] = value / length));
  });
  const all = { values: unit, dims: [n, d] };
  const kernel = await openNeighbours();
  const span = Math.max(1, Math.floor(blockValues / n));
  for (let first = 0; first < n; first += span) {
    signal.throwIfAborted();
    const block = unit.subarray(first * d, (first + span) * d);
    const { nearest, cosines } = await kernel({
      A: { values: block, dims: [block.length / d, d] },
      B: all,
      K: { values: BigInt64Array.of(BigInt(count)), dims: [1] },
    });
    for (let i = 0; i < block.length / d; i++) {
      const others = Array.from({ length: count }, (_, k) => ({
        row: nearest![i * count + k]!,
        cosine: cosines![i * count + k]!,
      })).filter(({ row }) => row !== first + i);
      visit(first + i, others.slice(0, count - 1));
    }
  }
}

const openNeighbours = (): Promise<Kernel> =>
  openKernel('neighbours', () => ({
    inputs: [
      createValue('A', 'float32', ['block', 'd']),
      createValue('B', 'float32', ['n', 'd']),
      createValue('K', 'int64', [1]),
    ],
    outputs: ['nearest', 'cosines'].map((name) => createValue(name, 'float64')),
    nodes: [
      createNode('Gemm', ['A', 'B'], ['S'], { transB: 1n }),
      createNode('TopK', ['S', 'K'], ['values', 'places']),
      createNode('Cast', ['places'], ['nearest'], { to: 11n }),
      createNode('Cast', ['values'], ['cosines'], { to: 11n }),
    ],
    initializers: [],
  }));
