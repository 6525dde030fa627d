// The objective in one ONNX graph per block of rows, softmax included: features are read once for both products, while they
// are in the cache. Sums are float64 in either precision; in float32 it is exact enough to descend, not to certify.
import type { FitRows } from '../../../shared/compute-contract.ts';
import { createNode, createTensor, createValue, type ModelParts } from '../graph/build.ts';
import type { TensorProto } from '../graph/onnx_pb.js';
import type { BoundFeatures, BoundRange } from './bound-features.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Feeds, type Kernel } from './kernels.ts';
import { finishGradient, type Objective, type Point } from './objective.ts';
import { castNode, createSums, pack, readFeatures, type Precision } from './onnx-products.ts';
import { coverRanges, coverRows, spanInCache, type RowBlock } from './row-blocks.ts';
import { dot } from './vectors.ts';

export interface FusedObjective extends Objective {
  /** How often the features were read, so far. */
  readonly reads: number;
  /** Where `residuals` (n x C) is given, the residuals at `weights` are written to it; bound features have none. */
  evaluate(weights: Float64Array, residuals?: Float64Array): Promise<Point>;
}

/**
 * Softmax cross-entropy of the given rows against their labels. Where features of the same matrix are bound, it is evaluated
 * where they are.
 */
export function createFusedObjective(
  matrix: FeatureMatrix,
  { rows, labels, classes }: FitRows,
  scale: number,
  lambda: number,
  signal: AbortSignal,
  precision: Precision,
  bound?: BoundFeatures,
): FusedObjective {
  const { dimensions: d } = matrix;
  const n = rows.length;
  const covered: readonly (RowBlock & Partial<BoundRange>)[] = bound
    ? coverRanges(rows, bound.ranges)
    : coverRows(rows, spanInCache(d));
  const blocks = covered.map((block) => ({ ...block, ...readTargets(rows, labels, block) }));
  const classIndices = { values: Float32Array.from({ length: classes }, (_, c) => c), dims: [1, classes] };
  let reads = 0;

  return {
    get reads() {
      return reads;
    },
    async evaluate(weights, residuals) {
      const head: Feeds = {
        W: { values: weights.subarray(0, d * classes).map((weight) => weight / scale), dims: [d, classes] },
        b: { values: weights.subarray(d * classes), dims: [classes] },
        c: classIndices,
      };
      const sums = createSums(d, classes);
      let loss = 0;
      let squares = 0;
      for (const block of blocks) {
        signal.throwIfAborted();
        const { count, span, isChosen, label, run } = block;
        const kernel = run ?? (await openObjective(precision, count === span, residuals !== undefined));
        const { G, g, R, likelihoods, q } = await kernel({
          ...head,
          ...(run ? {} : { F: readFeatures(matrix, block) }),
          m: { values: isChosen, dims: [span, 1] },
          y: { values: label, dims: [span, 1] },
        });
        sums.add(G!, g!);
        for (let i = 0; i < span; i++) {
          if (isChosen[i] === 0) continue;
          loss -= likelihoods![i]!;
          squares += q![i]!;
        }
        if (residuals) residuals.set(pack(rows, block, R!, classes), block.first * classes);
      }
      reads += 2;
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
  const label = new Float32Array(span);
  for (let place = first; place < first + count; place++) {
    isChosen[rows[place]! - firstRow] = 1;
    label[rows[place]! - firstRow] = labels[place]!;
  }
  return { isChosen, label };
}

/**
 * From features F, the head W and b, labels y, class indices c and the mask m of the chosen rows: G = R^T F and g, the sums
 * of R, R being the chosen rows' residuals, and R itself where it is asked for; and of every row the log-likelihood of its
 * label and its sum of squared logits. To compare y with c costs a tenth of what the operator OneHot takes. Where F is
 * `bound`, a tensor of that name, it is a part of the graph and not fed.
 */
export function describeObjective(
  precision: Precision,
  { isWhole = false, hasResiduals = false, bound }: { isWhole?: boolean; hasResiduals?: boolean; bound?: TensorProto },
): Omit<ModelParts, 'name'> {
  const outputs = ['G', 'g', 'likelihoods', 'q', ...(hasResiduals ? ['R'] : [])];
  return {
    inputs: [
      ...(bound ? [] : [createValue('F', 'float32', ['rows', 'd'])]),
      createValue('W', 'float64', ['d', 'C']),
      createValue('b', 'float64', ['C']),
      createValue('y', 'float32', ['rows', 1]),
      createValue('c', 'float32', [1, 'C']),
      createValue('m', 'float32', ['rows', 1]),
    ],
    outputs: outputs.map((name) => createValue(name, 'float64')),
    nodes: [
      ...['F', 'W', 'b', 'm'].map((name) => castNode(name, `${name}_cast`, precision)),
      createNode('Gemm', ['F_cast', 'W_cast', 'b_cast'], ['Z']),
      createNode('LogSoftmax', ['Z'], ['log_P'], { axis: 1n }),
      createNode('Exp', ['log_P'], ['P']),
      createNode('Equal', ['y', 'c'], ['is_label']),
      castNode('is_label', 'Y', precision),
      createNode('Sub', ['P', 'Y'], ['R_all']),
      createNode(isWhole ? 'Identity' : 'Mul', isWhole ? ['R_all'] : ['R_all', 'm_cast'], ['R_cast']),
      createNode('Gemm', ['R_cast', 'F_cast'], ['G_cast'], { transA: 1n }),
      createNode('Gemm', ['m_cast', 'R_all'], ['g_cast'], { transA: 1n }),
      createNode('Mul', ['log_P', 'Y'], ['own']),
      createNode('ReduceSum', ['own', 'over_classes'], ['likelihoods_cast'], { keepdims: 0n }),
      createNode('ReduceSumSquare', ['Z'], ['q_cast'], { axes: [1n], keepdims: 0n }),
      ...outputs.map((name) => castNode(`${name}_cast`, name, 'float64')),
    ],
    initializers: [createTensor('over_classes', [1], BigInt64Array.of(1n)), ...(bound ? [bound] : [])],
  };
}

const openObjective = (precision: Precision, isWhole: boolean, hasResiduals: boolean): Promise<Kernel> =>
  openKernel(`objective ${precision}, ${isWhole ? 'all' : 'some'} rows${hasResiduals ? ', residuals' : ''}`, () =>
    describeObjective(precision, { isWhole, hasResiduals }),
  );
