// Splitting the rows of a fit for cross-fitting.
import { createRandom, shuffle } from '../../../shared/random.ts';

/** The fold (0 to `folds` - 1) of each row: each class is dealt out evenly, in an order drawn by `seed`. */
export function dealFolds(labels: Int32Array, classes: number, folds: number, seed: number): Int32Array {
  const random = createRandom(seed);
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, index) => members[label]!.push(index));
  const foldOf = new Int32Array(labels.length);
  // The dealing goes on from class to class, so that small classes do not all fill the first folds.
  let next = 0;
  for (const rows of members) for (const row of shuffle(rows, random)) foldOf[row] = next++ % folds;
  return foldOf;
}
