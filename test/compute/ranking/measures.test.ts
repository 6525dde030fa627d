import { describe, expect, it } from 'vitest';
import { flipLabels } from '../../../src/main/compute/ranking/experiment.ts';
import { measureAuroc, measureFound, measurePrecision } from '../../../src/main/compute/ranking/measures.ts';

const scores = Float64Array.of(0.9, 0.8, 0.8, 0.1);
const isWrong = Uint8Array.of(1, 0, 1, 0);

describe('measures of a ranking', () => {
  it('are those of the textbook', () => {
    // The second wrong one is second or third, equally likely.
    expect(measurePrecision(scores, isWrong)).toBeCloseTo((1 + (2 / 2 + 2 / 3) / 2) / 2, 12);
    // Pairs wrong over right: 0.9 wins twice, 0.8 ties once and wins once.
    expect(measureAuroc(scores, isWrong)).toBeCloseTo(3.5 / 4, 12);
    expect(measureFound([0, 1, 2, 3], isWrong, 0.5)).toBe(0.5);
  });
});

it('average precision does not hang on the order in which equal scores stand', () => {
  const equal = Float64Array.from({ length: 5 }, () => 1);
  const marks = [0, 1, 2, 3, 4].flatMap((a) => [0, 1, 2, 3, 4].filter((b) => b > a).map((b) => [a, b]));
  const precisions = marks.map(([a, b]) => {
    // Scores that part what was equal, in every order of two wrong ones among five.
    const wrong = Uint8Array.from(equal, (_, row) => Number(row === a || row === b));
    return measurePrecision(
      Float64Array.from(equal, (_, row) => -row),
      wrong,
    );
  });
  const mean = precisions.reduce((sum, value) => sum + value / precisions.length, 0);
  expect(measurePrecision(equal, Uint8Array.of(0, 0, 0, 1, 1))).toBeCloseTo(mean, 12);
  expect(measurePrecision(equal, Uint8Array.of(1, 0, 1, 0, 0))).toBeCloseTo(mean, 12);
});

describe('flipped labels', () => {
  const truth = Int32Array.from({ length: 1000 }, (_, row) => row % 5);
  const changed = (labels: Int32Array) => [...labels.keys()].filter((row) => labels[row] !== truth[row]);

  it('are exactly the share, another class each, and the same for the same seed', () => {
    const labels = flipLabels(truth, 5, { share: 0.4, kind: 'symmetric' }, 1);
    expect(changed(labels)).toHaveLength(400);
    expect(flipLabels(truth, 5, { share: 0.4, kind: 'symmetric' }, 1)).toEqual(labels);
    expect(flipLabels(truth, 5, { share: 0.4, kind: 'symmetric' }, 2)).not.toEqual(labels);
  });

  it('go to the next class in pairs', () => {
    const labels = flipLabels(truth, 5, { share: 0.2, kind: 'pairs' }, 1);
    expect(changed(labels).every((row) => labels[row] === (truth[row]! + 1) % 5)).toBe(true);
  });
});
