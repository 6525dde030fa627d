// Newton's method, which a fit falls back on.
import { expect, it } from 'vitest';
import { Inspection } from '../../../src/main/compute/representer/certificate.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { descend } from '../../../src/main/compute/representer/lbfgs.ts';
import { createLabelLoss } from '../../../src/main/compute/representer/loss.ts';
import { polish } from '../../../src/main/compute/representer/newton.ts';
import { createObjective, type Point } from '../../../src/main/compute/representer/objective.ts';
import { createOnnxProducts } from '../../../src/main/compute/representer/onnx-products.ts';
import { Preconditioners } from '../../../src/main/compute/representer/preconditioners.ts';
import { allRows, drawProblem, openProblem, relativeError } from './problems.ts';

it('arrives where the descent is stuck, and the fit with it', async () => {
  const problem = drawProblem({ n: 120, d: 60, classes: 3, seed: 2 });
  const { n, d, classes, features, labels } = problem;
  const [lambda, tolerance, rows] = [1e-8, 1e-8, allRows(n)];
  const { signal } = new AbortController();
  const matrix = new FeatureMatrix(n, d);
  matrix.fill(0, features);
  const products = createOnnxProducts(matrix, rows, 1, signal, 'float64');
  const objective = createObjective(products, createLabelLoss(labels, classes), lambda);
  const inspection = new Inspection(products, { lambda, classes, longest: matrix.longest(rows, 1) });
  const options = {
    precondition: await new Preconditioners(matrix).open(rows, 1, classes, lambda, signal),
    isDone: (point: Point) => inspection.isWithin(point, tolerance),
  };

  const start = await objective.evaluate(new Float64Array((d + 1) * classes));
  const stuck = await descend(objective, start, { ...options, maxIterations: 1000 });
  expect(await options.isDone(stuck.point)).toBe(false);
  const residuals = new Float64Array(n * classes);
  const { point, iterations } = await polish(objective, stuck.point.weights, residuals, {
    ...options,
    maxIterations: 30,
  });
  expect(iterations).toBeGreaterThan(0);
  expect(await options.isDone(point)).toBe(true);
  const expected = new Float64Array(residuals.length);
  await objective.evaluate(point.weights, expected);
  expect(residuals).toEqual(expected);

  const answer = await (await openProblem(problem)).fit({ lambda, tolerance });
  expect(answer.reached).toBe(true);
  expect(relativeError(answer.weights, point.weights)).toBeLessThan(1e-6);
});
