import { describe, expect, it } from 'vitest';
import type { Evidence, RepresenterPoint } from '../../src/shared/evidence.ts';
import { toEvidenceColumn, type EvidenceColumn } from '../../src/renderer/evidence-column.ts';

const point = (imageId: number, value: number): RepresenterPoint => ({
  imageId,
  contentKey: '0123456789abcdef',
  path: `${imageId}.png`,
  classId: 1,
  state: 'open',
  value,
  similarity: 0.5,
  cosine: 0.4,
});

function evidenceOf(values: number[], rest: Partial<Evidence> = {}): Evidence {
  const points = values.map((value, index) => point(index + 1, value));
  const parts = { own: null, remainder: 1.23456, residual: 0.0004, ...rest };
  const logit = values.reduce((sum, value) => sum + value, 0) + (parts.own ?? 0) + parts.remainder + parts.residual;
  return {
    classId: 1,
    againstClassId: null,
    excitatory: points.filter(({ value }) => value > 0),
    inhibitory: points.filter(({ value }) => value <= 0),
    remainderCount: 100,
    bound: 0.004,
    ...parts,
    logits: [logit, 0],
    logit,
  };
}

const toHundredths = (shown: string): number =>
  Math.round(Number(shown.replace('−', '-').replaceAll('\u202f', '')) * 1e4);
const sumOf = ({ rows, own, others, residual }: EvidenceColumn): number =>
  [...rows.map(({ shown }) => shown), own ?? '0', others, residual ?? '0'].reduce(
    (sum, shown) => sum + toHundredths(shown),
    0,
  );

describe('evidence column', () => {
  it('adds up in the shown digits, however unlucky the rounding', () => {
    let seed = 7;
    const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;
    for (let round = 0; round < 500; round++) {
      const scale = 10 ** (random() * 4);
      const values = Array.from({ length: 6 }, () => random() * scale);
      const evidence = evidenceOf(values, { own: random(), remainder: random() * 4, residual: random() * 0.02 });
      const column = toEvidenceColumn(evidence);
      expect(sumOf(column)).toBe(toHundredths(column.sum));
    }
  });

  it('changes nothing but the last digits of the others', () => {
    const column = toEvidenceColumn(evidenceOf([0.8449, 0.6149, 0.5749, -0.4949], { remainder: 1.7949, residual: 0 }));
    expect(column.rows.map(({ shown }) => shown)).toEqual(['+0.84', '+0.61', '+0.57', '−0.49']);
    expect(column.sum).toBe('+3.33');
    expect(column.others).toBe('+1.80');
  });

  it('gives the residual a line of its own where it shows', () => {
    expect(toEvidenceColumn(evidenceOf([0.5], { residual: 0.004 })).residual).toBeNull();
    expect(toEvidenceColumn(evidenceOf([0.5], { residual: -0.013 })).residual).toBe('−0.01');
  });

  it('takes as many digits as the largest point needs', () => {
    expect(toEvidenceColumn(evidenceOf([0.0532, -0.011])).rows[0]!.shown).toBe('+0.053');
    expect(toEvidenceColumn(evidenceOf([0.0049])).rows[0]!.shown).toBe('+0.0049');
  });

  it('measures bars by the largest point', () => {
    const { rows } = toEvidenceColumn(evidenceOf([0.8, -0.4]));
    expect(rows.map(({ length }) => length)).toEqual([1, -0.5]);
  });
});
