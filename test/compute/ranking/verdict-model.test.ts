import { describe, expect, it } from 'vitest';
import { fitVerdicts } from '../../../src/main/compute/ranking/verdict-model.ts';

const n = 200;
const prior = Float64Array.from({ length: n }, (_, row) => (row - 100) / 50);
const given = Int32Array.from({ length: n }, (_, row) => row % 4);
const data = { prior, scores: [prior], given, suggested: given, classes: 4 };

describe('the model of the verdicts', () => {
  it('says what its prior says before the first verdict', () => {
    const { logOdds } = fitVerdicts({ ...data, judged: new Int32Array(), isWrong: new Uint8Array() });
    expect([...logOdds]).toEqual([...prior]);
  });

  it('learns that one class is wrong more often than it looks', () => {
    const judged = Int32Array.from({ length: 100 }, (_, index) => 50 + index);
    const isWrong = Uint8Array.from(judged, (row) => Number(given[row] === 2));
    const { logOdds, count } = fitVerdicts({ ...data, judged, isWrong });
    expect(logOdds[2]! - prior[2]!).toBeGreaterThan(1);
    expect(logOdds[1]! - prior[1]!).toBeLessThan(0);
    const some = count(Int32Array.of(2, 6, 10));
    const p = [2, 6, 10].map((row) => 1 / (1 + Math.exp(-logOdds[row]!)));
    expect(some.mean).toBeCloseTo(p[0]! + p[1]! + p[2]!, 12);
    expect(some.ofWeights).toBeGreaterThan(0);
  });
});
