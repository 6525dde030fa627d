// The sample's model, trained as a user would have: on the labels as they are, errors included.
import { writeFile } from 'node:fs/promises';
import type { ComputeEvents } from '../../../shared/compute-contract.ts';
import type { Preprocessing } from '../../../shared/model.ts';
import type { CallContext } from '../../../shared/rpc.ts';
import { Extractor } from '../extract.ts';
import { mapInParallel } from '../in-parallel.ts';
import { openModel } from '../open-model.ts';
import { createRepresenter } from '../representer/representer.ts';
import { createNetwork, featureCount, type HeadWeights } from './network.ts';
import { pictureSize } from './scene.ts';

export type Report = (progress: ComputeEvents['progress']) => void;

export interface TrainImage {
  path: string;
  /** Index of its class. */
  label: number;
}

const imagesPerBlock = 128;
const preprocessing: Preprocessing = {
  width: pictureSize,
  height: pictureSize,
  shortestSide: null,
  channels: 'rgb',
  range: '0-1',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** Writes the ONNX file, first with an empty head to get features from, then with the head that was fitted to them. */
export async function trainModel(
  file: string,
  images: readonly TrainImage[],
  classes: number,
  report: Report,
  context: CallContext,
): Promise<void> {
  const emptyHead = { weights: new Float32Array(featureCount * classes), bias: new Float32Array(classes) };
  await writeFile(file, createNetwork(emptyHead));
  const representer = createRepresenter(report);
  await representer['matrix.open']({ rows: images.length, dimensions: featureCount }, context);
  await extractFeatures(file, images, report, context, async (firstRow, features) => {
    await representer['matrix.fill']({ firstRow, features }, context);
  });
  const request = {
    rows: Int32Array.from(images.keys()),
    labels: Int32Array.from(images, ({ label }) => label),
    classes,
    lambda: 'auto',
    featureScale: 'unit',
    tolerance: 0.01,
  } as const;
  const { weights, scale } = await representer['fit.run'](request, context);
  await writeFile(file, createNetwork(toHead(weights, scale, classes)));
}

async function extractFeatures(
  file: string,
  images: readonly TrainImage[],
  report: Report,
  { signal }: CallContext,
  onBlock: (firstRow: number, features: Float32Array) => Promise<void>,
): Promise<void> {
  const extractor = new Extractor(await openModel({ path: file, preprocessing, provider: 'cpu', batch: 16 }));
  const firsts = Array.from(
    { length: Math.ceil(images.length / imagesPerBlock) },
    (_, block) => block * imagesPerBlock,
  );
  let done = 0;
  try {
    await mapInParallel(firsts, 2, async (first) => {
      const paths = images.slice(first, first + imagesPerBlock).map(({ path }) => path);
      const { features, failed } = await extractor.extract(paths, signal);
      if (failed[0]) throw new Error(`${paths[failed[0].index]!}: ${failed[0].reason}`);
      await onBlock(first, features);
      done += paths.length;
      report({ done, total: images.length, stage: 'training-model' });
    });
  } finally {
    await extractor.close();
  }
}

/** The fit's features are divided by `scale`; the model's are not. */
const toHead = (weights: Float64Array, scale: number, classes: number): HeadWeights => ({
  weights: Float32Array.from(weights.subarray(0, featureCount * classes), (weight) => weight / scale),
  bias: Float32Array.from(weights.subarray(featureCount * classes)),
});
