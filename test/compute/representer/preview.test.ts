import { expect, it } from 'vitest';
import { allRows, drawProblem, openProblem, relativeError } from './problems.ts';

const problem = drawProblem({ n: 2000, d: 24, classes: 5, seed: 31 });
const rows = allRows(problem.n);
const { classes } = problem;
const settings = { lambda: 1e-3, tolerance: 0.01, featureScale: 'unit' as const };

it('comes near the refit in a few steps, says how near, and leaves the fit as it was', async () => {
  const { call, fit } = await openProblem(problem);
  await fit(settings);
  const before = await call('fit.predict', { fit: 'labels', rows });
  const labels = problem.labels.map((label, i) => (i % 100 === 0 ? (label + 1) % classes : label));
  const preview = await call('fit.preview', { rows, labels, classes, predict: rows, anchor: rows });
  expect(await call('fit.predict', { fit: 'labels', rows })).toEqual(before);

  await fit({ ...settings, labels, tolerance: 1e-6 });
  const after = await call('fit.predict', { fit: 'labels', rows });
  const typical = Math.sqrt(after.reduce((sum, logit) => sum + logit ** 2, 0) / after.length);
  const largest = (logits: Float64Array) =>
    logits.reduce((most, logit, at) => Math.max(most, Math.abs(logit - after[at]!)), 0) / typical;
  expect(largest(preview.logits)).toBeLessThan(0.3 * largest(before));
  expect(preview.logitError).toBeGreaterThan(0);
  expect(preview.logitError).toBeLessThan(0.1);
  expect(relativeError(preview.logits, after)).toBeLessThan(0.1);
});

it('wants a fit to step from', async () => {
  const { call } = await openProblem(problem);
  await expect(
    call('fit.preview', { rows, labels: problem.labels, classes, predict: rows, anchor: rows }),
  ).rejects.toThrow('No fit is loaded');
});
