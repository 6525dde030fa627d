// The sample: pictures with label errors planted among them, and a model that learned from those labels.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { mapInParallel } from '../in-parallel.ts';
import { fruits } from './fruit.ts';
import { openPainter } from './picture.ts';
import { planSample, type PlannedPicture } from './plan.ts';
import { trainModel, type Report } from './train.ts';

/**
 * Makes the sample below `folder`, the same each time: `images/train/CLASS` and `images/test/CLASS`, `labels.csv` (file,
 * split, label) with errors in the train split, `truth.csv` (file, label) for measuring only, and `model.onnx`.
 */
export async function drawSample(folder: string, report: Report, signal: AbortSignal): Promise<void> {
  const pictures = planSample();
  const imagesFolder = join(folder, 'images');
  await drawPictures(imagesFolder, pictures, report, signal);
  await writeFile(join(folder, 'labels.csv'), toCsv(['file', 'split', 'label'], pictures.map(toLabelRow)));
  await writeFile(join(folder, 'truth.csv'), toCsv(['file', 'label'], pictures.map(toTruthRow)));

  const classes = fruits.map(({ name }) => name);
  const train = pictures
    .filter(({ split }) => split === 'train')
    .map(({ file, label }) => ({ path: join(imagesFolder, file), label: classes.indexOf(label) }));
  await trainModel(join(folder, 'model.onnx'), train, classes.length, report, { signal });
}

async function drawPictures(
  imagesFolder: string,
  pictures: readonly PlannedPicture[],
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const folders = new Set(pictures.map(({ file }) => dirname(file)));
  for (const folder of folders) await mkdir(join(imagesFolder, folder), { recursive: true });
  const painter = await openPainter();
  let done = 0;
  try {
    await mapInParallel(pictures, 2 * availableParallelism(), async ({ file, fruit, seed }) => {
      signal.throwIfAborted();
      await writeFile(join(imagesFolder, file), await painter.paint(fruit, seed));
      report({ done: ++done, total: pictures.length, stage: 'drawing-pictures' });
    });
  } finally {
    painter.close();
  }
}

const toLabelRow = ({ file, split, label }: PlannedPicture) => [file, split, label];
const toTruthRow = ({ file, fruit }: PlannedPicture) => [file, fruit.name];

/** Names of fruit and numbers need no quotes. */
const toCsv = (header: string[], rows: string[][]): string =>
  [header, ...rows].map((row) => `${row.join(',')}\n`).join('');
