// What an extraction does where images come and go.
import { copyFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import type { Job } from '../../src/shared/jobs.ts';
import { sentence } from '../../src/shared/told.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

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
