// The antelope study (METHODS 1.7) with a known cause: training images that plainly show one class are labelled as another,
// so that test images go wrong, and the cell of those is asked which training images hold it down.
import { openSession, type Session } from '../../src/main/cli/session.ts';
import { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { createRandom, shuffle } from '../../src/shared/random.ts';
import { materialAbsence } from '../material-files.ts';
import { writeFeatureProject } from './feature-project.ts';
import { readFeatures, readSet } from './label-sets.ts';
import type { Row } from './row.ts';

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const pairs = [
  ['deer', 'horse'],
  ['dog', 'cat'],
  ['airplane', 'ship'],
  ['truck', 'automobile'],
] as const;
const perClass = 200;
const planted = 20;
const listed = 25;

interface Cell {
  classId: number;
  predictedClassId: number;
}

/** Of each pair: 20 train images of the first class under the label of the second, the plainest ones, or any. */
export async function measureAntelopes(folder: string, say: (sentence: string) => void): Promise<Row[]> {
  if (materialAbsence) return [{ case: 'antelope', ours: null, unit: '', skipped: materialAbsence }];
  const matrix = await readFeatures('MobileNet', say);
  const { truth, testLabels } = readSet('worse');
  const project = writeSmallProject(folder, matrix, truth, testLabels);
  const session = openSession();
  try {
    await session.open(project);
    await session.run({ kind: 'fit', params: {} });
    const clean = new Map<string, Set<number>>();
    for (const [name] of pairs) clean.set(name, new Set(await readCell(session, toCell(name, name))));
    const plants = [];
    for (const [name, other] of pairs) {
      const plain = await findPlainest(session, toCell(name, other));
      const any = shuffle([...imagesOf(name)], createRandom(3)).slice(0, planted);
      plants.push({ name, other, how: 'the plainest', imageIds: plain }, { name, other, how: 'any', imageIds: any });
    }
    const rows: Row[] = [];
    for (const { name, other, how, imageIds } of plants) {
      say(`${name} as ${other}`);
      const cell = toCell(name, other);
      const decisions = imageIds.map(
        (imageId) => ({ imageId, action: 'relabel', classId: cell.predictedClassId }) as const,
      );
      await session.call('reviews.decide', { decisions });
      await session.run({ kind: 'retrain', params: {} });
      const wrong = await readCell(session, cell);
      const became = wrong.filter((imageId) => clean.get(name)!.has(imageId)).length;
      const { inhibitory } = await session.call('confusion.evidence', { ...cell, count: listed });
      rows.push({
        case: `antelope: ${how} train images of ${name} under ${other}, in the first ${listed} of the cell`,
        ours: inhibitory.filter(({ imageId }) => imageIds.includes(imageId)).length,
        unit: `of ${planted}`,
        limit: `${how === 'any' ? '' : 'at least 15; '}${became} test images became ${other}, ${wrong.length} in the cell`,
      });
      await session.call('reviews.undo', {});
    }
    return rows;
  } finally {
    await session.close();
  }
}

const toCell = (name: string, other: string): Cell => ({
  classId: 1 + names.indexOf(name),
  predictedClassId: 1 + names.indexOf(other),
});

/** Ids of the train images of a class: they stand together, in order of class. */
const imagesOf = (name: string) =>
  Array.from({ length: perClass }, (_, index) => 1 + names.indexOf(name) * perClass + index);

/** The train images of a class that the fit takes most surely for it rather than for another. */
async function findPlainest(session: Session, { classId, predictedClassId }: Cell): Promise<number[]> {
  const margins: { imageId: number; margin: number }[] = [];
  for (const imageId of imagesOf(names[classId - 1]!)) {
    const { logits } = await session.call('images.card', { imageId });
    margins.push({ imageId, margin: logits[classId - 1]! - logits[predictedClassId - 1]! });
  }
  margins.sort((a, b) => b.margin - a.margin);
  return margins.slice(0, planted).map(({ imageId }) => imageId);
}

async function readCell(session: Session, cell: Cell): Promise<number[]> {
  const imageIds: number[] = [];
  for (;;) {
    const { rows } = await session.call('confusion.images', { ...cell, from: imageIds.length, count: 500 });
    if (rows.length === 0) return imageIds;
    imageIds.push(...rows.map(({ imageId }) => imageId));
  }
}

/** 200 train images of each class with their true labels, and all test images. */
function writeSmallProject(folder: string, matrix: FeatureMatrix, truth: Int32Array, testLabels: Int32Array): string {
  const rows = names.flatMap((_, kind) => [...truth.keys()].filter((row) => truth[row] === kind).slice(0, perClass));
  const chosen = [...rows, ...testLabels.map((_, index) => truth.length + index)];
  const small = new FeatureMatrix(chosen.length, matrix.dimensions);
  chosen.forEach((row, place) => small.fill(place, matrix.row(row)));
  const labels = Int32Array.from(rows, (row) => truth[row]!);
  return writeFeatureProject(folder, 'antelope', { classNames: names, labels, testLabels, matrix: small });
}
