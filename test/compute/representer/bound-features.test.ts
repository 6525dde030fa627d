// Features that a provider holds. The CPU stands for a device here: the graphs, their ranges and the proof are the same.
import { describe, expect, it } from 'vitest';
import type { FitRequest } from '../../../src/shared/compute-contract.ts';
import {
  bindFeatures,
  DeviceFailure,
  type BoundFeatures,
} from '../../../src/main/compute/representer/bound-features.ts';
import { Device, prove } from '../../../src/main/compute/representer/device.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { fitHead } from '../../../src/main/compute/representer/fit.ts';
import { createFusedObjective } from '../../../src/main/compute/representer/fused-objective.ts';
import type { Feeds } from '../../../src/main/compute/representer/kernels.ts';
import { allRows, drawArray, drawProblem, openProblem, relativeError, type Problem } from './problems.ts';

const { signal } = new AbortController();
const [n, d] = [3000, 24];
/** Three ranges, the last of them short. */
const rangeValues = 1300 * d;

function toMatrix(features: Float32Array): FeatureMatrix {
  const matrix = new FeatureMatrix(n, d);
  matrix.fill(0, features);
  return matrix;
}

async function withBound(matrix: FeatureMatrix, use: (bound: BoundFeatures) => Promise<void>): Promise<void> {
  const bound = await bindFeatures(matrix, 'cpu', signal, rangeValues);
  await use(bound).finally(() => bound.release());
}

const plain = ({ labels, classes }: Problem): FitRequest => ({
  rows: allRows(n),
  labels,
  classes,
  lambda: 1e-3,
  featureScale: 'unit',
  tolerance: 1e-3,
});

const fitOn = (matrix: FeatureMatrix, request: FitRequest, bound?: BoundFeatures) =>
  fitHead(matrix, request, () => undefined, signal, undefined, bound);

/** Rectified, as features mostly are: what they have in common hides the rounding of a gradient. */
const rectify = (features: Float32Array) => features.map((value) => Math.max(value, 0) + 1);
/** To the 10 bits of mantissa that TF32 keeps. */
const roundToTf32 = (features: Float32Array) => {
  const bits = new Uint32Array(features.slice().buffer);
  return new Float32Array(bits.map((value) => (value + 0x1000) & ~0x1fff).buffer);
};

describe('bound features', () => {
  it.each([2, 10])('give the objective of the rows of a fit, over several ranges, of %i classes', async (classes) => {
    const problem = drawProblem({ n, d, classes, seed: 31 });
    const matrix = toMatrix(problem.features);
    // None of the middle range is chosen.
    const rows = allRows(n).filter((row) => row % 3 === 0 && (row < 1300 || row >= 2600));
    const chosen = { rows, labels: Int32Array.from(rows, (row) => problem.labels[row]!), classes };
    const weights = drawArray((d + 1) * classes, 32);
    await withBound(matrix, async (bound) => {
      expect(bound.ranges.map(({ span }) => span)).toEqual([1300, 1300, 400]);
      const open = (place?: BoundFeatures) =>
        createFusedObjective(matrix, chosen, 2, 0.01, signal, 'float32', place).evaluate(weights);
      const [there, here] = [await open(bound), await open()];
      expect(Math.abs(there.value / here.value - 1)).toBeLessThan(1e-6);
      expect(Math.abs(there.logitRms / here.logitRms - 1)).toBeLessThan(1e-6);
      expect(relativeError(there.gradient, here.gradient)).toBeLessThan(1e-6);
    });
  });

  it('lead a fit to where it ends on the CPU, certified there', async () => {
    const problem = drawProblem({ n, d, classes: 4, seed: 33 });
    const matrix = toMatrix(problem.features);
    const request = plain(problem);
    await withBound(matrix, async (bound) => {
      const [there, here] = [await fitOn(matrix, request, bound), await fitOn(matrix, request)];
      expect(there.reached).toBe(true);
      expect(relativeError(there.weights, here.weights)).toBeLessThan(1e-3);
      expect(there.certificate.maxLogitError).toBeLessThanOrEqual(1e-3 * there.certificate.logitRms);
      expect([there.provider, there.refused]).toEqual(['cpu', null]);
    });
  });

  it('are used where the gradient has the digits of float32, and refused with those of TF32', async () => {
    const features = rectify(drawProblem({ n, d, classes: 4, seed: 34 }).features);
    const matrix = toMatrix(features);
    await withBound(matrix, (bound) => prove(matrix, bound, 4, signal));
    await withBound(toMatrix(roundToTf32(features)), async (bound) => {
      await expect(prove(matrix, bound, 4, signal)).rejects.toThrow(/^its gradient is off by 0\.000\d+,/);
    });
    // A device that is slow: each product keeps the processor waiting.
    await withBound(matrix, async (bound) => {
      const ranges = bound.ranges.map((range) => ({
        ...range,
        run: async (feeds: Feeds) => {
          await new Promise((resolve) => setTimeout(resolve, 200));
          return range.run(feeds);
        },
      }));
      await expect(prove(matrix, { ...bound, ranges }, 4, signal)).rejects.toThrow(/^it takes \d+ times as long/);
    });
    await withBound(toMatrix(features.map((value) => value * 1e30)), async (bound) => {
      await expect(prove(matrix, bound, 4, signal)).rejects.toThrow(DeviceFailure);
    });
  });
});

describe('a device', () => {
  it('that this system lacks leaves the fit to the CPU, and says why', async () => {
    const problem = drawProblem({ n: 200, d: 5, classes: 3, seed: 35 });
    const provider = process.platform === 'win32' ? 'cuda' : 'dml';
    const { call, fit } = await openProblem(problem);
    const here = await fit();
    // Few features are not bound; most of these are zero and not in the fit.
    await call('matrix.open', { rows: Math.ceil(2 ** 22 / problem.d), dimensions: problem.d, provider });
    await call('matrix.fill', { firstRow: 0, features: problem.features });
    const refused = await fit();
    expect(refused.refused).toEqual({ name: provider, reason: expect.stringMatching(/^\S.*[^.]$/) as string });
    expect([refused.provider, refused.weights]).toEqual(['cpu', here.weights]);
    // One that is made again is told to stay on the CPU, where there is nothing to refuse.
    expect((await fit({ isOnCpu: true })).refused).toBeNull();
  });

  it('that is lost under a fit leaves it, and all that follow, to the CPU', async () => {
    const problem = drawProblem({ n, d, classes: 3, seed: 36 });
    const matrix = toMatrix(problem.features);
    const device = new Device(matrix, 'cpu');
    const places: boolean[] = [];
    const run = (isLost: boolean) =>
      device.run(3, signal, async (bound) => {
        places.push(bound !== undefined);
        if (isLost) await bound?.release();
        return fitOn(matrix, plain(problem), bound);
      });
    expect((await run(false)).refused).toBeNull();
    const lost = await run(true);
    expect(lost.refused?.reason).toMatch(/disposed|released/i);
    expect(lost.weights).toEqual((await fitOn(matrix, plain(problem))).weights);
    expect((await run(false)).refused).toEqual(lost.refused);
    expect(places).toEqual([true, true, false, false]);
    await device.release();
  });
});
