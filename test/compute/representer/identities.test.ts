// What holds at any W, not only at the optimum (METHODS 7.2 and 8.4).
import { describe, expect, it } from 'vitest';
import { boundLogitError, measureGap } from '../../../src/main/compute/representer/certificate.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { createFusedObjective } from '../../../src/main/compute/representer/fused-objective.ts';
import { createLabelLoss } from '../../../src/main/compute/representer/loss.ts';
import { createObjective } from '../../../src/main/compute/representer/objective.ts';
import { createOnnxProducts } from '../../../src/main/compute/representer/onnx-products.ts';
import { createPlainProducts } from '../../../src/main/compute/representer/plain-products.ts';
import { dot, stepFrom } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, drawArray, drawProblem, relativeError, type Problem } from './problems.ts';

const lambda = 0.003;
const scale = 1.7;
const { signal } = new AbortController();

/** What fits are made with, and the plainest way. */
const engines = {
  'ONNX Runtime': (matrix: FeatureMatrix, rows: Int32Array) =>
    createOnnxProducts(matrix, rows, scale, signal, 'float64'),
  'plain loops': (matrix: FeatureMatrix, rows: Int32Array) => createPlainProducts(matrix, rows, scale, signal),
};
type Engine = keyof typeof engines;

async function evaluateAnywhere(problem: Problem, seed: number, engine: Engine) {
  const { n, d, classes, labels } = problem;
  const matrix = new FeatureMatrix(n, d);
  matrix.fill(0, problem.features);
  const products = engines[engine](matrix, allRows(n));
  const objective = createObjective(products, createLabelLoss(labels, classes), lambda);
  const weights = drawArray((d + 1) * classes, seed);
  const residuals = new Float64Array(n * classes);
  const point = await objective.evaluate(weights, residuals);
  const alpha = residuals.map((residual) => -residual / (2 * lambda * n));
  /** Row i as the fit sees it. */
  const row = (i: number) => Float64Array.from({ length: d + 1 }, (_, j) => (j < d ? matrix.row(i)[j]! / scale : 1));
  return { matrix, objective, point, residuals, alpha, row };
}

const problems = [
  { n: 40, d: 5, classes: 3, seed: 1 },
  { n: 60, d: 20, classes: 7, seed: 2 },
  { n: 12, d: 30, classes: 2, seed: 3 },
  { n: 1, d: 4, classes: 3, seed: 4 },
].map(drawProblem);
const cases = problems.flatMap((problem) =>
  (Object.keys(engines) as Engine[]).map((engine) => ({ ...problem, engine })),
);

describe.each(cases)('$n images, $d features, $classes classes, at any W, by $engine', (problem) => {
  const { n, d, classes, labels, engine } = problem;

  it('the representer sum misses the logits by G^T f / (2 lambda), within the bound', async () => {
    const { point, alpha, row } = await evaluateAnywhere(problem, 11, engine);
    const query = drawArray(d + 1, 5);
    const bound = boundLogitError(point, classes, lambda, Math.sqrt(dot(query, query)));
    for (let c = 0; c < classes; c++) {
      const column = (array: Float64Array) => Float64Array.from({ length: d + 1 }, (_, j) => array[j * classes + c]!);
      const logit = dot(column(point.weights), query);
      const miss = dot(column(point.gradient), query) / (2 * lambda);
      let sum = 0;
      for (let i = 0; i < n; i++) sum += alpha[i * classes + c]! * dot(row(i), query);
      expect(Math.abs(sum + miss - logit)).toBeLessThan(1e-12 * (1 + Math.abs(logit) + Math.abs(miss)));
      expect(Math.abs(miss)).toBeLessThanOrEqual(bound);
    }
  });

  it('the objective is ||G||^2 / (4 lambda) above the dual objective', async () => {
    const { point, residuals } = await evaluateAnywhere(problem, 12, engine);
    let entropy = 0;
    residuals.forEach((residual, at) => {
      const p = residual + (at % classes === labels[Math.floor(at / classes)] ? 1 : 0);
      if (p > 0) entropy -= (p * Math.log(p)) / n;
    });
    const representer = stepFrom(point.weights, -1 / (2 * lambda), point.gradient);
    const dual = entropy - lambda * dot(representer, representer);
    const gap = measureGap(point, lambda);
    expect(Math.abs(point.value - dual - gap)).toBeLessThan(1e-12 * (1 + gap));
  });

  it('alpha sums to zero over the classes and orders the images as the loss does', async () => {
    const { point, alpha, row } = await evaluateAnywhere(problem, 13, engine);
    const importance: number[] = [];
    const loss: number[] = [];
    for (let i = 0; i < n; i++) {
      const own = alpha.subarray(i * classes, (i + 1) * classes);
      expect(Math.abs(own.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-12 / (2 * lambda * n));
      importance.push(Math.abs(own[labels[i]!]!));
      const logits = Array.from({ length: classes }, (_, c) =>
        row(i).reduce((sum, feature, j) => sum + feature * point.weights[j * classes + c]!, 0),
      );
      loss.push(Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - logits[labels[i]!]!), 0)));
    }
    const order = (scores: number[]) => scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
    expect(order(importance)).toEqual(order(loss));
  });

  it('gradient and Hessian agree with finite differences', async () => {
    const { objective, point, residuals } = await evaluateAnywhere(problem, 14, engine);
    const direction = drawArray(point.weights.length, 6);
    const h = 1e-5;
    const ahead = await objective.evaluate(stepFrom(point.weights, h, direction));
    const behind = await objective.evaluate(stepFrom(point.weights, -h, direction));
    const slope = dot(point.gradient, direction);
    expect((ahead.value - behind.value) / (2 * h)).toBeCloseTo(slope, 7);
    const curved = await objective.curve(direction, residuals);
    curved.forEach((entry, at) => {
      expect((ahead.gradient[at]! - behind.gradient[at]!) / (2 * h)).toBeCloseTo(entry, 7);
    });
  });
});

