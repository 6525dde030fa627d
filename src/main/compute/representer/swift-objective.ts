// The objective in one ONNX graph per block of rows, softmax included: features are read once for both products, while they
// are in the cache. Products are float32, sums float64: exact enough to descend, not to certify.
import { createNode, createTensor, createValue } from '../graph/build.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Feeds, type Kernel } from './kernels.ts';
import { finishGradient, type Objective } from './objective.ts';
import { castNode, createSums, readFeatures } from './onnx-products.ts';
import { coverRows, type RowBlock } from './row-blocks.ts';
import { dot } from './vectors.ts';

/** Features of one block, about 2 MB of them: what a core's cache holds. */
const blockValues = 2 ** 19;
const minRows = 512;
const maxRows = 4096;

/** Softmax cross-entropy of the given rows against their labels. */
export function createSwiftObjective(
  matrix: FeatureMatrix,
  rows: Int32Array,
  labels: Int32Array,
  scale: number,
  lambda: number,
  signal: AbortSignal,
): Objective {
  const { dimensions: d } = matrix;
  const maxSpan = Math.min(maxRows, Math.max(minRows, Math.floor(blockValues / d)));
  const blocks = coverRows(rows, maxSpan).map((block) => ({ ...block, ...readTargets(rows, labels, block) }));
  let reads = 0;

  return {
    lambda,
    get reads() {
      return reads;
    },
    async evaluate(weights) {
      const kernel = await openObjective();
      const classes = weights.length / (d + 1);
      const head: Feeds = {
        W: { values: weights.subarray(0, d * classes).map((weight) => weight / scale), dims: [d, classes] },
        b: { values: weights.subarray(d * classes), dims: [classes] },
        C: { values: BigInt64Array.of(BigInt(classes)), dims: [1] },
      };
      const sums = createSums(d, classes);
      let loss = 0;
      let squares = 0;
      for (const block of blocks) {
        signal.throwIfAborted();
        const { span, isChosen, label } = block;
        const { G, g, likelihoods, q } = await kernel({
          ...head,
          F: readFeatures(matrix, block),
          m: { values: isChosen, dims: [span, 1] },
          y: { values: label, dims: [span] },
        });
        sums.add(G!, g!);
        for (let i = 0; i < span; i++) {
          if (isChosen[i] === 0) continue;
          loss -= likelihoods![i]!;
          squares += q![i]!;
        }
      }
      reads += 2;
      const n = rows.length;
      return {
        weights,
        value: loss / n + lambda * dot(weights, weights),
        gradient: finishGradient(sums.finish(scale), n, weights, lambda),
        logitRms: Math.sqrt(squares / (n * classes)),
      };
    },
  };
}

/** For each matrix row of a block: 1 where it was chosen, and then its label. */
function readTargets(rows: Int32Array, labels: Int32Array, { first, count, firstRow, span }: RowBlock) {
  const isChosen = new Float32Array(span);
  const label = new BigInt64Array(span);
  for (let place = first; place < first + count; place++) {
    isChosen[rows[place]! - firstRow] = 1;
    label[rows[place]! - firstRow] = BigInt(labels[place]!);
  }
  return { isChosen, label };
}

/**
 * From features F, the head W and b, labels y of C classes and the mask m of the chosen rows: G = R^T F and g, the sums
 * of R, R being the chosen rows' residuals; and of every row the log-likelihood of its label and its sum of squared logits.
 */
const openObjective = (): Promise<Kernel> =>
  openKernel('objective', () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('W', 'float64', ['d', 'C']),
      createValue('b', 'float64', ['C']),
      createValue('y', 'int64', ['rows']),
      createValue('C', 'int64', [1]),
      createValue('m', 'float32', ['rows', 1]),
    ],
    outputs: ['G', 'g', 'likelihoods', 'q'].map((name) => createValue(name, 'float64')),
    nodes: [
      castNode('W', 'W32', 'float32'),
      castNode('b', 'b32', 'float32'),
      createNode('Gemm', ['F', 'W32', 'b32'], ['Z']),
      createNode('LogSoftmax', ['Z'], ['log_P'], { axis: 1n }),
      createNode('Exp', ['log_P'], ['P']),
      createNode('OneHot', ['y', 'C', 'off_on'], ['Y'], { axis: -1n }),
      createNode('Sub', ['P', 'Y'], ['R_all']),
      createNode('Mul', ['R_all', 'm'], ['R']),
      createNode('Gemm', ['R', 'F'], ['G32'], { transA: 1n }),
      createNode('ReduceSum', ['R', 'over_rows'], ['g32'], { keepdims: 0n }),
      createNode('Mul', ['log_P', 'Y'], ['own']),
      createNode('ReduceSum', ['own', 'over_classes'], ['likelihoods32'], { keepdims: 0n }),
      createNode('ReduceSumSquare', ['Z'], ['q32'], { axes: [1n], keepdims: 0n }),
      ...['G', 'g', 'likelihoods', 'q'].map((name) => castNode(`${name}32`, name, 'float64')),
    ],
    initializers: [
      createTensor('off_on', [2], Float32Array.of(0, 1)),
      createTensor('over_rows', [1], BigInt64Array.of(0n)),
      createTensor('over_classes', [1], BigInt64Array.of(1n)),
    ],
  }));
