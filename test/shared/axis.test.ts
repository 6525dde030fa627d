import { describe, expect, it } from 'vitest';
import { keepApart, toAxis } from '../../src/shared/axis.ts';

describe('accuracy axis', () => {
  it.each([
    [[0.529, 0.682, 0.516, 0.669], { low: 0.5, high: 0.7, step: 0.05 }],
    [[0.642, 0.74], { low: 0.64, high: 0.74, step: 0.02 }],
    [[0.9, 0.905], { low: 0.9, high: 0.905, step: 0.001 }],
    [[0, 1], { low: 0, high: 1, step: 0.2 }],
    [[0.97, 1], { low: 0.97, high: 1, step: 0.005 }],
  ])('holds %j in whole steps', (values, axis) => {
    expect(toAxis(values)).toEqual(axis);
  });

  it('keeps a height where all values are the same', () => {
    const { low, high } = toAxis([0.5]);
    expect(high).toBeGreaterThan(low);
  });
});

it('keeps labels apart, each at its own place in the list', () => {
  expect(keepApart([30, 10, 12, 50], 10)).toEqual([30, 10, 20, 50]);
});