const allowed = { float32: 1e-5, float64: 1e-12 };
const fusedCases = problems.flatMap((problem) => [
  { ...problem, precision: 'float32' as const, share: 'all' },
  { ...problem, precision: 'float64' as const, share: 'all' },
  { ...problem, precision: 'float64' as const, share: 'every other' },
]);

it.each(fusedCases)(
  '$n images, $d features: the $precision objective of $share rows is the plain one, but for rounding',
  async (problem) => {
    const { n, d, classes, precision, share } = problem;
    const matrix = new FeatureMatrix(n, d);
    matrix.fill(0, problem.features);
    const rows = allRows(n).filter((row) => share === 'all' || row % 2 === 0);
    const labels = Int32Array.from(rows, (row) => problem.labels[row]!);
    const plain = createObjective(engines['plain loops'](matrix, rows), createLabelLoss(labels, classes), lambda);
    const fused = createFusedObjective(matrix, { rows, labels, classes }, scale, lambda, signal, precision);
    const weights = drawArray((d + 1) * classes, 16);
    const [expected, residuals] = [new Float64Array(rows.length * classes), new Float64Array(rows.length * classes)];
    const { value, gradient, logitRms } = await plain.evaluate(weights, expected);
    const point = await fused.evaluate(weights, residuals);
    expect(Math.abs(point.value / value - 1)).toBeLessThan(allowed[precision]);
    expect(Math.abs(point.logitRms / logitRms - 1)).toBeLessThan(allowed[precision]);
    expect(relativeError(point.gradient, gradient)).toBeLessThan(allowed[precision]);
    expect(relativeError(residuals, expected)).toBeLessThan(allowed[precision]);
  },
);

describe('gradient descent from W = 0', () => {
  it('is a representer sum at every step, of alpha by its own recursion', async () => {
    const problem = problems[0]!;
    const { n, d, classes } = problem;
    const { objective, row } = await evaluateAnywhere(problem, 15, 'plain loops');
    const rate = 0.3;
    let weights: Float64Array = new Float64Array((d + 1) * classes);
    let alpha: Float64Array = new Float64Array(n * classes);
    for (let step = 0; step < 25; step++) {
      const residuals = new Float64Array(n * classes);
      const { gradient } = await objective.evaluate(weights, residuals);
      weights = stepFrom(weights, -rate, gradient);
      alpha = alpha.map((value, at) => (1 - 2 * lambda * rate) * value - (rate / n) * residuals[at]!);
      const sum = new Float64Array(weights.length);
      for (let i = 0; i < n; i++)
        row(i).forEach((feature, j) => {
          for (let c = 0; c < classes; c++) sum[j * classes + c]! += feature * alpha[i * classes + c]!;
        });
      weights.forEach((weight, at) => expect(sum[at]).toBeCloseTo(weight, 12));
    }
  });
});
