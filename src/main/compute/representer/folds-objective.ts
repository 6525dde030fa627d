// The objectives of all folds of a cross-fit at once: features are read once for all, and their products are wide enough
// to be worth a processor's while.
import type { FitRows } from '../../../shared/compute-contract.ts';
import { createNode, createTensor, createValue } from '../graph/build.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Kernel } from './kernels.ts';
import type { Asked } from './lockstep.ts';
import { finishGradient, type DescentPoint } from './objective.ts';
import { castNode, createSums, readFeatures } from './onnx-products.ts';
import { coverRows, spanInCache, type RowBlock } from './row-blocks.ts';
import { addScaled, dot } from './vectors.ts';

/** The objective of one fold: of the rows of all others. */
export interface FoldPoint extends DescentPoint {
  /** The sum of the losses of the fold's own rows. */
  heldOutLoss: number;
}

export interface FoldsObjective {
  /** How often the features were read, so far. */
  readonly reads: number;
  /** At the weights (D x C) of each fold that is asked for. */
  evaluate(asked: Asked[], lambda: number): Promise<FoldPoint[]>;
}

/** Softmax cross-entropy of the given rows against their labels, for each of the folds that `foldOf` deals them to. */
export function createFoldsObjective(
  matrix: FeatureMatrix,
  { rows, labels, classes }: FitRows,
  foldOf: Int32Array,
  folds: number,
  scale: number,
  signal: AbortSignal,
): FoldsObjective {
  const { dimensions: d } = matrix;
  const blocks = coverRows(rows, spanInCache(d)).map((block) => ({ ...block, label: readLabels(rows, labels, block) }));
  const classIndices = { values: Float32Array.from({ length: classes }, (_, c) => c), dims: [1, 1, classes] };
  const sizes = new Int32Array(folds);
  for (const fold of foldOf) sizes[fold]! += 1;
  let reads = 0;

  return {
    get reads() {
      return reads;
    },
    async evaluate(asked, lambda) {
      const kernel = await openFolds();
      const heads = toHeads(asked, d, classes, scale);
      const sums = asked.map(() => createSums(d, classes));
      const [others, own] = [new Float64Array(asked.length), new Float64Array(asked.length)];
      for (const block of blocks) {
        signal.throwIfAborted();
        const masks = readMasks(rows, foldOf, block, asked);
        const y = { values: block.label, dims: [block.span, 1, 1] };
        const answer = await kernel({ ...heads, ...masks, y, c: classIndices, F: readFeatures(matrix, block) });
        sums.forEach((sum, k) => {
          const [from, to] = [k * classes, (k + 1) * classes];
          sum.add(answer.G!.subarray(from * d, to * d), answer.g!.subarray(from, to));
        });
        addScaled(others, -1, answer.othersSum!);
        addScaled(own, -1, answer.ownSum!);
      }
      reads += 2;
      return asked.map(({ index, weights }, k) => {
        const n = rows.length - sizes[index]!;
        return {
          weights,
          value: others[k]! / n + lambda * dot(weights, weights),
          gradient: finishGradient(sums[k]!.finish(scale), n, weights, lambda),
          heldOutLoss: own[k]!,
        };
      });
    },
  };
}

/** W (d x K C) and b of K heads side by side, for features as they are. */
function toHeads(asked: Asked[], d: number, classes: number, scale: number) {
  const width = asked.length * classes;
  const [W, b] = [new Float64Array(d * width), new Float64Array(width)];
  asked.forEach(({ weights }, k) => {
    for (let j = 0; j < d; j++)
      for (let c = 0; c < classes; c++) W[j * width + k * classes + c] = weights[j * classes + c]! / scale;
    b.set(weights.subarray(d * classes), k * classes);
  });
  return {
    W: { values: W, dims: [d, width] },
    b: { values: b, dims: [width] },
    apart: { values: BigInt64Array.of(-1n, BigInt(asked.length), BigInt(classes)), dims: [3] },
    together: { values: BigInt64Array.of(-1n, BigInt(width)), dims: [2] },
  };
}

