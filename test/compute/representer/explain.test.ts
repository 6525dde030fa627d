import { beforeAll, describe, expect, it } from 'vitest';
import type { ExplainAnswer, FitAnswer } from '../../../src/shared/compute-contract.ts';
import { dot } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, drawProblem, openProblem, type OpenedProblem } from './problems.ts';

const problem = drawProblem({ n: 500, d: 16, classes: 5, seed: 21 });
const { classes } = problem;
// Every fifth image is in no fit.
const isTrain = (row: number) => row % 5 !== 4;
const rows = allRows(problem.n).filter(isTrain);
const labels = problem.labels.filter((_, row) => isTrain(row));

const sumOf = (points: { value: number }[]) => points.reduce((sum, { value }) => sum + value, 0);
const total = ({ excitatory, inhibitory, own, remainder, residual }: ExplainAnswer) =>
  sumOf(excitatory) + sumOf(inhibitory) + (own ?? 0) + remainder + residual;

describe.each([0.05, 1e-6])('explanations of a fit to a tolerance of %d', (tolerance) => {
  let opened: OpenedProblem;
  let fit: FitAnswer;

  beforeAll(async () => {
    opened = await openProblem(problem);
    fit = await opened.fit({ rows, labels, featureScale: 'unit', tolerance });
  });

  const toFeatures = (row: number) =>
    Float64Array.from({ length: 17 }, (_, j) => (j < 16 ? problem.features[row * 16 + j]! / fit.scale : 1));

  /** The value of every training image, the plain way. */
  const allValues = (row: number, target: number, against: number | null) =>
    Array.from(rows, (other, i) => {
      const weight = fit.alpha[i * classes + target]! - (against === null ? 0 : fit.alpha[i * classes + against]!);
      return { row: other, value: weight * dot(toFeatures(row), toFeatures(other)) };
    });

  it.each([
    { row: 4, target: 2, against: null, count: 6 },
    { row: 9, target: 0, against: 3, count: 4 },
    { row: 10, target: 1, against: null, count: 3 },
    { row: 12, target: 4, against: 0, count: 0 },
    { row: 3, target: 4, against: 0, count: 10_000 },
  ])('$row, class $target against $against, $count of each sign', async (request) => {
    const answer = await opened.call('fit.explain', request);
    const logits = await opened.call('fit.predict', { rows: Int32Array.of(request.row) });
    answer.logits.forEach((logit, c) => expect(logit).toBeCloseTo(logits[c]!, 12));
    const { target, against } = request;
    expect(answer.logit).toBeCloseTo(logits[target]! - (against === null ? 0 : logits[against]!), 12);
    expect(total(answer)).toBeCloseTo(answer.logit, 9);

    const values = allValues(request.row, target, against);
    const own = values.find(({ row }) => row === request.row);
    if (own) expect(answer.own).toBeCloseTo(own.value, 9);
    else expect(answer.own).toBeNull();
    const others = values.filter(({ row }) => row !== request.row);
    const excitatory = others.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
    const inhibitory = others.filter(({ value }) => value < 0).sort((a, b) => a.value - b.value);
    const expected = { excitatory: excitatory.slice(0, request.count), inhibitory: inhibitory.slice(0, request.count) };
    for (const sign of ['excitatory', 'inhibitory'] as const) {
      expect(answer[sign].map(({ row }) => row)).toEqual(expected[sign].map(({ row }) => row));
      answer[sign].forEach(({ value }, i) => expect(value).toBeCloseTo(expected[sign][i]!.value, 9));
    }
    const listed = expected.excitatory.length + expected.inhibitory.length;
    expect(answer.remainderCount).toBe(others.length - listed);
    expect(answer.remainder).toBeCloseTo(sumOf(others) - sumOf(expected.excitatory) - sumOf(expected.inhibitory), 9);
  });

  it('the residual is what the representer sum misses, and stays within its bound', async () => {
    for (const row of [0, 4, 7, 499]) {
      const answer = await opened.call('fit.explain', { row, target: 1, against: 2, count: 2 });
      expect(answer.residual).toBeCloseTo(answer.logit - sumOf(allValues(row, 1, 2)), 9);
      expect(Math.abs(answer.residual)).toBeLessThanOrEqual(answer.bound);
    }
  });

  it('similarity is the cosine of the feature vectors, the bias constant included', async () => {
    const { excitatory } = await opened.call('fit.explain', { row: 4, target: 2, against: null, count: 5 });
    for (const { row, similarity } of excitatory) {
      const [a, b] = [toFeatures(4), toFeatures(row)];
      expect(similarity).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 12);
    }
  });

  it('adds up as well after the fit was saved with float32 alpha and loaded again', async () => {
    const again = await openProblem(problem);
    const { lambda, scale, weights, gradient } = fit;
    const alpha = Float32Array.from(fit.alpha);
    await again.call('fit.load', { rows, labels, classes, lambda, scale, weights, gradient, alpha });
    const request = { row: 14, target: 1, against: 0, count: 5 };
    const answer = await again.call('fit.explain', request);
    const before = await opened.call('fit.explain', request);
    expect(total(answer)).toBeCloseTo(answer.logit, 9);
    expect(answer.logit).toBe(before.logit);
    answer.excitatory.forEach(({ value }, i) => expect(value).toBeCloseTo(before.excitatory[i]!.value, 5));
  });
});

it('refuses classes and rows that are not there, and a fit of other features', async () => {
  const { call, fit } = await openProblem(problem);
  const answer = await fit({ rows, labels });
  const explain = (part: object) => call('fit.explain', { row: 0, target: 0, against: null, count: 3, ...part });
  await expect(explain({ target: 5 })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(explain({ against: -1 })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(explain({ row: 500 })).rejects.toThrow('There is no image in row 500 of 500.');
  const loaded = { ...answer, rows, labels, classes, alpha: answer.alpha.subarray(1) };
  await expect(call('fit.load', loaded)).rejects.toThrow('The saved fit belongs to other features');
});
