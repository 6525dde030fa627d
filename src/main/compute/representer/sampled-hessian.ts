// The Hessian of some of the rows, at the weights that a fit goes on from (Byrd, Chin, Neveitt and Nocedal 2011).
import type { FitRows } from '../../../shared/compute-contract.ts';
import { createRandom } from '../../../shared/random.ts';
import { createNode, createTensor, createValue } from '../graph/build.ts';
import { solve } from './conjugate-gradients.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { openKernel, type Kernel } from './kernels.ts';
import { finishGradient } from './objective.ts';
import { castNode, createSums } from './onnx-products.ts';
import type { Precondition } from './preconditioner.ts';

/** A product with the sample costs as small a share of one with all rows. */
const share = 1 / 16;
const maxSampleRows = 12_000;
/** Its probabilities and logits lie in memory whole, 16 MB each in float32. */
const maxLogits = 2 ** 22;
const seed = 1;
/** With fewer rows for each of the D dimensions a sample tells too little. */
const leastRowsPerDimension = 1.5;
/** Directions that few rows of a sample share curve more than it says; so much of the Gram matrix's opinion is kept. */
const damping = 0.1;
/** Of a Hessian that is itself an estimate more digits are not worth a product. */
const tolerance = 0.3;
const maxSteps = 40;

export interface SampledHessian {
  precondition: Precondition;
  /** How often the features were read, so far, a sample being its share of them. */
  readonly reads: number;
}

/**
 * [Note: a sample for those that go on]
 * The Gram matrix is the Hessian at W = 0. A fit that begins where one ended is better led by the Hessian there: of evenly
 * chosen rows, solved by a few conjugate gradients, it takes half of the iterations. Labels do not enter, for softmax
 * cross-entropy curves alike whatever the label.
 *
 * Null where the rows are too few for a sample of them. What preconditions throws the signal's reason once it is aborted.
 */
export async function sampleHessian(
  matrix: FeatureMatrix,
  { rows, classes }: FitRows,
  { scale, lambda, weights }: { scale: number; lambda: number; weights: Float64Array },
  precondition: Precondition,
  signal: AbortSignal,
): Promise<SampledHessian | null> {
  const { dimensions: d } = matrix;
  const count = Math.floor(Math.min(rows.length * share, maxSampleRows, maxLogits / classes));
  if (count < leastRowsPerDimension * (d + 1)) return null;
  const random = createRandom(seed);
  // By chance within even parts: classes that take turns would else be in step with the sample.
  const sample = matrix.pick(
    Int32Array.from({ length: count }, (_, i) => rows[Math.floor(((i + random()) * rows.length) / count)]!),
  );
  const F = { values: sample.values, dims: [count, d] };
  const toHead = (head: Float64Array) => ({
    W: { values: head.subarray(0, d * classes).map((weight) => weight / scale), dims: [d, classes] },
    b: { values: head.subarray(d * classes), dims: [classes] },
  });
  const predict = await openProbabilities();
  const curvature = await openCurvature();
  const P = { values: (await predict({ F, ...toHead(weights) })).P!, dims: [count, classes] };
  let reads = 1;
  const curve = async (direction: Float64Array) => {
    signal.throwIfAborted();
    const { G, g } = await curvature({ F, P, ...toHead(direction) });
    reads += 2;
    const sums = createSums(d, classes);
    sums.add(G!, g!);
    return finishGradient(sums.finish(scale), count, direction, lambda);
  };
  return {
    precondition: (gradient) => solve(curve, gradient, { precondition, tolerance, maxSteps, damping }),
    get reads() {
      return (reads * count) / rows.length;
    },
  };
}

const inputs = [
  createValue('F', 'float32', ['rows', 'd']),
  createValue('W', 'float64', ['d', 'C']),
  createValue('b', 'float64', ['C']),
];
const logits = [
  castNode('W', 'W_cast', 'float32'),
  castNode('b', 'b_cast', 'float32'),
  createNode('Gemm', ['F', 'W_cast', 'b_cast'], ['Z']),
];

/** P = softmax(F W + b). */
const openProbabilities = (): Promise<Kernel> =>
  openKernel('probabilities', () => ({
    inputs,
    outputs: [createValue('P', 'float64')],
    nodes: [...logits, createNode('Softmax', ['Z'], ['P_cast'], { axis: 1n }), castNode('P_cast', 'P', 'float64')],
    initializers: [],
  }));

/** G = R^T F and g, the sums of R, where row i of R is (diag(p_i) - p_i p_i^T) z_i and Z = F W + b (METHODS 0). */
const openCurvature = (): Promise<Kernel> =>
  openKernel('curvature', () => ({
    inputs: [...inputs, createValue('P', 'float64', ['rows', 'C'])],
    outputs: [createValue('G', 'float64'), createValue('g', 'float64')],
    nodes: [
      ...logits,
      castNode('P', 'P_cast', 'float32'),
      createNode('Mul', ['P_cast', 'Z'], ['PZ']),
      createNode('ReduceSum', ['PZ', 'over_classes'], ['mean'], { keepdims: 1n }),
      createNode('Mul', ['P_cast', 'mean'], ['Pm']),
      createNode('Sub', ['PZ', 'Pm'], ['R']),
      createNode('Gemm', ['R', 'F'], ['G_cast'], { transA: 1n }),
      createNode('ReduceSum', ['R', 'over_rows'], ['g_cast'], { keepdims: 0n }),
      castNode('G_cast', 'G', 'float64'),
      castNode('g_cast', 'g', 'float64'),
    ],
    initializers: [
      createTensor('over_classes', [1], BigInt64Array.of(1n)),
      createTensor('over_rows', [1], BigInt64Array.of(0n)),
    ],
  }));