/** The label of each matrix row of a block; of those that were not chosen it does not matter. */
function readLabels(rows: Int32Array, labels: Int32Array, { first, count, firstRow, span }: RowBlock): Float32Array {
  const label = new Float32Array(span);
  for (let place = first; place < first + count; place++) label[rows[place]! - firstRow] = labels[place]!;
  return label;
}

/** For each matrix row of a block and each fold that is asked for: 1 where the row is of another fold, or of this one. */
function readMasks(rows: Int32Array, foldOf: Int32Array, { first, count, firstRow, span }: RowBlock, asked: Asked[]) {
  const [others, own] = [new Float32Array(span * asked.length), new Float32Array(span * asked.length)];
  for (let place = first; place < first + count; place++)
    asked.forEach(({ index }, k) => {
      (foldOf[place] === index ? own : others)[(rows[place]! - firstRow) * asked.length + k] = 1;
    });
  const dims = [span, asked.length, 1];
  return { others: { values: others, dims }, own: { values: own, dims } };
}

/**
 * From features F, the heads W and b side by side, labels y, class indices c and the masks: for each head G = R^T F and g, the
 * sums of R, R being the residuals of the rows of other folds; and the sums of the labels' log-likelihoods over those rows
 * and over its own fold's. As logsumexp(z) minus z of the label, summed apart, a small loss would be lost to rounding.
 */
const openFolds = (): Promise<Kernel> =>
  openKernel('folds', () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('W', 'float64', ['d', 'KC']),
      createValue('b', 'float64', ['KC']),
      createValue('y', 'float32', ['rows', 1, 1]),
      createValue('c', 'float32', [1, 1, 'C']),
      createValue('others', 'float32', ['rows', 'K', 1]),
      createValue('own', 'float32', ['rows', 'K', 1]),
      createValue('apart', 'int64', [3]),
      createValue('together', 'int64', [2]),
    ],
    outputs: ['G', 'g', 'othersSum', 'ownSum'].map((name) => createValue(name, 'float64')),
    nodes: [
      castNode('W', 'W_cast', 'float32'),
      castNode('b', 'b_cast', 'float32'),
      createNode('Gemm', ['F', 'W_cast', 'b_cast'], ['Z_together']),
      createNode('Reshape', ['Z_together', 'apart'], ['Z']),
      createNode('LogSoftmax', ['Z'], ['log_P'], { axis: 2n }),
      createNode('Exp', ['log_P'], ['P']),
      createNode('Equal', ['y', 'c'], ['is_label']),
      castNode('is_label', 'Y', 'float32'),
      createNode('Sub', ['P', 'Y'], ['R_all']),
      createNode('Mul', ['R_all', 'others'], ['R_apart']),
      createNode('Reshape', ['R_apart', 'together'], ['R']),
      createNode('Gemm', ['R', 'F'], ['G_cast'], { transA: 1n }),
      castNode('G_cast', 'G', 'float64'),
      createNode('ReduceSum', ['R', 'rows'], ['g_cast'], { keepdims: 0n }),
      castNode('g_cast', 'g', 'float64'),
      createNode('Mul', ['log_P', 'Y'], ['of_label']),
      createNode('ReduceSum', ['of_label', 'classes'], ['likelihoods'], { keepdims: 1n }),
      ...['others', 'own'].flatMap((mask) => [
        createNode('Mul', ['likelihoods', mask], [`${mask}_masked`]),
        castNode(`${mask}_masked`, `${mask}_cast`, 'float64'),
        createNode('ReduceSum', [`${mask}_cast`, 'rows_and_classes'], [`${mask}Sum`], { keepdims: 0n }),
      ]),
    ],
    initializers: [
      createTensor('rows', [1], BigInt64Array.of(0n)),
      createTensor('classes', [1], BigInt64Array.of(2n)),
      createTensor('rows_and_classes', [2], BigInt64Array.of(0n, 2n)),
    ],
  }));
