// Test labels and duplicates: real core, SQLite, decoder and ONNX Runtime.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinPairs } from '../../src/main/core/duplicates.ts';
import type { Duplicates } from '../../src/shared/test-labels.ts';
import { makeFittedProject, removeFolder, startRealCore, type RealCore } from './real-core.ts';

let real: RealCore;
beforeAll(async () => {
  real = startRealCore();
  const at = (path: string) => join(real.folder, 'images', path);
  for (const folder of ['train/dusk', 'train/grass', 'test/dusk']) mkdirSync(at(folder), { recursive: true });
  // A blue slope; the same file in the test split, and stored anew, larger, under the other label.
  const slope = Buffer.from(
    Array.from({ length: 32 * 32 * 3 }, (_, i) => (i % 3 === 2 ? 250 : 2 * Math.floor(i / 96) + (i % 96))),
  );
  const raw = { width: 32, height: 32, channels: 3 } as const;
  await sharp(slope, { raw }).png().toFile(at('train/dusk/slope.png'));
  copyFileSync(at('train/dusk/slope.png'), at('test/dusk/slope.png'));
  await sharp(slope, { raw }).resize(64, 64).jpeg({ quality: 95 }).toFile(at('train/grass/larger.jpg'));
  // Green, but labelled blue, in the test split.
  const green = Buffer.from(
    Array.from({ length: 8 * 8 * 3 }, (_, i) => (i % 3 === 1 ? 180 + (i % 40) : 20 + (i % 30))),
  );
  await sharp(green, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toFile(at('test/dusk/green.png'));
  await makeFittedProject(real);
});
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

describe('test labels', () => {
  const list = () => real.client.call('testLabels.list', { count: 5 });

  it('that are suspicious come first, and a verdict changes the corrected accuracy alone', async () => {
    const before = await list();
    const [first] = before.rows;
    expect(first).toMatchObject({ path: 'test/dusk/green.png', givenClassId: 1, suggestedClassId: 2, verdict: null });
    expect(before).toMatchObject({ images: 22, decided: 0, corrected: 0 });
    expect(before.correctedAccuracy).toEqual(before.accuracy);
    const runs = await real.client.call('runs.list', {});

    await real.client.call('testLabels.decide', { imageId: first!.imageId, action: 'relabel', classId: 2 });
    const after = await list();
    expect(after.accuracy).toEqual(before.accuracy);
    expect(after.correctedAccuracy!.value).toBeCloseTo(before.accuracy!.value + 1 / 22, 12);
    expect(after).toMatchObject({ decided: 1, corrected: 1 });
    expect(after.rows[0]!.verdict).toEqual({ action: 'relabel', classId: 2 });
    expect(await real.client.call('runs.list', {})).toEqual(runs);
    expect(await real.client.call('reviews.progress', {})).toMatchObject({ decided: 0, canUndo: false });
    expect((await real.client.call('queue.learned', {})).dueIn).toBe(20);

    const folder = await real.place(real.folder);
    await real.run({ kind: 'export', params: { format: 'csv', folder, name: 'labels.csv' } });
    expect(readFileSync(join(real.folder, 'labels.csv'), 'utf8')).toContain('test/dusk/green.png,dusk');
    await real.run({ kind: 'export', params: { format: 'test-labels', folder, name: 'test.csv' } });
    expect(readFileSync(join(real.folder, 'test.csv'), 'utf8')).toBe(
      'path,given_label,label,action\ntest/dusk/green.png,dusk,grass,relabel\n',
    );

    await real.client.call('testLabels.decide', { imageId: first!.imageId, action: 'open' });
    expect(await list()).toEqual(before);
  });

  it('are no train images', async () => {
    const { imageId } = await real.client.call('images.find', { path: 'train/dusk/slope.png' });
    await expect(real.client.call('testLabels.decide', { imageId, action: 'keep' })).rejects.toThrow('Review');
  });
});

describe('duplicates', () => {
  it('are equal files and pictures that are stored anew, named by what they spoil', async () => {
    const { id, error } = await real.run({ kind: 'duplicates', params: {} });
    expect(error).toBeNull();
    const { exact, near, groups } = (await real.client.call('jobs.result', { id })) as Duplicates;
    expect(exact).toEqual({ groups: 1, images: 2, acrossSplits: 1, contradictions: 0 });
    expect(near).toMatchObject({ groups: 1, images: 2, contradictions: 1 });
    expect(groups.map(({ kind, images }) => [kind, images.map(({ path }) => path).sort()])).toContainEqual([
      'exact',
      ['test/dusk/slope.png', 'train/dusk/slope.png'],
    ]);
    expect(groups.flatMap(({ images }) => images).some(({ path }) => path === 'train/grass/larger.jpg')).toBe(true);
  });

  it('contradict nothing once a copy is excluded', async () => {
    const { imageId } = await real.client.call('images.find', { path: 'train/grass/larger.jpg' });
    await real.client.call('reviews.decide', { decisions: [{ imageId, action: 'exclude' }] });
    const { id } = await real.run({ kind: 'duplicates', params: {} });
    const { exact, near } = (await real.client.call('jobs.result', { id })) as Duplicates;
    expect(near).toEqual({ groups: 1, images: 2, acrossSplits: 0, contradictions: 0 });
    expect(exact.acrossSplits).toBe(1);
  });

  it('hang together by pairs', () => {
    expect(
      joinPairs([
        [1, 2],
        [5, 6],
        [3, 2],
        [6, 1],
        [8, 9],
      ]),
    ).toEqual([
      [1, 2, 3, 5, 6],
      [8, 9],
    ]);
  });
});
