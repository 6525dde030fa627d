import { beforeAll, describe, expect, it } from 'vitest';
import type { ExplainAnswer, FitAnswer } from '../../../src/shared/compute-contract.ts';
import { dot } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, ask, drawProblem, openProblem, type OpenedProblem } from './problems.ts';

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
  const allValues = (row: number, toward: number, against: number | null) =>
    Array.from(rows, (other, i) => ({
      row: other,
      value: alphaOf(i, toward, against) * dot(toFeatures(row), toFeatures(other)),
    }));

  const alphaOf = (place: number, toward: number, against: number | null) =>
    fit.alpha[place * classes + toward]! - (against === null ? 0 : fit.alpha[place * classes + against]!);

  it.each([
    { row: 4, toward: 2, against: null, count: 6 },
    { row: 9, toward: 0, against: 3, count: 4 },
    { row: 10, toward: 1, against: null, count: 3 },
    { row: 12, toward: 4, against: 0, count: 0 },
    { row: 3, toward: 4, against: 0, count: 10_000 },
  ])('$row, class $toward against $against, $count of each sign', async ({ row: asked, toward, against, count }) => {
    const answer = await opened.call('fit.explain', ask(asked, toward, against, count));
    const logits = await opened.call('fit.predict', { fit: 'labels', rows: Int32Array.of(asked) });
    answer.logits.forEach((logit, c) => expect(logit).toBeCloseTo(logits[c]!, 12));
    expect(answer.logit).toBeCloseTo(logits[toward]! - (against === null ? 0 : logits[against]!), 12);
    expect(total(answer)).toBeCloseTo(answer.logit, 9);

    const values = allValues(asked, toward, against);
    const own = values.find(({ row }) => row === asked);
    if (own) expect(answer.own).toBeCloseTo(own.value, 9);
    else expect(answer.own).toBeNull();
    const others = values.filter(({ row }) => row !== asked);
    const excitatory = others.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
    const inhibitory = others.filter(({ value }) => value < 0).sort((a, b) => a.value - b.value);
    const expected = { excitatory: excitatory.slice(0, count), inhibitory: inhibitory.slice(0, count) };
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
      const answer = await opened.call('fit.explain', ask(row, 1, 2, 2));
      expect(answer.residual).toBeCloseTo(answer.logit - sumOf(allValues(row, 1, 2)), 9);
      expect(Math.abs(answer.residual)).toBeLessThanOrEqual(answer.bound);
    }
  });

  it('similarity is the cosine of the feature vectors, the bias constant included', async () => {
    const { excitatory } = await opened.call('fit.explain', ask(4, 2, null, 5));
    for (const { row, similarity } of excitatory) {
      const [a, b] = [toFeatures(4), toFeatures(row)];
      expect(similarity).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 12);
    }
  });

  it.each([null, 3])('in the order of cosines lists those, against %s, and adds up the same', async (against) => {
    const answer = await opened.call('fit.explain', ask(9, 0, against, 4, { order: 'cosine' }));
    expect(total(answer)).toBeCloseTo(answer.logit, 9);
    const query = toFeatures(9);
    const cosines = Array.from(rows, (row, place) => {
      const other = toFeatures(row);
      const own = fit.alpha.subarray(place * classes, (place + 1) * classes);
      const sizes = Math.sqrt(dot(other, other) * dot(query, query) * dot(own, own) * (against === null ? 1 : 2));
      return { row, cosine: (alphaOf(place, 0, against) * dot(query, other)) / sizes };
    }).sort((a, b) => b.cosine - a.cosine);
    const expected = { excitatory: cosines.slice(0, 4), inhibitory: cosines.slice(-4).reverse() };
    for (const sign of ['excitatory', 'inhibitory'] as const) {
      expect(answer[sign].map(({ row }) => row)).toEqual(expected[sign].map(({ row }) => row));
      answer[sign].forEach(({ cosine }, i) => expect(cosine).toBeCloseTo(expected[sign][i]!.cosine, 9));
    }
  });

  it('a set of images is explained by the sums of their values', async () => {
    const set = [4, 7, 14, 30];
    const answer = await opened.call('fit.explain', ask(0, 1, 4, 5, { rows: Int32Array.from(set) }));
    expect(answer.own).toBeNull();
    expect(total(answer)).toBeCloseTo(answer.logit, 9);
    const single = await Promise.all(set.map((row) => opened.call('fit.explain', ask(row, 1, 4, 0))));
    expect(answer.logit).toBeCloseTo(
      single.reduce((sum, { logit }) => sum + logit, 0),
      9,
    );
    const values = set.map((row) => allValues(row, 1, 4));
    const sums = Array.from(rows, (row, place) => ({ row, value: sumOf(values.map((each) => each[place]!)) }));
    sums.sort((a, b) => b.value - a.value);
    expect(answer.excitatory.map(({ row }) => row)).toEqual(sums.slice(0, 5).map(({ row }) => row));
    answer.inhibitory.forEach(({ value }, i) => expect(value).toBeCloseTo(sums.at(-1 - i)!.value, 9));
  });

  it('adds up as well after the fit was saved with float32 alpha and loaded again', async () => {
    const again = await openProblem(problem);
    const { lambda, scale, weights, gradient } = fit;
    const alpha = Float32Array.from(fit.alpha);
    await again.call('fit.load', { target: 'labels', rows, labels, classes, lambda, scale, weights, gradient, alpha });
    const request = ask(14, 1, 0, 5);
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
  const explain = (part: object) => call('fit.explain', ask(0, 0, null, 3, part));
  await expect(explain({ toward: 5 })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(explain({ against: -1 })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(explain({ against: 0 })).rejects.toThrow('A class cannot be compared with itself');
  await expect(explain({ rows: Int32Array.of(0, 500) })).rejects.toThrow('There is no image in row 500 of 500.');
  await expect(explain({ rows: new Int32Array() })).rejects.toThrow('There is no image to explain.');
  await expect(explain({ fit: 'model' })).rejects.toThrow('No fit is loaded');
  const loaded = { ...answer, target: 'labels' as const, rows, labels, classes, alpha: answer.alpha.subarray(1) };
  await expect(call('fit.load', loaded)).rejects.toThrow('The saved fit belongs to other features');
});
