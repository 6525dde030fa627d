// A fit that goes on from an earlier one: what it knows from there, and the Hessian that leads it.
import { describe, expect, it } from 'vitest';
import type { EarlierFit } from '../../../src/shared/compute-contract.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { movePoint } from '../../../src/main/compute/representer/going-on.ts';
import { createLabelLoss } from '../../../src/main/compute/representer/loss.ts';
import { createObjective } from '../../../src/main/compute/representer/objective.ts';
import { createOnnxProducts } from '../../../src/main/compute/representer/onnx-products.ts';
import type { Precondition } from '../../../src/main/compute/representer/preconditioner.ts';
import { Preconditioners } from '../../../src/main/compute/representer/preconditioners.ts';
import { sampleHessian } from '../../../src/main/compute/representer/sampled-hessian.ts';
import { norm, stepFrom } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, drawProblem, openProblem, relativeError, type Problem } from './problems.ts';

const problem = inTurns(drawProblem({ n: 4000, d: 20, classes: 4, seed: 41 }));
const { n, d, classes, features, labels } = problem;
const rows = allRows(n);
const lambda = 1e-4;
const { signal } = new AbortController();
const matrix = new FeatureMatrix(n, d);
matrix.fill(0, features);
const changed = labels.map((label, i) => (i % 50 === 7 ? (label + 1) % classes : label));

/** The same rows, the classes taking turns as far as they go: with them a sample must not be in step. */
function inTurns(drawn: Problem): Problem {
  const seen = new Int32Array(drawn.classes);
  const turns = Array.from(drawn.labels, (label) => seen[label]!++);
  const order = [...turns.keys()].sort((a, b) => turns[a]! - turns[b]! || drawn.labels[a]! - drawn.labels[b]!);
  return {
    ...drawn,
    features: Float32Array.from(
      order.flatMap((row) => [...drawn.features.subarray(row * drawn.d, (row + 1) * drawn.d)]),
    ),
    labels: Int32Array.from(order, (row) => drawn.labels[row]!),
  };
}

const open = (given: Int32Array) =>
  createObjective(createOnnxProducts(matrix, rows, 1, signal, 'float64'), createLabelLoss(given, classes), lambda);

async function fitBefore() {
  const { fit, ...opened } = await openProblem(problem);
  const answer = await fit({ lambda, tolerance: 0.01 });
  const earlier: EarlierFit = { ...answer, rows, labels, logitRms: answer.certificate.logitRms };
  return { fit, ...opened, answer, earlier };
}

describe('the point to go on from', () => {
  it('is what an evaluation with the labels of now finds', async () => {
    const { answer, earlier } = await fitBefore();
    const moved = movePoint(matrix, answer.weights, earlier, { rows, labels: changed, classes }, 1, lambda)!;
    const evaluated = await open(changed).evaluate(answer.weights);
    expect(moved.value).toBeCloseTo(evaluated.value, 12);
    expect(relativeError(moved.gradient, evaluated.gradient)).toBeLessThan(1e-9);
    expect(moved.logitRms).toBeCloseTo(evaluated.logitRms, 12);
  });

  it('is not known from other rows, another scale or lambda, or where many labels changed', async () => {
    const { answer, earlier } = await fitBefore();
    const move = (fit: EarlierFit, now = changed) =>
      movePoint(matrix, answer.weights, fit, { rows, labels: now, classes }, 1, lambda);
    expect(move({ ...earlier, scale: 2 })).toBeNull();
    expect(move({ ...earlier, lambda: 1e-3 })).toBeNull();
    expect(move({ ...earlier, rows: rows.map((row) => row + 1) })).toBeNull();
    expect(move({ ...earlier, rows: rows.subarray(1), labels: labels.subarray(1) })).toBeNull();
    expect(
      move(
        earlier,
        labels.map((label) => (label + 1) % classes),
      ),
    ).toBeNull();
  });
});

it('ends where a fit from zero ends, with the certificate of a point that was evaluated exactly', async () => {
  const { fit, answer, earlier } = await fitBefore();
  const asked = { lambda, tolerance: 1e-6, labels: changed };
  const from = await fit({ ...asked, start: answer.weights, startFit: earlier });
  const zero = await fit(asked);
  expect(from.reached).toBe(true);
  expect(relativeError(from.weights, zero.weights)).toBeLessThan(1e-5);
  const exact = await open(changed).evaluate(from.weights);
  // In float32 it would be of no digit: so near the end the rest is less than its rounding.
  expect(relativeError(from.gradient, exact.gradient)).toBeLessThan(1e-4);
  const halfway = await fit({ ...asked, tolerance: 0.01, start: answer.weights, startFit: earlier });
  const beginning = await fit({ ...asked, tolerance: 0.01 });
  expect(halfway.passes).toBeLessThan(0.6 * beginning.passes);
});

describe('the Hessian of a sample', () => {
  it('leads nearer to the end in one step than the Gram matrix, whatever the labels', async () => {
    const { answer } = await fitBefore();
    const { weights } = answer;
    const objective = open(changed);
    const { gradient } = await objective.evaluate(weights);
    const gram = await new Preconditioners(matrix).open(rows, 1, classes, lambda, signal);
    const sample = (given: Int32Array) =>
      sampleHessian(matrix, { rows, labels: given, classes }, { scale: 1, lambda, weights }, gram, signal);
    const takeStep = async (precondition: Precondition) => {
      const point = await objective.evaluate(stepFrom(weights, -1, await precondition(gradient)));
      return norm(point.gradient) / norm(gradient);
    };
    const { precondition } = (await sample(changed))!;
    expect(await takeStep(precondition)).toBeLessThan(0.6 * (await takeStep(gram)));
    expect(await precondition(gradient)).toEqual(await (await sample(labels))!.precondition(gradient));
  });

  it('is not taken where the rows are too few', async () => {
    const few = rows.subarray(0, 400);
    const gram = await new Preconditioners(matrix).open(few, 1, classes, lambda, signal);
    const near = { scale: 1, lambda, weights: new Float64Array((d + 1) * classes) };
    expect(await sampleHessian(matrix, { rows: few, labels, classes }, near, gram, signal)).toBeNull();
  });

  it('is left at once where the fit is cancelled', async () => {
    const controller = new AbortController();
    const gram = await new Preconditioners(matrix).open(rows, 1, classes, lambda, signal);
    const weights = new Float64Array((d + 1) * classes);
    const near = { scale: 1, lambda, weights };
    const { precondition } = (await sampleHessian(matrix, { rows, labels, classes }, near, gram, controller.signal))!;
    controller.abort();
    await expect(precondition(weights.fill(1))).rejects.toThrow('aborted');
  });
});
