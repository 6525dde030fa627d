// The antelope study of the paper on made pictures: autumn leaves among the foxes make the test's autumn leaves foxes too.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createModel,
  createNode,
  createTensor,
  createValue,
  toModelBytes,
} from '../../src/main/compute/graph/build.ts';
import type { CellEvidence } from '../../src/shared/evidence.ts';
import { createRandom } from '../../src/shared/random.ts';
import { removeFolder, startRealCore, type RealCore } from './real-core.ts';

const [fox, lake, leaf] = [1, 2, 3];
const cell = { classId: leaf, predictedClassId: fox };
const colours = { fox: [210, 80, 40], lake: [50, 90, 200], leaf: [70, 190, 60], autumn: [200, 150, 40] };

let real: RealCore;
beforeAll(async () => {
  real = startRealCore();
  await drawPictures(real.folder);
  writeModel(join(real.folder, 'model.onnx'));
  await real.client.call('projects.create', { folder: await real.place(real.folder), name: 'woods' });
  const images = await real.place(join(real.folder, 'images'));
  await real.run({ kind: 'import', params: { images, labels: { format: 'folders' } } });
  await real.client.call('models.set', { file: await real.place(join(real.folder, 'model.onnx')) });
  await real.run({ kind: 'extract', params: { provider: 'cpu' } });
  const fit = await real.run({ kind: 'fit', params: { lambda: 0.001 } });
  expect(fit).toMatchObject({ state: 'done', error: null });
});
afterAll(async () => {
  await real.close();
  removeFolder(real.folder);
});

const imageIdsOf = async (of: typeof cell) =>
  (await real.client.call('confusion.images', { ...of, count: 500 })).rows.map(({ imageId }) => imageId);

describe('the confusion matrix', () => {
  it('counts the test images as the fit predicts them, and agrees with its accuracy', async () => {
    const { fit } = await real.client.call('projects.overview', {});
    const confusion = await real.client.call('confusion.read', {});
    expect(confusion).toMatchObject({ fit: 'labels', fitId: fit!.id, testImages: 40, right: [10, 10, 10], wrong: 10 });
    expect(confusion.errors).toEqual([{ ...cell, images: 10 }]);
    expect(1 - confusion.wrong / confusion.testImages).toBeCloseTo(fit!.testAccuracy!, 12);
  });

  it('gives the images of a cell a page at a time, the most wrong first', async () => {
    const all = await real.client.call('confusion.images', { ...cell, count: 500 });
    expect(all.rows.every(({ path, margin }) => path.includes('autumn') && margin < 0)).toBe(true);
    expect(all.rows.map(({ margin }) => margin)).toEqual(all.rows.map(({ margin }) => margin).sort((a, b) => a - b));
    const page = await real.client.call('confusion.images', { ...cell, from: 4, count: 3 });
    expect(page).toEqual({ total: 10, from: 4, rows: all.rows.slice(4, 7) });
    const { imageId, margin } = all.rows[0]!;
    const { logits } = await real.client.call('images.card', { imageId });
    expect(margin).toBeCloseTo(logits[leaf - 1]! - Math.max(logits[fox - 1]!, logits[lake - 1]!), 10);
  });
});

