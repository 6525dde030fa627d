// A hundred broken models and a hundred broken pictures through the calls that the screen makes, with compute in a process of
// its own: each is used or named with one sentence, nothing is written that should not be, and core goes on.
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExtractResult } from '../../src/main/core/extraction.ts';
import type { ImportResult } from '../../src/main/core/imports.ts';
import type { StartJob } from '../../src/shared/core-contract.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { drawBrokenPictures } from '../compute/broken-pictures.ts';
import { brokenModels } from '../compute/graph/broken-models.ts';
import { startForkedCore, type ForkedCore } from './forked-core.ts';
import { removeFolder, writeTinyModel } from './real-core.ts';

const extraction: StartJob = { kind: 'extract', params: { provider: 'cpu' } };
const sentence = /^\S[^\n]{20,800}\.$/;

let folder: string;
let app: ForkedCore;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'second-look-broken-'));
  mkdirSync(join(folder, 'projects'));
  writeTinyModel(join(folder, 'sound.onnx'));
  app = startForkedCore(folder);
});
afterAll(async () => {
  await app.close();
  removeFolder(folder);
});

/** Hashes of all files below a folder by their paths. */
const hashFiles = (below: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(below, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path, hash('sha256', readFileSync(path))]),
  );

/** A project of the pictures, half of them in each of two classes; what came of the import. */
async function importPictures(name: string, pictures: readonly Uint8Array[]): Promise<ImportResult> {
  const images = join(folder, `${name}-images`);
  pictures.forEach((bytes, i) => {
    mkdirSync(join(images, i % 2 ? 'odd' : 'even'), { recursive: true });
    writeFileSync(join(images, i % 2 ? 'odd' : 'even', `${String(i).padStart(3, '0')}.jpg`), bytes);
  });
  await app.call('projects.create', { folder: await app.place(join(folder, 'projects')), name });
  const labels = { format: 'folders' as const };
  const job = await app.run({ kind: 'import', params: { images: await app.place(images), labels } });
  expect(job).toMatchObject({ state: 'done', error: null });
  return (await app.call('jobs.result', { id: job.id })) as ImportResult;
}

it('a hundred broken models: refused with a sentence and nothing written, or used', { timeout: 120_000 }, async () => {
  const { sound } = await drawBrokenPictures();
  await importPictures('models', sound);
  const soundModel = { file: await app.place(join(folder, 'sound.onnx')) };
  await app.call('models.set', soundModel);
  expect(await app.run(extraction)).toMatchObject({ state: 'done' });
  const given = hashFiles(join(folder, 'models-images'));

  let refused = 0;
  for (const [index, [title, bytes]] of brokenModels.entries()) {
    const beside = join(folder, 'broken-models', String(index));
    mkdirSync(join(beside, 'folder'), { recursive: true });
    writeFileSync(join(beside, 'broken.onnx'), bytes);
    const file = await app.place(join(beside, 'broken.onnx'));
    const before = hashFiles(join(folder, 'projects'));
    try {
      await app.call('models.set', { file });
    } catch (error) {
      refused += 1;
      if (!isAppError(error)) throw new Error(`${title}: ${String(error)}`, { cause: error });
      expect(['unsupported', 'unreadable', 'bad-request'], `${title}: ${error.message}`).toContain(error.code);
      expect(error.message, title).toMatch(sentence);
      expect(hashFiles(join(folder, 'projects')), title).toEqual(before);
      continue;
    } finally {
      expect(readdirSync(beside).sort(), title).toEqual(['broken.onnx', 'folder']);
    }
    // It was sound after all, so it is extracted, and the sound one is chosen again.
    const { state, error } = await app.run(extraction);
    if (state !== 'done') expect(error, title).toMatch(sentence);
    await app.call('models.set', soundModel);
  }
  expect(refused).toBeGreaterThan(50);
  expect(hashFiles(join(folder, 'models-images'))).toEqual(given);
  // The features of the sound one are there still.
  const { model, problemCount } = await app.call('projects.overview', {});
  expect({ ...model, problemCount }).toMatchObject({
    extracted: sound.length,
    extractable: sound.length,
    problemCount: 0,
  });
  expect(app.logged).toEqual([]);
});

it('a hundred broken pictures: each has features or a reason, and none is touched', { timeout: 120_000 }, async () => {
  const { sound, broken } = await drawBrokenPictures();
  const { problems } = await importPictures(
    'pictures',
    broken.flatMap((bytes, i) => [bytes, sound[i % sound.length]!]),
  );
  const given = hashFiles(join(folder, 'pictures-images'));
  await app.call('models.set', { file: await app.place(join(folder, 'sound.onnx')) });
  const job = await app.run(extraction);
  expect(job).toMatchObject({ state: 'done', error: null });
  const { done, failed } = (await app.call('jobs.result', { id: job.id })) as ExtractResult;

  const named = [...problems, ...failed];
  expect(new Set(named.map(({ path }) => path)).size).toBe(named.length);
  expect(done + named.length).toBe(200);
  expect(named.length).toBeGreaterThan(40);
  for (const { path, reason } of named) {
    // The sound ones stand at the odd places.
    expect(path, reason).toMatch(/^even/);
    expect(reason, path).toMatch(/^[A-Z][^\n]{10,150}\.$/);
  }
  expect(await app.call('projects.overview', {})).toMatchObject({ problemCount: named.length });
  expect(hashFiles(join(folder, 'pictures-images'))).toEqual(given);
  expect(app.logged).toEqual([]);
});
