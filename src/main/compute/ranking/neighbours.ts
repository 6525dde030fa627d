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
  const { dimensions: d } = matrix;
  const n = rows.length;
  const count = Math.min(neighbours + 1, n);
  const unit = new Float32Array(n * d);
  rows.forEach((row, i) => {
    const length = Math.sqrt(matrix.squaredNorms[row]!) || 1;
    matrix.row(row).forEach((value, j) => (unit[i * d + j] = value / length));
  });
  const all = { values: unit, dims: [n, d] };
  const kernel = await openNeighbours();
  const scores = new Float64Array(n);
  const span = Math.max(1, Math.floor(blockValues / n));
  for (let first = 0; first < n; first += span) {
    signal.throwIfAborted();
    const block = unit.subarray(first * d, (first + span) * d);
    const { nearest } = await kernel({
      A: { values: block, dims: [block.length / d, d] },
      B: all,
      K: { values: BigInt64Array.of(BigInt(count)), dims: [1] },
    });
    for (let i = 0; i < block.length / d; i++) {
      const own = first + i;
      let asked = 0;
      let same = 0;
      for (let k = 0; k < count && asked < count - 1; k++) {
        const other = nearest![i * count + k]!;
        if (other === own) continue;
        asked += 1;
        if (labels[other] === labels[own]) same += 1;
      }
      scores[own] = asked === 0 ? 0 : 1 - same / asked;
    }
  }
  return scores;
}

const openNeighbours = (): Promise<Kernel> =>
  openKernel('neighbours', () => ({
    inputs: [
      createValue('A', 'float32', ['block', 'd']),
      createValue('B', 'float32', ['n', 'd']),
      createValue('K', 'int64', [1]),
    ],
    outputs: [createValue('nearest', 'float64')],
    nodes: [
      createNode('Gemm', ['A', 'B'], ['S'], { transB: 1n }),
      createNode('TopK', ['S', 'K'], ['values', 'places']),
      createNode('Cast', ['places'], ['nearest'], { to: 11n }),
    ],
    initializers: [],
  }));
