// Whether a fit multiplies where the features came from, or on the CPU.
import type { FitAnswer } from '../../../shared/compute-contract.ts';
import type { Provider, ProviderRefusal } from '../../../shared/model.ts';
import { createRandom } from '../../../shared/random.ts';
import { sentence } from '../../../shared/told.ts';
import { bindFeatures, DeviceFailure, type BoundFeatures } from './bound-features.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { measureScale } from './fit.ts';
import { createFusedObjective } from './fused-objective.ts';
import type { Point } from './objective.ts';
import { createOnnxProducts } from './onnx-products.ts';
import { norm, stepFrom } from './vectors.ts';

/**
 * Those that can hold the features. CoreML takes no product of which the second factor is fed, nor one with a transposed first
 * factor, so that all would run on the CPU, from copies of the features.
 */
const binding: readonly Provider[] = ['cuda', 'dml', 'webgpu'];
/** With fewer features, 16 MB of them, the CPU is done before a device has been asked. */
const leastValues = 2 ** 22;

/**
 * How far a gradient may be from the CPU's, relative to its norm. float32 sums of a range stay below 1e-5 (WebGPU: 6e-6 of
 * 16 000 rows). Half precision and TF32, in which CUDA multiplies since Ampere and against which ONNX Runtime has no option in
 * Node, are ten times above: digits that certify nothing.
 */
const tolerance = 2e-5;
/** So many times as slow as the CPU is no device but software that poses as one; a moment's pause (ms) is not meant. */
const tooSlow = { times: 4, pause: 50 };
const seed = 1;

/** The features of one matrix on the device of a provider, from the first fit on. */
export class Device {
  readonly #matrix: FeatureMatrix;
  readonly #provider: Provider;
  #bound: BoundFeatures | undefined;
  #refused: ProviderRefusal | null = null;

  constructor(matrix: FeatureMatrix, provider: Provider) {
    this.#matrix = matrix;
    this.#provider = provider;
  }

  /**
   * What `fit` answers on the device. Where that fails, at first or under the fit, and from then on, what it answers on the
   * CPU, with the reason. A run records which it was, so that it is made again where it was made.
   */
  async run(
    classes: number,
    signal: AbortSignal,
    fit: (bound?: BoundFeatures) => Promise<FitAnswer>,
  ): Promise<FitAnswer> {
    if (!this.#refused)
      try {
        this.#bound ??= await bindProven(this.#matrix, this.#provider, classes, signal);
        return await fit(this.#bound);
      } catch (error) {
        if (!(error instanceof DeviceFailure)) throw error;
        this.#refused = { name: this.#provider, reason: error.message };
        await this.release();
      }
    return { ...(await fit()), refused: this.#refused };
  }

  async release(): Promise<void> {
    const bound = this.#bound;
    this.#bound = undefined;
    // What is lost cannot always be released.
    await bound?.release().catch(() => undefined);
  }
}

/** None for a provider that cannot hold features, for the CPU, where they lie already, and for few of them. */
export const openDevice = (matrix: FeatureMatrix, provider: Provider): Device | undefined =>
  binding.includes(provider) && matrix.values.length >= leastValues ? new Device(matrix, provider) : undefined;

async function bindProven(
  matrix: FeatureMatrix,
  provider: Provider,
  classes: number,
  signal: AbortSignal,
): Promise<BoundFeatures> {
  const bound = await bindFeatures(matrix, provider, signal);
  try {
    await prove(matrix, bound, classes, signal);
    return bound;
  } catch (error) {
    await bound.release();
    throw error;
  }
}

/**
 * Evaluates the objective of all rows at made-up weights, on the device and on the CPU. Labels are drawn from the very
 * probabilities, so that the gradient is a sum without a common direction, as at the end of a fit: in one that has a direction
 * rounding evens out. Throws DeviceFailure where both differ, where the device does not say the same twice, or takes much
 * longer.
 */
export async function prove(
  matrix: FeatureMatrix,
  bound: BoundFeatures,
  classes: number,
  signal: AbortSignal,
): Promise<void> {
  const random = createRandom(seed);
  const weights = Float64Array.from({ length: (matrix.dimensions + 1) * classes }, () => 4 * random() - 2);
  const rows = Int32Array.from(matrix.squaredNorms.keys()).filter((row) => Number.isFinite(matrix.squaredNorms[row]));
  const scale = measureScale(matrix, rows, 'unit');
  const labels = new Int32Array(rows.length);
  await createOnnxProducts(matrix, rows, scale, signal, 'float32').multiply(weights, (logits, first, count) => {
    for (let i = 0; i < count; i++) labels[first + i] = draw(logits.subarray(i * classes, (i + 1) * classes), random());
  });
  const evaluate = async (place?: BoundFeatures) => {
    const objective = createFusedObjective(matrix, { rows, labels, classes }, scale, 0, signal, 'float32', place);
    const startedAt = performance.now();
    const point = await objective.evaluate(weights);
    return { ...point, took: performance.now() - startedAt };
  };
  const [here, there, again] = [await evaluate(), await evaluate(bound), await evaluate(bound)];
  const took = Math.min(there.took, again.took);
  if (took > tooSlow.times * here.took + tooSlow.pause)
    throw new DeviceFailure(sentence('because.slow-device', { times: Math.round(took / here.took) }));
  const difference = compare(there, here);
  if (!(difference <= tolerance))
    throw new DeviceFailure(sentence('because.few-digits', { difference: Number(difference.toPrecision(2)) }));
  if (compare(again, there) > 0) throw new DeviceFailure(sentence('because.never-twice'));
}

/** Index of a class, drawn with the softmax of its logits; `share` is between 0 and 1. */
function draw(logits: Float64Array, share: number): number {
  const highest = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const sizes = logits.map((logit) => Math.exp(logit - highest));
  let left = share * sizes.reduce((sum, size) => sum + size, 0);
  const drawn = sizes.findIndex((size) => (left -= size) < 0);
  return Math.max(drawn, 0);
}

const compare = (a: Point, b: Point): number =>
  Math.max(norm(stepFrom(a.gradient, -1, b.gradient)) / norm(b.gradient), Math.abs(a.value / b.value - 1));
