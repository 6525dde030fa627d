// Problems to fit, drawn from a seed, and a representer that holds one.
import type {
  ComputeCalls,
  ComputeEvents,
  ExplainRequest,
  FitAnswer,
  FitRequest,
} from '../../../src/shared/compute-contract.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { createRepresenter, type RepresenterCalls } from '../../../src/main/compute/representer/representer.ts';

export interface Problem {
  n: number;
  /** Without the bias constant. */
  d: number;
  classes: number;
  /** n x d. */
  features: Float32Array;
  labels: Int32Array;
}

/** Classes around random centres, a fifth of the labels drawn anew. */
export function drawProblem({ n, d, classes, seed }: { n: number; d: number; classes: number; seed: number }): Problem {
  const random = createRandom(seed);
  const centres = Float64Array.from({ length: classes * d }, () => 3 * (random() - 0.5));
  const kinds = Int32Array.from({ length: n }, () => Math.floor(random() * classes));
  const features = Float32Array.from({ length: n * d }, (_, at) => {
    const kind = kinds[Math.floor(at / d)]!;
    return centres[kind * d + (at % d)]! + 2 * (random() + random() - 1);
  });
  return {
    n,
    d,
    classes,
    features,
    labels: kinds.map((kind) => (random() < 0.2 ? Math.floor(random() * classes) : kind)),
  };
}

/** Numbers between -1 and 1. */
export function drawArray(length: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => 2 * random() - 1);
}

/** Asks for the raw values of one image under the fit of the labels. */
export const ask = (
  row: number,
  toward: number,
  against: number | null,
  count: number,
  part: Partial<ExplainRequest> = {},
): ExplainRequest => ({ fit: 'labels', rows: Int32Array.of(row), toward, against, count, order: 'raw', ...part });

export const allRows = (n: number): Int32Array => Int32Array.from({ length: n }, (_, row) => row);

type Call = <K extends keyof RepresenterCalls>(
  name: K,
  params: ComputeCalls[K]['params'],
) => Promise<ComputeCalls[K]['result']>;

export interface OpenedProblem {
  call: Call;
  /** Fits all rows and loads the fit, at lambda = 0.01 and features as they are where the request says nothing else. */
  fit: (request?: Partial<FitRequest>) => Promise<FitAnswer>;
  progress: ComputeEvents['progress'][];
  /** Aborts whatever is under way. */
  controller: AbortController;
}

/** A representer that holds the features of the problem. */
export async function openProblem({ n, d, classes, features, labels }: Problem): Promise<OpenedProblem> {
  const progress: ComputeEvents['progress'][] = [];
  const handlers = createRepresenter((event) => progress.push(event));
  const controller = new AbortController();
  const call: Call = async (name, params) => handlers[name](params, { signal: controller.signal });
  await call('matrix.open', { rows: n, dimensions: d });
  await call('matrix.fill', { firstRow: 0, features });
  const plain: FitRequest = { rows: allRows(n), labels, classes, lambda: 0.01, featureScale: 'none', tolerance: 1e-8 };
  const fit = async (changes: Partial<FitRequest> = {}) => {
    const request = { ...plain, ...changes };
    const answer = await call('fit.run', request);
    await call('fit.load', { ...request, ...answer, target: request.imitate ? 'model' : 'labels' });
    return answer;
  };
  return { call, progress, controller, fit };
}

/** Largest difference of two arrays, relative to the largest entry of the second. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    size = Math.max(size, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? difference / size : NaN;
}