describe('the training images that recur in a cell', () => {
  it('are the planted ones: 15 of 20 at least among the first 25, each for most of the images', async () => {
    const evidence = await real.client.call('confusion.evidence', { ...cell, count: 25 });
    const planted = evidence.inhibitory.filter(({ path }) => path.startsWith('train/fox/autumn'));
    expect(planted.length).toBeGreaterThanOrEqual(15);
    expect(planted.every(({ recurrence }) => recurrence > evidence.counted / 2)).toBe(true);
    expect(evidence).toMatchObject({ images: 10, counted: 10, classId: leaf, againstClassId: fox, excitatory: [] });
  });

  it('recur as often as a look at each image alone finds them, and add up to the logits', async () => {
    const count = 12;
    const evidence = await real.client.call('confusion.evidence', { ...cell, count });
    const times = new Map<number, number>();
    let logit = 0;
    for (const imageId of await imageIdsOf(cell)) {
      const alone = await real.client.call('images.evidence', {
        imageIds: [imageId],
        classId: leaf,
        againstClassId: fox,
        count,
      });
      logit += alone.logit;
      for (const point of alone.inhibitory) times.set(point.imageId, (times.get(point.imageId) ?? 0) + 1);
    }
    expect(evidence.inhibitory.map(({ recurrence }) => recurrence)).toEqual(
      evidence.inhibitory.map(({ imageId }) => times.get(imageId) ?? 0),
    );
    expect(evidence.logit).toBeCloseTo(logit, 9);
    expect(sumOf(evidence)).toBeCloseTo(logit, 4);
    expect(evidence.remainderCount).toBe(206 - count);
  });

  it('for a cell of right images hold down its class alone', async () => {
    const right = { classId: lake, predictedClassId: lake };
    const evidence = await real.client.call('confusion.evidence', { ...right, count: 5 });
    expect(evidence).toMatchObject({ images: 10, classId: lake, againstClassId: null });
    expect(sumOf(evidence)).toBeCloseTo(evidence.logit, 4);
    expect((await real.client.call('confusion.images', right)).rows.every(({ margin }) => margin > 0)).toBe(true);
  });

  it('are refused with a sentence where there are none', async () => {
    const empty = { classId: lake, predictedClassId: fox };
    await expect(real.client.call('confusion.evidence', empty)).rejects.toThrow('No test image is in this cell');
    await expect(real.client.call('confusion.images', { classId: 4, predictedClassId: 1 })).rejects.toThrow(
      'so there is no class 4',
    );
    await expect(real.client.call('confusion.read', { fit: 'model' })).rejects.toThrow('No fit imitates');
  });
});

const sumOf = ({ inhibitory, remainder, residual }: CellEvidence) =>
  inhibitory.reduce((sum, { value }) => sum + value, remainder + residual);

/** 60 of each class and 26 autumn leaves, of which 20 lie among the foxes; 10 of each to test. */
async function drawPictures(folder: string): Promise<void> {
  const random = createRandom(5);
  const draw = async (path: string, colour: readonly number[]) => {
    const pixels = Buffer.from(Array.from({ length: 8 * 8 * 3 }, (_, i) => colour[i % 3]! + (random() - 0.5) * 60));
    const file = join(folder, 'images', path);
    mkdirSync(dirname(file), { recursive: true });
    await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toFile(file);
  };
  for (const kind of ['fox', 'lake', 'leaf', 'autumn'] as const) {
    const label = kind === 'autumn' ? 'leaf' : kind;
    const train = kind === 'autumn' ? 26 : 60;
    for (let number = 0; number < train; number++) {
      const folderOf = kind === 'autumn' && number < 20 ? 'fox' : label;
      await draw(`train/${folderOf}/${kind}-${number}.png`, colours[kind]);
    }
    for (let number = 0; number < 10; number++) await draw(`test/${label}/${kind}-${number}.png`, colours[kind]);
  }
}

/** Six differences of mean colours as features, and a Gemm head that is not used. */
function writeModel(file: string): void {
  const model = createModel({
    name: 'woods',
    inputs: [createValue('image', 'float32', ['N', 3, 8, 8])],
    outputs: [createValue('logits', 'float32', ['N', 3])],
    initializers: [
      createTensor('mix', [6, 3, 1, 1], Float32Array.of(1, -1, 0, -1, 1, 0, 0, 1, -1, 0, -1, 1, 1, 0, -1, -1, 0, 1)),
      createTensor('w', [3, 6], new Float32Array(18).fill(0.1)),
      createTensor('b', [3], new Float32Array(3)),
    ],
    nodes: [
      createNode('Conv', ['image', 'mix'], ['mixed'], { kernel_shape: [1n, 1n] }),
      createNode('Relu', ['mixed'], ['active']),
      createNode('GlobalAveragePool', ['active'], ['pooled']),
      createNode('Flatten', ['pooled'], ['features'], { axis: 1n }),
      createNode('Gemm', ['features', 'w', 'b'], ['logits'], { transB: 1n }),
    ],
  });
  writeFileSync(file, toModelBytes(model));
}
