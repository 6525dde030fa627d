// A reviewer who knows the truth walks a queue; what is found, and what the head gains.
import { denoise, scoreDenoised } from '../../src/main/compute/ranking/denoised.ts';
import { believeLabels, fitSoftHead, predictRows, type HeadContext } from '../../src/main/compute/ranking/heads.ts';
import { beginLearning, learn } from '../../src/main/compute/ranking/learn.ts';
import type { ErrorsLeft } from '../../src/shared/ranking.ts';
import { createRandom, shuffle } from '../../src/shared/random.ts';
import type { LabelSet } from './label-sets.ts';

type Problem = Pick<LabelSet, 'labels' | 'truth' | 'isWrong'>;

export const toOrder = (scores: Float64Array): number[] =>
  [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);

export interface SimulatedReview {
  /** All rows: those that were looked at in that order, then the rest as the queue stands. */
  order: number[];
  /** After each step: how many are left, and what was said of that. */
  estimates: { left: number; said: ErrorsLeft | null }[];
}

/** Reviews `share` of the images along the learned queue, which learns after every fiftieth part of them. */
export async function reviewLearning(
  context: HeadContext,
  { labels, truth, isWrong }: Problem,
  { share, seed }: { share: number; seed: number },
): Promise<SimulatedReview & { fixed: number[] }> {
  const n = labels.length;
  const step = Math.max(20, Math.min(200, Math.round(n / 50)));
  const known = new Int32Array(n).fill(-1);
  const { denoised } = await denoise(context, { labels, truth: known }, { seed });
  const fixed = toOrder(scoreDenoised(denoised, labels, context.classes));
  const isOpen = new Uint8Array(n).fill(1);
  const seen: number[] = [];
  const estimates: SimulatedReview['estimates'] = [];
  let learner = beginLearning(denoised);
  let queue = fixed;
  while (seen.length < share * n) {
    for (const row of queue.slice(0, step)) {
      known[row] = truth[row]!;
      isOpen[row] = 0;
      seen.push(row);
    }
    const judged = Int32Array.from(seen);
    const verdicts = { judged, isWrong: Uint8Array.from(seen, (row) => isWrong[row]!) };
    const open = Int32Array.from(isOpen.keys()).filter((row) => isOpen[row]);
    const next = await learn(context, { labels, truth: known }, verdicts, open, learner, 1000 * seed + seen.length);
    learner = next.learner;
    queue = [...next.order.order];
    estimates.push({ left: queue.filter((row) => isWrong[row]).length, said: next.order.estimate });
  }
  return { order: [...seen, ...queue], estimates, fixed };
}

/** Test accuracy of the head once the first `share` of an order have been given their true label. */
export async function measureAccuracy(
  context: HeadContext,
  { labels, truth, testLabels }: LabelSet,
  order: readonly number[],
  share: number,
): Promise<number> {
  const current = labels.slice();
  for (const row of order.slice(0, Math.round(share * labels.length))) current[row] = truth[row]!;
  const head = await fitSoftHead(context, believeLabels(current, context.classes));
  const rows = Int32Array.from(testLabels, (_, index) => labels.length + index);
  const logits = await predictRows({ ...context, rows }, head);
  let right = 0;
  testLabels.forEach((label, index) => {
    let best = 0;
    for (let c = 1; c < context.classes; c++)
      if (logits[index * context.classes + c]! > logits[index * context.classes + best]!) best = c;
    right += Number(best === label);
  });
  return right / testLabels.length;
}

/** The same order with the given classes in turn, so that none is repaired before the others. */
export function balance(order: readonly number[], labels: Int32Array, classes: number): number[] {
  const queues = Array.from({ length: classes }, (_, k) => order.filter((row) => labels[row] === k));
  const balanced: number[] = [];
  for (let turn = 0; balanced.length < order.length; turn++)
    for (const queue of queues) if (turn < queue.length) balanced.push(queue[turn]!);
  return balanced;
}

/** All rows in an order drawn by a seed. */
export const drawOrder = (n: number, seed: number): number[] =>
  shuffle(
    Array.from({ length: n }, (_, row) => row),
    createRandom(seed),
  );
