// By hand, after METHODS 4.3: five images, two classes.
import { describe, expect, it } from 'vitest';
import {
  calibrate,
  countConfident,
  findIssues,
  findThresholds,
  scoreNormalizedMargin,
  scoreSelfConfidence,
  scoreWeightedEntropy,
} from '../../../src/main/compute/ranking/confident-learning.ts';

const labels = Int32Array.of(0, 0, 0, 1, 1);
const probabilities = Float64Array.of(0.9, 0.1, 0.7, 0.3, 0.2, 0.8, 0.4, 0.6, 0.1, 0.9);

describe('confident learning', () => {
  it('has the mean own probability of a class as its threshold', () => {
    const thresholds = findThresholds(probabilities, labels, 2);
    expect(thresholds[0]).toBeCloseTo(0.6, 12);
    expect(thresholds[1]).toBeCloseTo(0.75, 12);
  });

  it('counts an image under the class whose threshold it reaches, and not at all where it reaches none', () => {
    expect(countConfident(probabilities, labels, 2)).toEqual(Float64Array.of(2, 1, 0, 1));
    expect(calibrate(Float64Array.of(2, 1, 0, 1), labels, 2)).toEqual(Float64Array.of(2, 1, 0, 2));
    expect(calibrate(Float64Array.of(3, 3, 1, 0), labels, 2)).toEqual(Float64Array.of(1.5, 1.5, 1, 1));
  });

  it('scores as cleanlab does, turned round', () => {
    expect([...scoreSelfConfidence(probabilities, labels, 2)].map((score) => score.toFixed(3))).toEqual([
      '0.100',
      '0.300',
      '0.800',
      '0.400',
      '0.100',
    ]);
    expect(scoreNormalizedMargin(probabilities, labels, 2)[2]).toBeCloseTo(1 - (0.2 - 0.8 + 1) / 2, 12);
    const entropy = -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8)) / Math.log(2);
    const x = entropy / 0.2;
    expect(scoreWeightedEntropy(probabilities, labels, 2)[2]).toBeCloseTo(1 - Math.log(1 + x) / x, 12);
  });

  it('takes as many for wrong as the counts put elsewhere, but never one that agrees with its label', () => {
    const many = Int32Array.from([...Array<number>(12).fill(0), ...Array<number>(8).fill(1)]);
    const wide = new Float64Array(40);
    many.forEach((label, row) => {
      // Two of the images labelled 0 look like 1.
      const own = row === 3 || row === 7 ? 0.05 : 0.9;
      wide[row * 2 + label] = own;
      wide[row * 2 + 1 - label] = 1 - own;
    });
    for (const filter of ['prune_by_class', 'prune_by_noise_rate', 'both'] as const)
      expect(findIssues(wide, many, 2, filter), filter).toEqual([3, 7]);
  });
});
