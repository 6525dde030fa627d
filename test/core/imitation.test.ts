import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FitResult } from '../../src/main/core/fits.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

let real: RealCore;
let wrong: string[];
beforeAll(async () => {
  real = startRealCore();
  wrong = await makeFittedProject(real);
});
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

const evidenceOf = async (fit: 'labels' | 'model') => {
  const { imageId } = await real.client.call('images.find', { path: wrong[0]! });
  return real.client.call('images.evidence', { imageIds: [imageId], classId: 2, againstClassId: 1, count: 3, fit });
};

it('asks for a fit of the model before it explains by one', async () => {
  await expect(evidenceOf('model')).rejects.toThrow('No fit imitates the given model yet.');
});

it('refuses to imitate a model of which the classes are matched wrongly, or not at all', async () => {
  const params = { target: 'model' } as const;
  await real.client.call('models.setClasses', { names: ['grass', 'dusk'] });
  expect((await real.run({ kind: 'fit', params })).error).toContain('hardly more than by chance');
  await real.client.call('models.setClasses', { names: ['tench', 'Dusk'] });
  expect((await real.run({ kind: 'fit', params })).error).toContain('("grass" for one)');
  const match = await real.client.call('models.setClasses', { places: [0, 1] });
  expect(match).toMatchObject({ by: 'person', places: [0, 1] });
});

it('imitates the given model, says how near it came, and leaves queue and runs alone', async () => {
  const before = await real.client.call('projects.overview', {});
  const queue = await real.client.call('queue.page', { query: {}, from: 0, count: 40 });
  const job = await real.run({ kind: 'fit', params: { target: 'model', lambda: 1e-5, tolerance: 1e-6 } });
  expect(job).toMatchObject({ state: 'done', error: null });
  const { fidelity, target, reached } = (await real.client.call('jobs.result', { id: job.id })) as FitResult;
  expect({ target, reached }).toEqual({ target: 'model', reached: true });
  expect(fidelity!.train).toMatchObject({ images: 40, agreement: 1 });
  expect(fidelity!.test!.correlation).toBeGreaterThan(0.999);
  expect(fidelity!.train.meanDifference).toBeLessThan(0.02);
  expect(fidelity!.train.largestDifference).toBeGreaterThanOrEqual(fidelity!.train.meanDifference);

  const after = await real.client.call('projects.overview', {});
  expect(after.fit).toEqual(before.fit);
  expect(await real.client.call('runs.list', {})).toHaveLength(1);
  const again = await real.client.call('queue.page', { query: {}, from: 0, count: 40 });
  expect(again.rows).toEqual(queue.rows);
});

it('explains the model by that fit, beside the fit of the labels', async () => {
  const model = await evidenceOf('model');
  const labels = await evidenceOf('labels');
  expect(model.logit).not.toBeCloseTo(labels.logit, 1);
  for (const evidence of [model, labels]) {
    const points = [...evidence.excitatory, ...evidence.inhibitory];
    const sum = points.reduce((total, { value }) => total + value, 0);
    expect(sum + evidence.own! + evidence.remainder + evidence.residual).toBeCloseTo(evidence.logit, 9);
  }
});

it('says in a sentence what was reached where lambda is too small for the tolerance', async () => {
  const job = await real.run({ kind: 'fit', params: { lambda: 1e-14, tolerance: 1e-13 } });
  expect(job.state).toBe('done');
  expect(job.note).toMatch(
    /the representer sums are off by up to \S+ % of the typical logit, more than the 1e-11 % asked for; a larger lambda can be certified more tightly/,
  );
});
