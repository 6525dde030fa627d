// The fit's objective with a distribution over the classes as each row's target, and a weight: a label that is doubted
// is neither believed nor thrown away. Descent only: products in float32, sums in float64.
import { createNode, createTensor, createValue } from '../graph/build.ts';
import type { FeatureMatrix } from '../representer/feature-matrix.ts';
import { openKernel, type Kernel } from '../representer/kernels.ts';
import { finishGradient, type Objective } from '../representer/objective.ts';
import { castNode, createSums, readFeatures } from '../representer/onnx-products.ts';
import { coverRows, spanInCache, type RowBlock } from '../representer/row-blocks.ts';
import { dot } from '../representer/vectors.ts';

export interface SoftTargets {
  /** n x C, row-major: each row adds up to its weight. */
  targets: Float32Array;
  /** n; 0 leaves a row out. */
  weights: Float32Array;
}

/**
 * (1 / sum of weights) sum_i w_i CE(q_i, softmax(W^T f_i)) + lambda ||W||_F^2 over the given rows of the matrix, where
 * `targets` holds w_i q_i.
 */
export function createSoftObjective(
  matrix: FeatureMatrix,
  rows: Int32Array,
  { targets, weights }: SoftTargets,
  scale: number,
  lambda: number,
  signal: AbortSignal,
): Objective {
  const { dimensions: d } = matrix;
  const classes = targets.length / rows.length;
  const blocks = coverRows(rows, spanInCache(d)).map((block) => ({
    block,
    ...spread(rows, block, targets, weights, classes),
  }));
  const total = weights.reduce((sum, weight) => sum + weight, 0);

  return {
    async evaluate(W) {
      const kernel = await openSoftObjective();
      const head = {
        W: { values: W.subarray(0, d * classes).map((weight) => weight / scale), dims: [d, classes] },
        b: { values: W.subarray(d * classes), dims: [classes] },
      };
      const sums = createSums(d, classes);
      let loss = 0;
      let squares = 0;
      for (const { block, Q, m } of blocks) {
        signal.throwIfAborted();
        const {
          G,
          g,
          loss: losses,
          q,
        } = await kernel({
          ...head,
          F: readFeatures(matrix, block),
          Q: { values: Q, dims: [block.span, classes] },
          m: { values: m, dims: [block.span, 1] },
        });
        sums.add(G!, g!);
        loss -= losses![0]!;
        squares += q![0]!;
      }
      return {
        weights: W,
        value: loss / total + lambda * dot(W, W),
        gradient: finishGradient(sums.finish(scale), total, W, lambda),
        logitRms: Math.sqrt(squares / (total * classes)),
      };
    },
  };
}

/** Targets and weights of a block's rows in the places of the matrix rows, with zeros between. */
function spread(rows: Int32Array, block: RowBlock, targets: Float32Array, weights: Float32Array, classes: number) {
  const Q = new Float32Array(block.span * classes);
  const m = new Float32Array(block.span);
  for (let place = block.first; place < block.first + block.count; place++) {
    const at = rows[place]! - block.firstRow;
    m[at] = weights[place]!;
    Q.set(targets.subarray(place * classes, (place + 1) * classes), at * classes);
  }
  return { Q, m };
}

/** From features F, the head W and b, weighted targets Q and weights m: R = m P - Q, G = R^T F, g = sum of R, and the loss. */
const openSoftObjective = (): Promise<Kernel> =>
  openKernel('soft objective', () => ({
    inputs: [
      createValue('F', 'float32', ['rows', 'd']),
      createValue('W', 'float64', ['d', 'C']),
      createValue('b', 'float64', ['C']),
      createValue('Q', 'float32', ['rows', 'C']),
      createValue('m', 'float32', ['rows', 1]),
    ],
    outputs: ['G', 'g', 'loss', 'q'].map((name) => createValue(name, 'float64')),
    nodes: [
      castNode('W', 'W32', 'float32'),
      castNode('b', 'b32', 'float32'),
      createNode('Gemm', ['F', 'W32', 'b32'], ['Z']),
      createNode('LogSoftmax', ['Z'], ['log_P'], { axis: 1n }),
      createNode('Exp', ['log_P'], ['P']),
      createNode('Mul', ['P', 'm'], ['weighted']),
      createNode('Sub', ['weighted', 'Q'], ['R']),
      createNode('Gemm', ['R', 'F'], ['G32'], { transA: 1n }),
      createNode('ReduceSum', ['R', 'over_rows'], ['g32'], { keepdims: 0n }),
      createNode('Mul', ['log_P', 'Q'], ['own']),
      createNode('ReduceSum', ['own'], ['loss32'], { keepdims: 0n }),
      createNode('Mul', ['Z', 'm'], ['Z_weighted']),
      createNode('Mul', ['Z_weighted', 'Z'], ['Z_squared']),
      createNode('ReduceSum', ['Z_squared'], ['q32'], { keepdims: 0n }),
      ...['G', 'g', 'loss', 'q'].map((name) => castNode(`${name}32`, name, 'float64')),
    ],
    initializers: [createTensor('over_rows', [1], BigInt64Array.of(0n))],
  }));
