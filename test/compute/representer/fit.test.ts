import { describe, expect, it } from 'vitest';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { createFusedObjective } from '../../../src/main/compute/representer/fused-objective.ts';
import { norm } from '../../../src/main/compute/representer/vectors.ts';
import { allRows, ask, drawProblem, openProblem, relativeError } from './problems.ts';

const problem = drawProblem({ n: 300, d: 12, classes: 4, seed: 7 });

describe('a fit', () => {
  it('stops at the tolerance and says what it reached', async () => {
    const { fit } = await openProblem(problem);
    const loose = await fit({ tolerance: 0.01 });
    const tight = await fit({ tolerance: 1e-9 });
    for (const [answer, tolerance] of [
      [loose, 0.01],
      [tight, 1e-9],
    ] as const) {
      expect(answer.reached).toBe(true);
      expect(answer.certificate.maxLogitError / answer.certificate.logitRms).toBeLessThanOrEqual(tolerance);
    }
    expect(loose.objective - tight.objective).toBeGreaterThanOrEqual(0);
    expect(loose.objective - tight.objective).toBeLessThanOrEqual(loose.certificate.dualityGap);
    expect(loose.passes).toBeLessThan(tight.passes);
  });

  it('takes features as they are, or scaled to a mean squared norm of 1', async () => {
    const { fit } = await openProblem(problem);
    const mean = problem.features.reduce((sum, value) => sum + value ** 2, 0) / problem.n;
    expect((await fit({ featureScale: 'none' })).scale).toBe(1);
    const unit = await fit({ featureScale: 'unit' });
    expect(unit.scale).toBeCloseTo(Math.sqrt(mean), 10);
    const scaled = await openProblem({ ...problem, features: problem.features.map((value) => value / unit.scale) });
    expect(relativeError(unit.weights, (await scaled.fit({})).weights)).toBeLessThan(1e-5);
  });

  it('fits the rows it is given and no others', async () => {
    const { fit } = await openProblem(problem);
    const rows = allRows(problem.n).filter((row) => row % 3 !== 1);
    const labels = problem.labels.filter((_, row) => row % 3 !== 1);
    const part = await fit({ rows, labels });
    const alone = await openProblem({
      ...problem,
      n: rows.length,
      labels,
      features: problem.features.filter((_, at) => Math.floor(at / problem.d) % 3 !== 1),
    });
    expect(relativeError(part.weights, (await alone.fit()).weights)).toBeLessThan(1e-6);
  });

  it('ranks as a tighter fit does, wherever its certificate says so', async () => {
    const { fit } = await openProblem(problem);
    const rough = await fit({ tolerance: 0.02 });
    const fine = await fit({ tolerance: 1e-10 });
    const { n, d, classes, features, labels } = problem;
    const importance = (alpha: Float64Array) =>
      Array.from(labels, (label, i) => 2 * 0.01 * n * alpha[i * classes + label]!);
    const [roughly, finely] = [importance(rough.alpha), importance(fine.alpha)];
    const norms = Array.from(labels, (_, i) =>
      Math.sqrt(features.subarray(i * d, (i + 1) * d).reduce((sum, value) => sum + value ** 2, 1)),
    );
    let certified = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const slack = ((norms[i]! + norms[j]!) * rough.certificate.gradientNorm) / (4 * rough.lambda);
        if (Math.abs(roughly[i]! - roughly[j]!) <= slack) continue;
        certified += 1;
        expect(roughly[i]! > roughly[j]!).toBe(finely[i]! > finely[j]!);
      }
    expect(certified).toBeGreaterThan((n * n) / 4);
  });

  it('needs fewer passes from the weights of an earlier fit', async () => {
    const { fit } = await openProblem(problem);
    const before = await fit({});
    const labels = problem.labels.map((label, i) => (i < 3 ? (label + 1) % problem.classes : label));
    const cold = await fit({ labels, tolerance: 0.01 });
    const warm = await fit({ labels, tolerance: 0.01, start: before.weights });
    expect(warm.passes).toBeLessThan(cold.passes);
    expect(relativeError(warm.weights, cold.weights)).toBeLessThan(0.02);
  });

  it('goes on in float64 where float32 cannot certify a small lambda', async () => {
    const { n, d, features, labels } = problem;
    const { fit } = await openProblem(problem);
    const [lambda, tolerance] = [1e-12, 1e-4];
    const { reached, certificate, scale, weights } = await fit({ featureScale: 'unit', lambda, tolerance });
    expect(reached).toBe(true);
    expect(certificate.maxLogitError).toBeLessThanOrEqual(tolerance * certificate.logitRms);
    const matrix = new FeatureMatrix(n, d);
    matrix.fill(0, features);
    const fused = createFusedObjective(
      matrix,
      { rows: allRows(n), labels, classes: problem.classes },
      scale,
      lambda,
      new AbortController().signal,
      'float32',
    );
    const { gradient } = await fused.evaluate(weights);
    expect(norm(gradient) / (2 * lambda)).toBeGreaterThan(1000 * tolerance * certificate.logitRms);
  });

  it('says what tolerance it reached where that is not the one asked for', async () => {
    const { fit } = await openProblem(problem);
    const answer = await fit({ lambda: 1e-12, tolerance: 1e-13 });
    expect(answer.reached).toBe(false);
    expect(answer.certificate.maxLogitError).toBeGreaterThan(0);
  });

  it('chooses lambda by labels held out, the same each time, and tells how far it is', async () => {
    const { fit, progress } = await openProblem(problem);
    const first = await fit({ lambda: 'auto', featureScale: 'unit' });
    expect(first.lambda).toBeGreaterThanOrEqual(1e-5);
    expect(first.lambda).toBeLessThanOrEqual(1e-2);
    expect(progress.some(({ stage, total }) => stage === 'choosing-lambda' && total === 7)).toBe(true);
    const second = await fit({ lambda: 'auto', featureScale: 'unit' });
    expect(second.weights).toEqual(first.weights);
    // Labels that have nothing to do with the features are best told by the stiffest fit.
    const labels = Int32Array.from(problem.labels, (_, i) => (i * 7) % problem.classes);
    expect((await fit({ lambda: 'auto', featureScale: 'unit', labels })).lambda).toBe(1e-2);
  });

  it('leaves the loaded fit alone: only what core has stored explains', async () => {
    const { call, fit } = await openProblem(problem);
    const { weights } = await fit();
    const rows = allRows(problem.n);
    const before = await call('fit.predict', { fit: 'labels', rows });
    const { n, classes } = problem;
    const labels = problem.labels.map((label) => (label + 1) % classes);
    const asked = { rows, labels, classes, lambda: 0.01, featureScale: 'none', tolerance: 0.01 } as const;
    const other = await call('fit.run', asked);
    expect(relativeError(other.weights, weights)).toBeGreaterThan(0.1);
    expect(await call('fit.predict', { fit: 'labels', rows })).toEqual(before);
    expect(before).toHaveLength(n * classes);
  });

  it('stops when it is cancelled', async () => {
    const { fit, controller } = await openProblem(problem);
    const fitting = fit({ lambda: 'auto' });
    controller.abort();
    await expect(fitting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('odd problems', () => {
  it('one image', async () => {
    const { fit } = await openProblem(drawProblem({ n: 1, d: 3, classes: 3, seed: 1 }));
    const answer = await fit({ featureScale: 'unit' });
    expect(answer.reached).toBe(true);
    expect(answer.alpha.every(Number.isFinite)).toBe(true);
    await expect(fit({ lambda: 'auto' })).rejects.toThrow('Lambda cannot be chosen from a single train image');
  });

  it('all-zero features: the bias alone learns how frequent the classes are', async () => {
    const { fit } = await openProblem({
      n: 4,
      d: 2,
      classes: 2,
      features: new Float32Array(8),
      labels: Int32Array.of(0, 0, 0, 1),
    });
    const answer = await fit({ lambda: 1e-9, featureScale: 'unit' });
    expect(answer.scale).toBe(1);
    expect(answer.weights[4]! - answer.weights[5]!).toBeCloseTo(Math.log(3), 5);
    expect(Array.from(answer.weights.subarray(0, 4))).toEqual([0, 0, 0, 0]);
  });

  it('the same image under both labels: nothing to tell apart', async () => {
    const { fit } = await openProblem({
      n: 2,
      d: 2,
      classes: 2,
      features: Float32Array.of(1, 2, 1, 2),
      labels: Int32Array.of(0, 1),
    });
    const answer = await fit({});
    expect(answer.reached).toBe(true);
    answer.weights.forEach((weight) => expect(weight).toBeCloseTo(0, 12));
    expect(answer.alpha[0]).toBeCloseTo(0.5 / (2 * 0.01 * 2), 10);
  });

  it('a class without a train image gets no logit that speaks for it', async () => {
    const labels = problem.labels.map((label) => (label === 2 ? 0 : label));
    const { fit, call } = await openProblem({ ...problem, labels });
    const answer = await fit({});
    expect(answer.reached).toBe(true);
    const logits = await call('fit.predict', { fit: 'labels', rows: allRows(problem.n) });
    for (let i = 0; i < problem.n; i++) {
      const own = logits.subarray(i * 4, i * 4 + 4);
      expect(own[2]).toBeLessThan(Math.max(...own));
    }
  });

  it('one class alone among the labels', async () => {
    const { fit } = await openProblem({ ...problem, labels: new Int32Array(problem.n).fill(1) });
    const answer = await fit({ lambda: 1e-3 });
    expect(answer.reached).toBe(true);
    expect(answer.weights.at(-3)).toBeGreaterThan(0);
  });
});

describe('what cannot be fitted is refused with a sentence', () => {
  const request = { rows: allRows(300), labels: problem.labels };
  it.each([
    [{ lambda: 0 }, 'Lambda must be a number above zero; 0 is not.'],
    [{ lambda: -1 }, 'Lambda must be a number above zero; -1 is not.'],
    [{ lambda: NaN }, 'Lambda must be a number above zero; NaN is not.'],
    [{ lambda: Infinity }, 'Lambda must be a number above zero; Infinity is not.'],
    [{ lambda: 1e-40 }, 'Lambda must lie between 1e-30 and 1e+30; 1e-40 does not.'],
    [{ lambda: 1e300 }, 'Lambda must lie between 1e-30 and 1e+30; 1e+300 does not.'],
    [{ tolerance: Infinity }, 'The tolerance must be a number above zero; Infinity is not.'],
    [{ tolerance: 0 }, 'The tolerance must be a number above zero; 0 is not.'],
    [{ rows: new Int32Array(), labels: new Int32Array() }, 'There are no train images to fit.'],
    [{ labels: new Int32Array(4) }, 'A fit of 300 images was given 4 labels.'],
    [{ labels: request.labels.map((label, i) => (i === 9 ? 4 : label)) }, 'Label 4 is not one of the 4 classes.'],
    [{ labels: request.labels.map((label, i) => (i === 9 ? -1 : label)) }, 'Label -1 is not one of the 4 classes.'],
    [{ rows: request.rows.map((row) => row + 1) }, 'There is no image in row 300 of 300.'],
    [{ rows: request.rows.toReversed() }, 'The rows of a fit must be ascending.'],
    [{ classes: 1, labels: new Int32Array(300) }, 'A fit tells classes apart: there must be at least two.'],
    [{ start: new Float64Array(3) }, 'The weights to start from belong to a head of another shape.'],
  ])('%j', async (part, sentence) => {
    const { fit } = await openProblem(problem);
    await expect(fit(part)).rejects.toMatchObject({ code: 'bad-request', message: sentence });
  });

  it.each([NaN, Infinity])('features that are %d', async (value) => {
    const { fit, call } = await openProblem(problem);
    await call('matrix.fill', { firstRow: 5, features: new Float32Array(24).fill(value) });
    await expect(fit({})).rejects.toMatchObject({
      code: 'bad-request',
      message:
        'The model gave features that are not finite numbers for 2 of 300 train images; check its preprocessing, or exclude them.',
    });
    // Excluded, they leave no mark on the rest.
    const isFinite = (_: number, row: number) => row !== 5 && row !== 6;
    const others = { rows: request.rows.filter(isFinite), labels: request.labels.filter(isFinite) };
    const expected = await (await openProblem(problem)).fit(others);
    const answer = await fit(others);
    expect(answer.reached).toBe(true);
    expect(relativeError(answer.weights, expected.weights)).toBeLessThan(1e-6);
    for (const method of ['exact', 'ek-fac'] as const)
      expect((await call('fit.leaveOneOut', { method })).logits.every(Number.isFinite)).toBe(true);
    const logits = await call('fit.predict', { fit: 'labels', rows: Int32Array.of(4, 5) });
    expect(Array.from(logits, Number.isNaN)).toEqual([false, false, false, false, true, true, true, true]);
    await expect(call('fit.explain', ask(5, 0, null, 3))).rejects.toThrow('not finite');
  });

  it('features too large to be squared in float32, unless they are scaled', async () => {
    const { fit } = await openProblem({ ...problem, features: problem.features.map((value) => value * 1e30) });
    await expect(fit({})).rejects.toMatchObject({
      code: 'bad-request',
      message: 'The features are too large to be fitted as they are; have them scaled to unit size.',
    });
    expect((await fit({ featureScale: 'unit', tolerance: 0.01 })).reached).toBe(true);
  });

  it('a fit without features, an explanation without a fit', async () => {
    const { call } = await openProblem(problem);
    await expect(call('fit.explain', ask(0, 0, null, 3))).rejects.toThrow('No fit is loaded; fit the head first.');
    await expect(call('matrix.fill', { firstRow: 299, features: new Float32Array(24) })).rejects.toThrow(RangeError);
  });
});
