// The repaired model after a life of changes, held against the fit by nobody's code but ONNX Runtime's and sharp's.
import { copyFileSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readModelFile } from '../../src/main/compute/graph/model-file.ts';
import type { ModelExportResult } from '../../src/main/core/export-model.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import { sentence } from '../../src/shared/told.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

let real: RealCore;
beforeAll(() => (real = startRealCore()));
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

/** Runs a job that must end well, and returns what it came to. */
async function finish<Result>(request: StartJob): Promise<Result> {
  const job = await real.run(request);
  expect(job).toMatchObject({ state: 'done', error: null });
  return (await real.client.call('jobs.result', { id: job.id })) as Result;
}

const exportAs = async (name: string) =>
  finish<ModelExportResult>({
    kind: 'export',
    params: { format: 'onnx', folder: await real.place(real.folder), name },
  });

it('has the classes of the data set and the logits of the newest fit, whatever was decided and imported since', async () => {
  const { call } = real.client;
  const wrong = await makeFittedProject(real, { train: 80, test: 40, wrong: 8 });
  const images = join(real.folder, 'images');
  const place = await real.place(images);

  // A class more, of pictures that were of another: what a person does who sorts their folders again.
  for (const split of ['train', 'test'])
    for (let i = 0; i < 10; i++) {
      mkdirSync(join(images, split, 'night'), { recursive: true });
      copyFileSync(
        join(images, split, i % 2 ? 'grass' : 'dusk', `${String(10 + i).padStart(4, '0')}.png`),
        join(images, split, 'night', `${i}.png`),
      );
    }
  await finish({ kind: 'import', params: { images: place, labels: { format: 'folders' } } });
  await finish({ kind: 'extract', params: { provider: 'cpu' } });
  const ids = new Map<string, number>();
  for (const path of wrong) ids.set(path, (await call('images.find', { path })).imageId);
  for (const [path, imageId] of [...ids].slice(2))
    await call('reviews.decide', {
      decisions: [{ imageId, action: 'relabel', classId: path.includes('dusk') ? 2 : 1 }],
    });
  await call('reviews.decide', {
    decisions: [...ids.values()].slice(0, 2).map((imageId) => ({ imageId, action: 'exclude' })),
  });
  await finish({ kind: 'fit', params: { lambda: 0.01 } });
  const early = await exportAs('early.onnx');
  expect(early.notes).toEqual([]);
  await call('reviews.decide', { decisions: [{ imageId: ids.get(wrong[2]!)!, action: 'exclude' }] });
  const { notes } = await exportAs('late.onnx');
  expect(notes).toEqual([sentence('about.later-labels', { count: 1 })]);
  await finish({ kind: 'retrain', params: {} });

  // A picture that is gone since is no reason to keep the model back.
  const gone = await call('images.card', { imageId: 139, method: 'importance' });
  await rm(join(images, gone.path));
  const { written, ...result } = await exportAs('repaired.onnx');
  expect(result).toMatchObject({ classes: 3, changed: wrong.length, checked: 99, notes: [] });
  const { fit } = await call('projects.overview', {});
  const { metadataProps } = (await readModelFile(written)).model;
  expect(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))).toMatchObject({
    'second_look.classes': '["dusk","grass","night"]',
    'second_look.lambda': String(fit!.lambda),
    'second_look.project': expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    'second_look.date': expect.stringMatching(/^\d{4}-/) as string,
  });

  const session = await InferenceSession.create(written);
  expect([session.inputNames, session.outputNames]).toEqual([['image'], ['logits']]);
  let [largest, difference] = [0, 0];
  for (let imageId = 1; imageId <= 100; imageId++) {
    const { path, logits } = await call('images.card', { imageId, method: 'importance' });
    const pixels = await sharp(join(images, path)).removeAlpha().raw().toBuffer();
    const planes = Float32Array.from({ length: 192 }, (_, i) => pixels[(i % 64) * 3 + Math.floor(i / 64)]! / 255);
    const answer = await session.run({ image: new Tensor('float32', planes, [1, 3, 8, 8]) });
    expect(answer.logits!.dims).toEqual([1, 3]);
    logits.forEach((logit, c) => {
      largest = Math.max(largest, Math.abs(logit));
      difference = Math.max(difference, Math.abs(logit - Number(answer.logits!.data[c])));
    });
  }
  await session.release();
  expect(largest).toBeGreaterThan(0.1);
  expect(difference / largest).toBeLessThan(1e-4);
});
