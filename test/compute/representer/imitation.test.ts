// Fits that imitate a given model (METHODS 1.2, eq. 3).
import { describe, expect, it } from 'vitest';
import type { Imitation } from '../../../src/shared/compute-contract.ts';
import { modelOutputs } from '../../../src/shared/fit.ts';
import { measureGap } from '../../../src/main/compute/representer/certificate.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { createImitationLoss } from '../../../src/main/compute/representer/imitation-loss.ts';
import { descend } from '../../../src/main/compute/representer/lbfgs.ts';
import { createObjective } from '../../../src/main/compute/representer/objective.ts';
import { createPlainProducts } from '../../../src/main/compute/representer/plain-products.ts';
import { dot, stepFrom } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, ask, drawArray, drawProblem, openProblem, relativeError } from './problems.ts';

const { signal } = new AbortController();

describe('the tiny head, given a head to imitate (METHODS 8.2)', () => {
  it('has the known optimum, on which the wrong label leaves no mark', async () => {
    const matrix = new FeatureMatrix(7, 2);
    matrix.fill(0, Float32Array.of(10, 0, 8, 3, -5, 10, -2, 9, -6, -8, -4, -10, 9, 1));
    const products = createPlainProducts(matrix, allRows(7), 10, signal);
    const head = Float64Array.of(2, -1, -1, 0, 2, -2, 0.1, 0, -0.1);
    const logits = new Float32Array(21);
    await products.multiply(head, (block, first) => logits.set(block, first * 3));
    const lambda = 0.01;
    const objective = createObjective(products, createImitationLoss({ output: 'softmax', logits }, 3), lambda);
    const { point } = await descend(objective, await objective.evaluate(new Float64Array(9)), {
      precondition: async (gradient) => gradient.slice(),
      isDone: async (at) => measureGap(at, lambda) < 1e-24,
      maxIterations: 500,
    });
    const residuals = new Float64Array(21);
    await objective.evaluate(point.weights, residuals);
    const expected = [
      [1.6206501978, -0.7681439707, -0.8525062271],
      [-0.0016343183, 1.4502355878, -1.4486012695],
      [0.0800536543, -0.023812251, -0.0562414033],
    ].flat();
    // The logits are float32.
    expected.forEach((weight, at) => expect(point.weights[at]).toBeCloseTo(weight, 6));
    const alpha = residuals.subarray(18).map((residual) => -residual / (2 * lambda * 7));
    [0.4435499309, -0.2469370299, -0.196612901].forEach((value, c) => expect(alpha[c]).toBeCloseTo(value, 6));
  });
});

const problem = drawProblem({ n: 300, d: 12, classes: 4, seed: 7 });
const { n, d, classes } = problem;
const given = drawArray((d + 1) * classes, 8);

/** The logits of a head, of every image. */
function toLogits(weights: Float64Array): Float32Array {
  return Float32Array.from({ length: n * classes }, (_, at) => {
    const [i, c] = [Math.floor(at / classes), at % classes];
    let logit = weights[d * classes + c]!;
    for (let j = 0; j < d; j++) logit += problem.features[i * d + j]! * weights[j * classes + c]!;
    return logit;
  });
}

const toOutput = {
  softmax: (logits: Float32Array) => {
    const exp = logits.map(Math.exp);
    return exp.map((value, at) => {
      const from = at - (at % classes);
      return value / exp.subarray(from, from + classes).reduce((sum, each) => sum + each, 0);
    });
  },
  relu: (logits: Float32Array) => logits.map((logit) => Math.max(0, logit)),
};

describe.each(modelOutputs)('a fit that imitates a model with %s outputs', (output) => {
  const imitate: Imitation = { output, logits: toLogits(given) };
  const imitateAt = async (lambda: number, labels = problem.labels) => {
    const opened = await openProblem(problem);
    return { ...opened, answer: await opened.fit({ imitate, lambda, labels, tolerance: 1e-6 }) };
  };

  it('comes near the outputs as lambda falls, and is certified', async () => {
    const wanted = toOutput[output](imitate.logits);
    const errors: number[] = [];
    for (const lambda of [1e-2, 1e-4, 1e-6]) {
      const { answer } = await imitateAt(lambda);
      expect(answer.reached).toBe(true);
      errors.push(relativeError(toOutput[output](toLogits(answer.weights)), wanted));
    }
    expect(errors[1]).toBeLessThan(errors[0]!);
    expect(errors[2]).toBeLessThan(errors[1]!);
    expect(errors[2]).toBeLessThan(0.01);
  });

  it('does not know the labels', async () => {
    const { answer } = await imitateAt(1e-3);
    const others = problem.labels.map((label) => (label + 1) % classes);
    expect((await imitateAt(1e-3, others)).answer.alpha).toEqual(answer.alpha);
  });

  it('is kept beside the fit of the labels, and explained by itself', async () => {
    const { call, fit } = await openProblem(problem);
    await fit({});
    const byLabels = await call('fit.explain', ask(3, 1, 0, 5));
    const imitated = await fit({ imitate, lambda: 1e-3 });
    expect(await call('fit.explain', ask(3, 1, 0, 5))).toEqual(byLabels);

    const answer = await call('fit.explain', ask(3, 1, 0, 5, { fit: 'model' }));
    const own = toLogits(imitated.weights).subarray(3 * classes, 4 * classes);
    expect(answer.logit).toBeCloseTo(own[1]! - own[0]!, 5);
    const listed = [...answer.excitatory, ...answer.inhibitory].reduce((sum, { value }) => sum + value, 0);
    expect(listed + answer.own! + answer.remainder + answer.residual).toBeCloseTo(answer.logit, 9);
  });

  it('has the gradient and the Hessian of finite differences', async () => {
    const matrix = new FeatureMatrix(n, d);
    matrix.fill(0, problem.features);
    const products = createPlainProducts(matrix, allRows(n), 1, signal);
    const objective = createObjective(products, createImitationLoss(imitate, classes), 0.003);
    const weights = drawArray((d + 1) * classes, 9);
    const direction = drawArray((d + 1) * classes, 10);
    const residuals = new Float64Array(n * classes);
    const point = await objective.evaluate(weights, residuals);
    const h = 1e-6;
    const ahead = await objective.evaluate(stepFrom(weights, h, direction));
    const behind = await objective.evaluate(stepFrom(weights, -h, direction));
    expect((ahead.value - behind.value) / (2 * h)).toBeCloseTo(dot(point.gradient, direction), 6);
    const curved = await objective.curve(direction, residuals);
    const differences = ahead.gradient.map((value, at) => (value - behind.gradient[at]!) / (2 * h));
    // A rectified logit that crosses zero within h bends a little.
    expect(relativeError(curved, differences)).toBeLessThan(1e-4);
  });
});

it('refuses logits of another shape, and to choose lambda without labels', async () => {
  const { fit } = await openProblem(problem);
  const imitate: Imitation = { output: 'softmax', logits: new Float32Array(7) };
  await expect(fit({ imitate })).rejects.toThrow('The logits of the model do not belong to these train images');
  const whole: Imitation = { output: 'softmax', logits: toLogits(given) };
  await expect(fit({ imitate: whole, lambda: 'auto' })).rejects.toThrow('Lambda is chosen by the given labels');
});
