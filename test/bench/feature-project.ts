// A project whose features are those of a matrix: no picture and no model is opened, everything else is as in any other.
import { join } from 'node:path';
import type { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { blockSize } from '../../src/main/store/feature-table.ts';
import { openStore } from '../../src/main/store/store.ts';

export interface FeatureProject {
  classNames: string[];
  /** All rows of the matrix in order: train images, then test images; class indices of both. */
  labels: Int32Array;
  testLabels: Int32Array;
  matrix: FeatureMatrix;
}

/** Writes `name.secondlook` into a folder and returns its path. The image of row r is `train/r.jpg` or `test/r.jpg`. */
export function writeFeatureProject(folder: string, name: string, project: FeatureProject): string {
  const { classNames, labels, testLabels, matrix } = project;
  const file = join(folder, `${name}.secondlook`);
  const store = openStore(file, { create: true });
  const d = matrix.dimensions;
  const rows = labels.length + testLabels.length;
  store.transaction(() => {
    store.project.create(name, '0.0.0');
    store.project.setImageRoot(folder);
    for (const className of classNames) store.classes.add(className);
    for (let row = 0; row < rows; row++) {
      const isTrain = row < labels.length;
      store.images.add({
        path: pathOfRow(row, labels.length),
        sha256: row.toString(16).padStart(64, '0'),
        split: isTrain ? 'train' : 'test',
        width: 32,
        height: 32,
        sizeBytes: 1000,
        record: null,
        problem: null,
        classId: 1 + (isTrain ? labels[row]! : testLabels[row - labels.length]!),
      });
    }
    const modelId = store.models.add('/features.onnx', 'f'.repeat(64), {
      input: { name: 'x', layout: 'nchw', element: 'float32', channels: 3, height: 32, width: 32, batch: null },
      head: { kind: 'none', features: 'f', logits: '', dimensions: d, classes: 0, exact: true, difference: null },
      preprocessing: {
        width: 32,
        height: 32,
        shortestSide: null,
        channels: 'rgb',
        range: '0-1',
        mean: [0, 0, 0],
        std: [1, 1, 1],
      },
      notes: [],
    });
    store.project.setModel(modelId);
    for (let first = 0; first < rows; first += blockSize) {
      const count = Math.min(blockSize, rows - first);
      store.features.save(modelId, count, {
        firstImageId: first + 1,
        features: Float32Array.from(matrix.values.subarray(first * d, (first + count) * d)),
        logits: new Float32Array(),
        provider: 'cpu',
        failed: [],
      });
    }
  });
  store.refreshStatistics();
  store.close();
  return file;
}

export const pathOfRow = (row: number, trainRows: number): string =>
  `${row < trainRows ? 'train' : 'test'}/${String(row).padStart(6, '0')}.jpg`;
