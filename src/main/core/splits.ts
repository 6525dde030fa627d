import type { Split } from '../../shared/labels.ts';
import { createRandom, shuffle } from '../../shared/random.ts';

/**
 * Which images become the test split where the source names none: of each label the share `testFraction`, rounded, drawn
 * by `seed`. The answer has the order of `labels`; a label with one image keeps it in train.
 */
export function drawTestSplit(labels: readonly string[], testFraction: number, seed: number): Split[] {
  const byLabel = new Map<string, number[]>();
  labels.forEach((label, index) => {
    const members = byLabel.get(label);
    if (members) members.push(index);
    else byLabel.set(label, [index]);
  });
  const splits = new Array<Split>(labels.length).fill('train');
  const random = createRandom(seed);
  for (const label of [...byLabel.keys()].sort()) {
    const members = byLabel.get(label)!;
    const testCount = Math.min(members.length - 1, Math.round(members.length * testFraction));
    for (const index of shuffle(members, random).slice(0, testCount)) splits[index] = 'test';
  }
  return splits;
}
