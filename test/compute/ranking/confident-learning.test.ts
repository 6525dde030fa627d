// By hand, after METHODS 4.3.
import { describe, expect, it } from 'vitest';
import {
  calibrate,
  countConfident,
  findIssues,
  findThresholds,
  scoreIssues,
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

  it('counts an image that reaches several thresholds under its likeliest class, which need not be one of them', () => {
    const three = Float64Array.of(0.9, 0.05, 0.05, 0.9, 0.06, 0.04, 0.46, 0.27, 0.27, 0.44, 0.28, 0.28);
    expect(countConfident(three, Int32Array.of(0, 0, 1, 2), 3)).toEqual(Float64Array.of(2, 0, 0, 0, 1, 0, 1, 0, 0));
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

  it('leaves a class one image, and a label that is as likely as any other', () => {
    // All five labelled 0 count under 1; scaled beside the one that is left, 5/6 and 25/6 of them make 1 and 4 images.
    const own = [0.3, 0.31, 0.29, 0.28, 0.32, 0.6, 0.6, 0.6, 0.5];
    const small = Int32Array.from(own, (_, row) => (row < 5 ? 0 : 1));
    const wide = Float64Array.from(own.flatMap((p, row) => (row < 5 ? [p, 1 - p] : [1 - p, p])));
    expect(countConfident(wide, small, 2)).toEqual(Float64Array.of(0, 5, 1, 3));
    for (const filter of ['prune_by_class', 'prune_by_noise_rate', 'both'] as const)
      expect(findIssues(wide, small, 2, filter), filter).toEqual([0, 1, 2, 3]);
    const scores = scoreIssues(wide, small, 2);
    expect([...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, 5)).toEqual([3, 2, 0, 1, 4]);
  });

  it('rounds the counts of a label to whole images that add up', () => {
    // Labelled 0: one image each counts under 0, 1 and 2, four under none; 7/3 each make 2, 2 and 3 images.
    const seven = [
      0.8,
      0.1,
      0.1,
      0.1,
      0.8,
      0.1,
      0.1,
      0.1,
      0.8,
      ...[0.3, 0.31, 0.32, 0.33].flatMap((p) => [0.3, 0.7 - p, p]),
    ];
    const wide = Float64Array.of(...seven, 0.2, 0.7, 0.1, 0.2, 0.1, 0.7);
    const eight = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 2);
    expect(countConfident(wide, eight, 3)).toEqual(Float64Array.of(1, 1, 1, 0, 1, 0, 0, 0, 1));
    expect(findIssues(wide, eight, 3)).toEqual([1, 2, 3, 5, 6]);
  });
});
