// A project that is ready to be reviewed, written without a model or a fit: its features and its ranking are made up, and its
// pictures are real files. What the screen does with it is what it does with any other.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/main/store/store.ts';
import { blockSize } from '../../src/main/store/feature-table.ts';
import { createRandom } from '../../src/shared/random.ts';

export interface BenchPicture {
  /** Below the images folder. */
  path: string;
  sha256: string;
  width: number;
  height: number;
  sizeBytes: number;
}

const classes = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const dimensions = 64;

/** Writes the project file, all images in the train split, and names it in the settings of `home` as the recent one. */
export function writeReviewProject(home: string, imageRoot: string, pictures: readonly BenchPicture[]): void {
  const file = join(home, 'bench.secondlook');
  const store = openStore(file, { create: true });
  const random = createRandom(11);
  const count = pictures.length;
  store.transaction(() => {
    store.project.create('bench', '0.0.0');
    store.project.setImageRoot(imageRoot);
    for (const name of classes) store.classes.add(name);
    pictures.forEach((picture, index) =>
      store.images.add({
        ...picture,
        split: 'train',
        record: null,
        problem: null,
        classId: 1 + (index % classes.length),
      }),
    );
    const modelId = store.models.add('/bench.onnx', 'f'.repeat(64), {
      input: { name: 'x', layout: 'nchw', element: 'float32', channels: 3, height: 32, width: 32, batch: null },
      head: {
        kind: 'Gemm',
        features: 'f',
        logits: 'z',
        dimensions,
        classes: classes.length,
        exact: true,
        difference: null,
      },
      preprocessing: {
        width: 32,
        height: 32,
        channels: 'rgb',
        range: '0-1',
        mean: [0, 0, 0],
        std: [1, 1, 1],
        shortestSide: null,
      },
      notes: [],
    });
    store.project.setModel(modelId);
    const draw = (length: number) => Float32Array.from({ length }, () => random() - 0.3);
    for (let first = 1; first <= count; first += blockSize) {
      const rows = Math.min(blockSize, count - first + 1);
      store.features.save(modelId, rows, {
        firstImageId: first,
        features: draw(rows * dimensions),
        logits: draw(rows * classes.length),
        provider: 'cpu',
        failed: [],
      });
    }
    const imageIds = Int32Array.from({ length: count }, (_, index) => index + 1);
    const fitId = store.fits.add({
      modelId,
      target: 'labels',
      fidelity: null,
      lambda: 0.01,
      lambdaChosen: 'given',
      featureScale: 'none',
      scale: 1,
      tolerance: 0.01,
      startFitId: null,
      objective: 0.5,
      iterations: 1,
      passes: 1,
      seconds: 1,
      certificate: { gradientNorm: 1e-6, maxLogitError: 1e-4, logitRms: 1, dualityGap: 1e-9 },
      trainAccuracy: 0.9,
      testAccuracy: null,
      labelsRevision: 0,
      weights: Float64Array.from(draw((dimensions + 1) * classes.length)),
      gradient: new Float64Array((dimensions + 1) * classes.length),
      imageIds,
      classIds: imageIds.map((id) => 1 + ((id - 1) % classes.length)),
      alpha: draw(count * classes.length),
    });
    // In an order that is not that of the files, as a ranking is.
    const order = Array.from(imageIds, (imageId) => ({ imageId, key: random() })).sort((a, b) => a.key - b.key);
    store.rankings.add(
      fitId,
      'importance',
      order.map(({ imageId }, index) => ({
        imageId,
        score: 1 - index / count,
        importance: 1 - index / count,
        suggestedClassId: 1 + Math.floor(random() * classes.length),
      })),
    );
  });
  store.refreshStatistics();
  store.close();
  mkdirSync(join(home, 'app'), { recursive: true });
  writeFileSync(
    join(home, 'app', 'settings.json'),
    JSON.stringify({
      version: 1,
      reviewer: 'bench',
      recent: [{ id: 'bench', path: file, name: 'bench', openedAt: 1 }],
    }),
  );
}

/** Writes a project of nothing but labels, imported from a CSV file, with every twentieth changed; returns its file. */
export function writeLabels(folder: string, count: number): string {
  const file = join(folder, 'labels.secondlook');
  const store = openStore(file, { create: true });
  store.transaction(() => {
    store.project.create('labels', '0.0.0');
    for (const name of classes) store.classes.add(name);
    store.source.set({
      format: 'csv',
      name: 'labels.csv',
      pathColumn: 'path',
      labelColumn: 'label',
      splitColumn: null,
    });
    const lines = ['path,label'];
    for (let index = 0; index < count; index++) {
      const classId = 1 + (index % classes.length);
      const path = `train/${index}.jpg`;
      lines.push(`${path},${classes[classId - 1]!}`);
      const sha256 = String(index).padStart(64, '0');
      const about = { path, sha256, width: 32, height: 32, sizeBytes: 1, split: 'train', problem: null } as const;
      store.images.add({ ...about, record: index + 1, classId });
      if (index % 20 === 0) store.labels.set(index + 1, 1 + (classId % classes.length), 'relabelled');
    }
    const bytes = Buffer.from(lines.join('\n'));
    for (let from = 0; from < bytes.length; from += 2 ** 16)
      store.source.addChunk(bytes.subarray(from, from + 2 ** 16));
  });
  store.close();
  return file;
}
