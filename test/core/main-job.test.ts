import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { readModelFile } from '../../src/main/compute/graph/model-file.ts';
import type { ModelExportResult } from '../../src/main/core/export-model.ts';
import type { RetrainResult } from '../../src/main/core/fits.ts';
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

describe('the main job, from folders of pictures to corrected labels', () => {
  it('understands the folders', async () => {
    const overview = await real.client.call('projects.overview', {});
    expect(overview).toMatchObject({ images: { train: 40, test: 20, ignored: 0 }, source: 'folders', problemCount: 0 });
    expect(overview.classes.map(({ name, train, test }) => [name, train, test])).toEqual([
      ['dusk', 20, 10],
      ['grass', 20, 10],
    ]);
    expect(overview.model).toMatchObject({ extracted: 60, extractable: 60, provider: 'cpu' });
    const { certificate } = overview.fit!;
    expect(certificate.maxLogitError / certificate.logitRms).toBeLessThanOrEqual(0.01);
  });

  it('puts the wrong labels at the head of the queue', async () => {
    const { rows, total } = await real.client.call('queue.page', { query: {}, from: 0, count: wrong.length });
    expect(total).toBe(40);
    expect(rows.map(({ path }) => path).sort()).toEqual([...wrong].sort());
    expect(rows.every(({ givenClassId, suggestedClassId }) => givenClassId !== suggestedClassId)).toBe(true);
  });

  it('finds the similar images of one, which have no rank', async () => {
    const similar = await real.client.call('images.similar', { imageId: 3, count: 5 });
    expect(similar.map(({ imageId, rank }) => [imageId === 3, rank])).toEqual(Array(5).fill([false, 0]));
  });

  it.each([undefined, 2])('gives evidence that adds up to the logit (against class %s)', async (againstClassId) => {
    const { imageId } = await real.client.call('images.find', { path: wrong[0]! });
    const card = await real.client.call('images.card', { imageId, method: 'learned' });
    const { rows } = await real.client.call('queue.page', { query: {}, from: 0, count: 1 });
    expect(card).toMatchObject(
      rows[0]!.imageId === imageId ? { rank: rows[0]!.rank, rankedCount: 40 } : { rankedCount: 40 },
    );
    const evidence = await real.client.call('images.evidence', {
      imageIds: [imageId],
      classId: 1,
      againstClassId,
      count: 3,
    });
    const logit = card.logits[0]! - (againstClassId === undefined ? 0 : card.logits[1]!);
    const points = [...evidence.excitatory, ...evidence.inhibitory];
    const sum = points.reduce((total, { value }) => total + value, 0);
    expect(points).toHaveLength(6);
    expect(evidence.remainderCount).toBe(40 - 6 - 1);
    expect(evidence.logit).toBeCloseTo(logit, 10);
    // alpha is stored with 24 bits, so the sum holds to about 1e-6 of its largest part.
    expect(sum + evidence.own! + evidence.remainder + evidence.residual).toBeCloseTo(logit, 4);
    expect(Math.abs(evidence.residual)).toBeLessThanOrEqual(evidence.bound);
    expect(card.probabilities.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 10);
  });

  it('recovers accuracy when the wrong labels are fixed, exports just those, and leaves the pictures alone', async () => {
    const before = listFiles(join(real.folder, 'images'));
    const { rows } = await real.client.call('queue.page', { query: {}, from: 0, count: wrong.length });
    for (const { imageId, suggestedClassId } of rows)
      await real.client.call('reviews.decide', {
        decisions: [{ imageId, action: 'relabel', classId: suggestedClassId }],
      });
    const preview = await real.client.call('runs.preview', {});
    expect(preview).toMatchObject({ changedLabels: wrong.length });
    const job = await real.run({ kind: 'retrain', params: {} });
    expect(job.state).toBe('done');
    expect(await real.client.call('runs.preview', {})).toBeNull();
    const {
      before: first,
      after,
      changedLabels,
    } = (await real.client.call('jobs.result', { id: job.id })) as RetrainResult;
    expect(changedLabels).toBe(wrong.length);
    expect(after.accuracy.value).toBeGreaterThanOrEqual(first.accuracy.value);
    expect(preview!.testAccuracyBefore).toBe(first.accuracy.value);
    expect(preview!.testAccuracy).toBeCloseTo(after.accuracy.value, 1);
    expect((await real.client.call('runs.recovery', {})).runs.map(({ changedLabels: changed }) => changed)).toEqual([
      0, 4,
    ]);

    const exported = await real.run({
      kind: 'export',
      params: { format: 'csv', folder: await real.place(real.folder), name: 'fixed.csv' },
    });
    expect(exported).toMatchObject({ state: 'done', error: null });
    const lines = readFileSync(join(real.folder, 'fixed.csv'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(1 + 60);
    const moved = lines
      .slice(1)
      .map((line) => line.split(','))
      .filter(([path, label]) => path!.split('/')[1] !== label);
    expect(moved.map(([path]) => path).sort()).toEqual([...wrong].sort());
    expect(listFiles(join(real.folder, 'images'))).toEqual(before);
    const model = await real.run({
      kind: 'export',
      params: { format: 'onnx', folder: await real.place(real.folder), name: 'repaired.onnx' },
    });
    expect(model).toMatchObject({ state: 'done', error: null });
    const written = (await real.client.call('jobs.result', { id: model.id })) as ModelExportResult;
    expect(written).toMatchObject({ classes: 2, changed: wrong.length, checked: 60, copied: [] });
    expect(written.difference).toBeLessThan(1e-5);
    // What was written is a model like any other, and says where it comes from.
    const { head } = await inspectModel(written.written);
    expect(head).toMatchObject({ kind: 'Gemm', dimensions: 4, classes: 2, exact: true });
    const { metadataProps } = (await readModelFile(written.written)).model;
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata).toMatchObject({
      'second_look.classes': '["dusk","grass"]',
      'second_look.lambda': '0.01',
      'second_look.project': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      'second_look.date': expect.stringMatching(/^\d{4}-/) as string,
    });
    const again = await real.run({
      kind: 'export',
      params: { format: 'csv', folder: await real.place(real.folder), name: 'fixed.csv' },
    });
    expect(again).toMatchObject({ state: 'failed' });
    expect(again.error).toMatch(/fixed\.csv exists already/);
  });

  it('takes decisions from a file and says which lines do not fit', async () => {
    const file = join(real.folder, 'decisions.csv');
    const [a, b] = (await real.client.call('queue.page', { query: { states: ['open'] }, from: 0, count: 2 })).rows;
    writeFileSync(
      file,
      `path,action,label\n${a!.path},exclude,\nno/such.png,keep,\n${b!.path},relabel,mud\n${a!.path},keep,\ntest/dusk/0000.png,keep,\n`,
    );
    const { applied, rejected } = await real.client.call('reviews.decideFromFile', { file: await real.place(file) });
    expect(applied).toBe(1);
    expect(rejected.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('not an image'),
      expect.stringContaining('mud is not a class'),
      expect.stringContaining('earlier line'),
      expect.stringContaining('not in the train split'),
    ]);
    const { changed } = await real.client.call('reviews.undo', {});
    expect(changed).toEqual([{ imageId: a!.imageId, classId: a!.givenClassId, state: 'open' }]);
  });
});

function listFiles(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .sort()
    .map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`);
}
