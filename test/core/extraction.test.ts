// What an extraction does where images come and go, and where they crash compute.
import Sqlite from 'better-sqlite3';
import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createValue } from '../../src/main/compute/graph/build.ts';
import { CrashRecovery } from '../../src/main/core/crash-recovery.ts';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { ExtractedBlock } from '../../src/shared/compute-contract.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import { sentence, tell } from '../../src/shared/told.ts';
import { twoHeads } from '../compute/head-forms.ts';
import { makeTinyModel } from '../compute/tiny-models.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

/** Compute that crashes on some pictures: what was found of 256, how often it was asked, and the error where it gave up. */
async function recover(isDeadly: (place: number) => boolean) {
  let asked = 0;
  const extractSome = (paths: string[]): Promise<ExtractedBlock> => {
    asked += 1;
    if (paths.some((path) => isDeadly(Number(path))))
      return Promise.reject(tell('compute-crashed', 'compute-ended', { why: '' }));
    return Promise.resolve({ features: Float32Array.from(paths, Number), logits: new Float32Array(), failed: [] });
  };
  const paths = Array.from({ length: 256 }, (_, place) => String(place));
  const outcome = await new CrashRecovery()
    .recover(paths, extractSome, () => Promise.resolve(false))
    .then(
      (block) => ({ block }),
      (error: unknown) => ({ error }),
    );
  return { ...outcome, asked };
}

it.each([1, 100])('a whole series of images that crash compute, from %i on, is left out', async (first) => {
  const outcome = await recover((place) => place >= first && place < first + 20);
  if (!('block' in outcome)) throw outcome.error;
  expect(outcome.block.failed.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => first + i));
  expect(outcome.block.features[first + 19]).toBe(0);
  expect(outcome.block.features[first + 20]).toBe(first + 20);
});

it('where compute crashes on every image it is soon given up', async () => {
  const outcome = await recover(() => true);
  expect(outcome).toMatchObject({ error: { code: 'compute-crashed' } });
  expect(outcome.asked).toBeLessThan(100);
});

let real: RealCore;
beforeAll(() => (real = startRealCore()));
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

const extraction: StartJob = { kind: 'extract', params: { provider: 'cpu' } };

async function extract(): Promise<{ job: Job; result: ExtractResult }> {
  const job = await real.run(extraction);
  return { job, result: (await real.client.call('jobs.result', { id: job.id })) as ExtractResult };
}

it('counts each image once, forgives those that are back, and blames none where the whole folder is gone', async () => {
  const { call } = real.client;
  await makeFittedProject(real, { train: 20, test: 10 });
  const images = join(real.folder, 'images');
  const away = join(real.folder, 'away');
  const [lost, kept] = ['test/dusk/0000.png', join(real.folder, 'kept.png')];

  // Four more, of which one is not there when its turn comes. All lie in one block.
  for (const number of [1, 2, 3, 4]) copyFileSync(join(images, lost), join(images, `test/dusk/more-${number}.png`));
  const labels = { format: 'folders' as const };
  const imported = await real.run({ kind: 'import', params: { images: await real.place(images), labels } });
  expect(imported).toMatchObject({ state: 'done' });
  renameSync(join(images, lost), kept);
  const first = await extract();
  expect(first.job).toMatchObject({ state: 'done', done: 34, total: 34 });
  expect(first.result).toMatchObject({ done: 33, skipped: 0 });
  expect(first.result.failed).toEqual([{ path: lost, reason: sentence('problem.missing') }]);
  expect((await extract()).result).toMatchObject({ done: 0, skipped: 34, failed: [] });

  renameSync(kept, join(images, lost));
  renameSync(images, away);
  const gone = sentence('error.images-gone', { path: images });
  expect((await extract()).job).toMatchObject({ state: 'failed', error: gone });
  renameSync(away, images);

  expect((await extract()).result).toMatchObject({ done: 34, skipped: 0, failed: [] });
  expect(await call('projects.overview', {})).toMatchObject({ problemCount: 0 });
});

it('takes the head of the output that is asked for', async () => {
  const file = join(real.folder, 'two-heads.onnx');
  writeFileSync(file, makeTinyModel({ ...twoHeads, input: createValue('picture', 'float32', ['N', 3, 8, 8]) }));
  await real.client.call('models.set', { file: await real.place(file), head: 'coarse' });
  // The other head has another number of classes.
  expect((await extract()).job).toMatchObject({ state: 'done', error: null });
  const { model } = await real.client.call('projects.overview', {});
  expect(model!.description).toMatchObject({ head: { classes: 2 }, heads: { chosen: 'coarse' } });
});

it('says so where another provider made the features that were there', async () => {
  const other = startRealCore();
  const { call } = other.client;
  try {
    // Two blocks, of which the first was made on a graphics card that is gone.
    await makeFittedProject(other, { train: 250, test: 10 });
    await call('projects.close', {});
    const file = join(other.folder, 'colours.secondlook');
    const db = new Sqlite(file);
    db.exec(
      "UPDATE feature SET provider = 'cuda' WHERE first_image_id = 1; DELETE FROM feature WHERE first_image_id > 1",
    );
    db.close();
    await call('projects.open', { file: await other.place(file) });
    const stages = new Set<string>();
    other.client.on('job.changed', ({ job }) => stages.add(job.stage));
    const { id, note } = await other.run(extraction);
    const mixed = sentence('about.providers', { providers: 'cpu, cuda' });
    expect(note).toMatch(/^Features of 4 images on cpu/);
    expect(note).toContain(mixed);
    expect(stages).toContain('extracting-elsewhere');
    expect(await call('jobs.result', { id })).toMatchObject({ provider: 'cpu', notes: [mixed] });
    const { model } = await call('projects.overview', {});
    expect(model!.description.notes).toContain(mixed);
  } finally {
    await other.close();
    removeFolder(other.folder);
  }
});
