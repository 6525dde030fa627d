// Label sets of the material over the features of a model: given labels for the app, true ones for measuring alone.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCompute } from '../../src/main/compute/compute.ts';
import { inspectModel } from '../../src/main/compute/inspect-model.ts';
import { openPicture } from '../../src/main/compute/pictures.ts';
import { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { fitHead } from '../../src/main/compute/representer/fit.ts';
import { Preconditioners } from '../../src/main/compute/representer/preconditioners.ts';
import type { HeadContext } from '../../src/main/compute/ranking/heads.ts';
import type { Preprocessing } from '../../src/shared/model.ts';
import { createRandom } from '../../src/shared/random.ts';
import { materialPath, unpackMaterial } from '../material-files.ts';

const cifar = { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] };
const models = {
  r20: { file: 'resnet20_cifar10jpg.onnx', choice: cifar },
  MobileNet: { file: 'mobilenet_v1_0.5_160_coral_deq.onnx', choice: { range: '-1-1' } },
  resnet8: { file: 'resnet8_cifar10_mlperftiny.onnx', choice: { range: '0-255' } },
} satisfies Record<string, { file: string; choice: Partial<Preprocessing> }>;
export type ModelName = keyof typeof models;

const files = { sym40: 'set_cifar10_sym40_10k', worse: 'set_cifar10n_worse_10k', aggre: 'set_cifar10n_aggre_10k' };
export type SetName = keyof typeof files | 'pair35' | 'sym10';
/** What each class is taken for where classes are confused in pairs (METHODS 9.1). */
const pairs = [8, 9, 0, 5, 7, 3, 6, 4, 0, 1];
export const classes = 10;

export interface LabelSet {
  /** n = 10 000 train images, in the first rows of the matrix. */
  labels: Int32Array;
  truth: Int32Array;
  isWrong: Uint8Array;
  /** The test images, in the rows that follow. */
  testLabels: Int32Array;
}

function readTable(name: string): { file: string; split: string; given: string; truth: string }[] {
  const lines = readFileSync(materialPath(`labels/${name}.csv`), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1);
  return lines.map((line) => {
    const [file = '', split = '', given = '', truth = ''] = line.split(',');
    return { file, split, given, truth };
  });
}

/** One of the material's sets, or one with labels flipped by `seed`: 35 % in pairs, 10 % anyhow. */
export function readSet(name: SetName, seed = 5): LabelSet {
  const table = readTable(name === 'pair35' || name === 'sym10' ? files.sym40 : files[name]);
  const names = [...new Set(table.map(({ truth }) => truth))].sort();
  const indices = (rows: typeof table, of: 'given' | 'truth') => Int32Array.from(rows, (row) => names.indexOf(row[of]));
  const train = table.filter(({ split }) => split === 'train');
  const truth = indices(train, 'truth');
  const random = createRandom(seed);
  const labels =
    name === 'pair35'
      ? truth.map((kind) => (random() < 0.35 ? pairs[kind]! : kind))
      : name === 'sym10'
        ? truth.map((kind) => (random() < 0.1 ? (kind + 1 + Math.floor(random() * 9)) % classes : kind))
        : indices(train, 'given');
  const test = table.filter(({ split }) => split === 'test');
  return {
    labels,
    truth,
    isWrong: Uint8Array.from(labels, (label, row) => Number(label !== truth[row])),
    testLabels: indices(test, 'truth'),
  };
}

/**
 * Features of all images of the sets under a model, extracted as the app does; kept for the next run. Stretched by libvips,
 * as MATERIAL's figures with MobileNet were made, they are not quite the same: the app resizes small JPEGs by itself.
 */
export async function readFeatures(
  name: ModelName,
  say: (sentence: string) => void,
  resizedBy: 'app' | 'libvips' = 'app',
): Promise<FeatureMatrix> {
  const { file, choice } = models[name];
  const path = materialPath(`models/${file}`);
  const { sha256, head, preprocessing } = await inspectModel(path, choice);
  const table = readTable(files.sym40);
  const matrix = new FeatureMatrix(table.length, head.dimensions);
  const cache = join(tmpdir(), 'second-look-bench', `${sha256}${resizedBy === 'app' ? '' : `-${resizedBy}`}.f32`);
  if (existsSync(cache)) {
    matrix.fill(0, new Float32Array(Uint8Array.from(readFileSync(cache)).buffer));
    return matrix;
  }
  say(`extracting ${table.length} images with ${file}`);
  const folder = unpackMaterial('cifar10.tar', []);
  const compute = createCompute(() => {});
  const { signal } = new AbortController();
  await compute['model.open']({ path, preprocessing, provider: 'cpu' }, { signal });
  for (let first = 0; first < table.length; first += 256) {
    const files = table.slice(first, first + 256).map((row) => join(folder, 'cifar10', row.file));
    const paths = resizedBy === 'app' ? files : await Promise.all(files.map((path) => stretch(path, preprocessing)));
    const { features } = await compute['model.extract']({ paths }, { signal });
    matrix.fill(first, features);
    for (const path of paths) rmSync(path);
  }
  rmSync(folder, { recursive: true });
  mkdirSync(join(cache, '..'), { recursive: true });
  writeFileSync(cache, Buffer.from(matrix.values.buffer));
  return matrix;
}

/** A copy beside a picture, of the size that the model takes, which no one need resize any more. */
async function stretch(path: string, { width, height }: Preprocessing): Promise<string> {
  const picture = await openPicture(path);
  const stretched = path.replace('.jpg', '.png');
  await picture.resize(width, height, { fit: 'fill', kernel: 'cubic' }).png({ compressionLevel: 0 }).toFile(stretched);
  return stretched;
}

/** Where heads are fitted: lambda by the given labels for features of unit scale, or 0.003 for features as they are. */
export async function openContext(
  matrix: FeatureMatrix,
  { labels }: Pick<LabelSet, 'labels'>,
  rows: Int32Array,
  howTo: 'auto' | 'peers' = 'auto',
): Promise<HeadContext> {
  const { signal } = new AbortController();
  const preconditioners = new Preconditioners(matrix);
  const shared = { matrix, preconditioners, rows, classes, signal };
  if (howTo === 'peers') return { ...shared, lambda: 0.003, scale: 1 };
  const request = { rows, labels, classes, lambda: 'auto', featureScale: 'unit', tolerance: 1 } as const;
  const { lambda, scale } = await fitHead(matrix, request, () => {}, signal, preconditioners);
  return { ...shared, lambda, scale };
}

/** Paths and true classes of the two-class set, whose pictures are unpacked into `folder`. */
export function readTwoClasses() {
  const table = readTable('set_auto_horse_flip40_2000');
  const names = [...new Set(table.map(({ truth }) => truth))].sort();
  const ofSplit = (wanted: string) => table.filter(({ split }) => split === wanted);
  const toClasses = (rows: typeof table) => Int32Array.from(rows, ({ truth }) => names.indexOf(truth));
  const toPaths = (rows: typeof table) => rows.map(({ file }) => join('cifar10', file));
  const [train, test] = [ofSplit('train'), ofSplit('test')];
  return {
    train: toPaths(train),
    test: toPaths(test),
    truth: toClasses(train),
    testTruth: toClasses(test),
    folder: unpackMaterial('cifar10.tar', []),
  };
}
