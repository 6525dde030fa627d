// The features that the material's MobileNet gives its CIFAR-10 pictures: extracted once on a machine, then kept.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor } from '../../src/main/compute/extract.ts';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { openModel } from '../../src/main/compute/open-model.ts';
import { materialPath, unpackMaterial } from '../material-files.ts';

const model = 'mobilenet_v1_0.5_160_coral_deq.onnx';
const imagesPerCall = 256;

export interface RealFeatures {
  /** n x d of the train images, row-major. */
  features: Float32Array;
  n: number;
  d: number;
  /** Given labels of CIFAR-10N, the worst of three people. */
  labels: Int32Array;
  classes: number;
}

/** The 10 000 train images of `set_cifar10n_worse_10k.csv`. */
export async function readRealFeatures(say: (sentence: string) => void): Promise<RealFeatures> {
  const [, ...lines] = readFileSync(materialPath('labels/set_cifar10n_worse_10k.csv'), 'utf8').trim().split('\n');
  const train = lines.map((line) => line.split(',')).filter(([, split]) => split === 'train');
  const names = [...new Set(train.map(([, , given]) => given!))].sort();
  const folder = join(tmpdir(), 'second-look-bench-features');
  const kept = join(folder, `${model}.f32`);
  if (!existsSync(kept)) {
    say(`extracting ${train.length} images once, into ${kept}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(kept, await extract(train.map(([path]) => `cifar10/${path!}`)));
  }
  const features = new Float32Array(Uint8Array.from(readFileSync(kept)).buffer);
  const n = train.length;
  return {
    features,
    n,
    d: features.length / n,
    labels: Int32Array.from(train, ([, , given]) => names.indexOf(given!)),
    classes: names.length,
  };
}

async function extract(members: string[]): Promise<Float32Array> {
  const images = unpackMaterial('cifar10.tar');
  const path = materialPath(`models/${model}`);
  const { preprocessing } = await inspectModel(path, { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] });
  const extractor = new Extractor(await openModel({ path, preprocessing, provider: 'cpu' }));
  const blocks: Float32Array[] = [];
  for (let first = 0; first < members.length; first += imagesPerCall) {
    const paths = members.slice(first, first + imagesPerCall).map((member) => join(images, member));
    blocks.push((await extractor.extract(paths, new AbortController().signal)).features);
  }
  await extractor.close();
  rmSync(images, { recursive: true });
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  blocks.reduce((at, block) => (all.set(block, at), at + block.length), 0);
  return all;
}
