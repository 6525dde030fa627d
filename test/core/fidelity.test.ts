import { expect, it } from 'vitest';
import { FidelityCount } from '../../src/main/core/fidelity.ts';

const compare = (output: 'softmax' | 'relu', given: number[], fitted: number[]) => {
  const count = new FidelityCount(output, 3);
  count.add(given, fitted);
  return count.finish()!;
};

it('what a softmax does not see of the logits is no difference', () => {
  const found = compare('softmax', [1, 2, 3], [11, 12, 13.3]);
  expect(found.largestLogitDifference).toBeCloseTo(0.2, 12);
  expect(found).toMatchObject({ images: 1, agreement: 1 });
});

it('nor is what a ReLU does not see, and its outputs are those rectified', () => {
  const found = compare('relu', [1, -2, -3], [1.5, -40, 0.25]);
  expect(found.largestLogitDifference).toBe(0.5);
  expect(found.largestDifference).toBe(0.5);
  expect(found.meanDifference).toBe(0.25);
});

it('is nothing without images', () => {
  expect(new FidelityCount('softmax', 3).finish()).toBeNull();
});
