// A project in memory: two classes, some train images, one test image, a model and a ranking; no file, no picture.
import type { ModelDescription } from '../../src/shared/model.ts';
import { openStore, type Store } from '../../src/main/store/store.ts';

export const smallModel: ModelDescription = {
  input: { name: 'x', layout: 'nchw', element: 'float32', channels: 3, height: 8, width: 8, batch: null },
  head: { kind: 'Gemm', features: 'f', logits: 'z', dimensions: 2, classes: 2, exact: true, difference: 1e-7 },
  preprocessing: {
    width: 8,
    height: 8,
    shortestSide: null,
    channels: 'rgb',
    range: '0-1',
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  notes: [],
};

/** Train images 1 to `trainCount` with classes 1 and 2 in turn; image `trainCount + 1` is a test image. Returns ids too. */
export function makeSmallProject(trainCount = 6): { store: Store; modelId: number; fitId: number } {
  const store = openStore(':memory:');
  return store.transaction(() => {
    store.project.create('small', '0.0.0');
    store.classes.add('cat');
    store.classes.add('dog');
    for (let id = 1; id <= trainCount + 1; id++) {
      store.images.add({
        path: `train/${String(id).padStart(4, '0')}.png`,
        sha256: String(id).padStart(64, '0'),
        split: id <= trainCount ? 'train' : 'test',
        width: 8,
        height: 8,
        sizeBytes: 100,
        record: null,
        problem: null,
        classId: 1 + ((id - 1) % 2),
      });
    }
    const modelId = store.models.add('/models/small.onnx', 'f'.repeat(64), smallModel);
    store.project.setModel(modelId);
    const imageIds = Int32Array.from({ length: trainCount }, (_, index) => index + 1);
    const fitId = store.fits.add({
      modelId,
      target: 'labels',
      fidelity: null,
      lambda: 0.01,
      lambdaChosen: 'given',
      featureScale: 'unit',
      scale: 1,
      tolerance: 0.01,
      startFitId: null,
      objective: 0.5,
      iterations: 3,
      passes: 4,
      seconds: 0.1,
      certificate: { gradientNorm: 1e-6, maxLogitError: 1e-4, logitRms: 1, dualityGap: 1e-9 },
      trainAccuracy: 0.9,
      testAccuracy: 0.8,
      labelsRevision: 0,
      weights: new Float64Array(6),
      gradient: new Float64Array(6),
      imageIds,
      classIds: imageIds.map((id) => 1 + ((id - 1) % 2)),
      alpha: new Float32Array(trainCount * 2),
    });
    // Ranked from the last image to the first.
    store.rankings.add(
      fitId,
      'importance',
      [...imageIds].reverse().map((imageId) => ({ imageId, score: imageId / 10, suggestedClassId: 1 })),
    );
    return { store, modelId, fitId };
  });
}
