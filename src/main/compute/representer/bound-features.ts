// The features as parts of ONNX graphs, so that they lie where a provider computes.
import type { Provider } from '../../../shared/model.ts';
import { sentence } from '../../../shared/told.ts';
import { createTensor } from '../graph/build.ts';
import { explainRefusal } from '../providers.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { describeObjective } from './fused-objective.ts';
import { createKernel, type Feeds, type Kernel, type OpenKernel } from './kernels.ts';
import { readFeatures } from './onnx-products.ts';

/** Features of one range, 64 MB of them: while a graph is opened there are a few copies. */
const usualRange = 2 ** 24;
/** A provider sums the rows of a range in float32, some one after another, and loses digits with each. */
const maxRows = 2 ** 15;

export interface BoundRange {
  firstRow: number;
  span: number;
  /** The fused objective in float32, but for the features (`describeObjective`). Throws DeviceFailure. */
  run: Kernel;
}

export interface BoundFeatures {
  provider: Provider;
  ranges: readonly BoundRange[];
  release(): Promise<void>;
}

/** The device cannot be used, or no longer; the message says why. */
export class DeviceFailure extends Error {}

/**
 * [Note: bound features]
 * In Node ONNX Runtime copies what a graph is fed to the device at every run. What is a part of the graph, an initializer, is
 * copied once. So each range of rows has a graph that holds its features, and an evaluation sends weights, labels and the
 * mask of the rows in the fit and gets sums and a few numbers a row back. Providers without float64 (WebGPU) leave the casts
 * to the CPU; LogSoftmax, which WebGPU has not, goes there and back. Both products run where the features are: that was seen in
 * ONNX Runtime's profile of WebGPU on a Vulkan driver that is software. CUDA, DirectML and real GPUs were not tried for want of
 * hardware, and no speed was measured; `Device` proves the numbers wherever it runs.
 *
 * Throws DeviceFailure where a session cannot be opened; none is left open then.
 */
export async function bindFeatures(
  matrix: FeatureMatrix,
  provider: Provider,
  signal: AbortSignal,
  rangeValues = usualRange,
): Promise<BoundFeatures> {
  const maxSpan = Math.min(maxRows, Math.max(1, Math.floor(rangeValues / matrix.dimensions)));
  const kernels: OpenKernel[] = [];
  const ranges: BoundRange[] = [];
  const release = async () => {
    for (const kernel of kernels.splice(0)) await kernel.release();
  };
  try {
    for (let firstRow = 0; firstRow < matrix.rows; firstRow += maxSpan) {
      signal.throwIfAborted();
      const span = Math.min(maxSpan, matrix.rows - firstRow);
      const kernel = await openRange(matrix, firstRow, span, provider);
      kernels.push(kernel);
      ranges.push({ firstRow, span, run: (feeds) => onDevice(() => runFinite(kernel, feeds)) });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { provider, ranges, release };
}

function openRange(matrix: FeatureMatrix, firstRow: number, span: number, provider: Provider): Promise<OpenKernel> {
  const { values, dims } = readFeatures(matrix, { firstRow, span });
  const parts = describeObjective('float32', { bound: createTensor('F', dims, values) });
  return onDevice(() => createKernel({ name: 'objective, bound', ...parts }, provider));
}

async function runFinite({ run }: OpenKernel, feeds: Feeds): ReturnType<Kernel> {
  const sums = await run(feeds);
  if (!sums['G']!.every(Number.isFinite)) throw new Error(sentence('because.provider-not-finite'));
  return sums;
}

/** Providers fail with plain errors of every kind: a library that is missing, no such device, no memory, a lost device. */
async function onDevice<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new DeviceFailure(explainRefusal(error), { cause: error });
  }
}
