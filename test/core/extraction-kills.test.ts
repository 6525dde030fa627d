import Database from 'better-sqlite3';
import { hash } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import { createRandom } from '../../src/shared/random.ts';
import { sentence } from '../../src/shared/told.ts';
import { startForkedCore } from './forked-core.ts';
import { removeFolder, writeTinyModel } from './real-core.ts';

const crashing = resolve(import.meta.dirname, 'crashing-compute.ts');
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach(removeFolder));

/** `count` pictures in two classes, those of `numbers` named so; a project of them with a tiny model. */
async function makeProject(count: number, numbers: number[] = [], named = 'deadly'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'second-look-kills-'));
  folders.push(folder);
  const random = createRandom(1);
  const drawn = await Promise.all(
    Array.from({ length: 32 }, async (_, i) => {
      const path = join(folder, `${i}.jpg`);
      const pixels = Buffer.from(Array.from({ length: 192 }, () => Math.floor(random() * 256)));
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
        .jpeg()
        .toFile(path);
      return path;
    }),
  );
  for (let i = 0; i < count; i++) {
    const inside = join(folder, 'images', i % 2 ? 'odd' : 'even');
    mkdirSync(inside, { recursive: true });
    const name = `${String(i).padStart(5, '0')}${numbers.includes(i) ? `-${named}` : ''}.jpg`;
    linkSync(drawn[i % drawn.length]!, join(inside, name));
  }
  writeTinyModel(join(folder, 'tiny.onnx'));
  const app = startForkedCore(folder);
  await app.call('projects.create', { folder: await app.place(folder), name: 'whole' });
  await app.run({
    kind: 'import',
    params: { images: await app.place(join(folder, 'images')), labels: { format: 'folders' } },
  });
  await app.call('models.set', { file: await app.place(join(folder, 'tiny.onnx')) });
  await app.close();
  return folder;
}

const extraction: StartJob = { kind: 'extract', params: { provider: 'cpu', batch: 16 } };

function readFeatures(folder: string, name: string) {
  const db = new Database(join(folder, `${name}.secondlook`), { readonly: true });
  const rows = db.prepare('SELECT first_image_id AS first, count, block, logits FROM feature ORDER BY 1').all() as {
    first: number;
    count: number;
    block: Buffer;
    logits: Buffer;
  }[];
  db.close();
  // Hashed, so that a difference is a line and not a page.
  return rows.map(({ block, logits, ...place }) => ({
    ...place,
    sha256: hash('sha256', Buffer.concat([block, logits])),
  }));
}

describe('an extraction', () => {
  it('that is killed at 50 random moments has the same features to the byte', { timeout: 400_000 }, async () => {
    const folder = await makeProject(1500);
    copyFileSync(join(folder, 'whole.secondlook'), join(folder, 'undisturbed.secondlook'));
    const quiet = startForkedCore(folder);
    await quiet.open('undisturbed');
    expect(await quiet.run(extraction)).toMatchObject({ state: 'done' });
    await quiet.close();
    const expected = readFeatures(folder, 'undisturbed');
    expect(expected).toHaveLength(Math.ceil(1500 / 256));

    const random = createRandom(7);
    for (let kills = 0, round = 0; kills < 50; round++) {
      const name = `killed-${round}`;
      copyFileSync(join(folder, 'whole.secondlook'), join(folder, `${name}.secondlook`));
      const app = startForkedCore(folder);
      await app.open(name);
      for (let state = ''; state !== 'done';) {
        const job = app.run(extraction).then((ended) => (state = ended.state));
        while (kills < 50) {
          const moment = new Promise((resolve) => setTimeout(resolve, random() * 1500));
          if (await Promise.race([job.then(() => true), moment.then(() => false)])) break;
          app.kill();
          kills += 1;
        }
        await job;
      }
      await app.close();
      expect(readFeatures(folder, name)).toEqual(expected);
    }
  });

  it('counts its batches, and says of one that is cancelled how much is kept', async () => {
    const app = startForkedCore(await makeProject(1500));
    await app.open('whole');
    app.on('job.changed', ({ job }) => {
      // In the middle of a block, of 256 images.
      if (job.done % 256 > 0) void app.call('jobs.cancel', { id: job.id });
    });
    const { state, note } = await app.run({ kind: 'extract', params: { provider: 'cpu', batch: 1 } });
    const { model } = await app.call('projects.overview', {});
    await app.close();
    expect(state).toBe('cancelled');
    expect(note).toBe(`Stopped after ${model!.extracted} of 1500; what was done is kept.`);
    expect(model!.extracted % 256).toBe(0);
  });

  it('goes on without the images that crash it, and names them', { timeout: 200_000 }, async () => {
    const folder = await makeProject(300, [41, 42, 270]);
    const app = startForkedCore(folder, crashing);
    await app.open('whole');
    const job = await app.run(extraction);
    expect(job).toMatchObject({ state: 'done', error: null });
    const { done, failed } = (await app.call('jobs.result', { id: job.id })) as ExtractResult;
    await app.close();
    expect(done).toBe(297);
    expect(failed.map(({ path }) => path).sort()).toEqual([
      'even/00042-deadly.jpg',
      'even/00270-deadly.jpg',
      'odd/00041-deadly.jpg',
    ]);
    for (const { reason } of failed) expect(reason).toContain('crashes on this picture');
  });

  it('records nothing of a disk that goes meanwhile', async () => {
    const folder = await makeProject(4, [2], 'vanishing');
    const app = startForkedCore(folder, crashing);
    await app.open('whole');
    const { state, error } = await app.run(extraction);
    const { model, problemCount } = await app.call('projects.overview', {});
    await app.close();
    expect({ state, error }).toEqual({
      state: 'failed',
      error: sentence('error.images-gone', { path: join(folder, 'images') }),
    });
    expect({ extracted: model!.extracted, problemCount }).toEqual({ extracted: 0, problemCount: 0 });
  });

  it('goes on with a smaller batch where the system has no memory for the one it was begun with', async () => {
    const folder = await makeProject(20, [...Array(20).keys()], 'large');
    const app = startForkedCore(folder, crashing);
    await app.open('whole');
    const job = await app.run(extraction);
    expect(job).toMatchObject({ state: 'done', error: null });
    const result = (await app.call('jobs.result', { id: job.id })) as ExtractResult;
    expect(result).toMatchObject({ done: 20, failed: [], batch: 8 });

    // The trial of batches itself has no memory.
    const file = join(folder, 'large.onnx');
    copyFileSync(join(folder, 'tiny.onnx'), file);
    await app.call('models.set', { file: await app.place(file), preprocessing: { range: '0-255' } });
    expect(await app.run({ kind: 'extract', params: { provider: 'cpu' } })).toMatchObject({
      state: 'done',
      error: null,
    });
    const { model } = await app.call('projects.overview', {});
    await app.close();
    expect(model).toMatchObject({ extracted: 20, batch: 1 });
  });
});
