// The evidence of one image as a column of numbers that adds up.
import type { Evidence, RepresenterPoint } from '../shared/evidence.ts';
import { formatSigned } from './numbers.ts';

export interface EvidenceRow {
  point: RepresenterPoint;
  shown: string;
  /** Length of the bar, -1 to 1; the longest of the column is 1 or -1. */
  length: number;
}

export interface EvidenceColumn {
  rows: EvidenceRow[];
  own: string | null;
  others: string;
  /** null where it is zero in the shown digits. */
  residual: string | null;
  sum: string;
}

/**
 * [Note: a column that adds up] Each number is rounded to the same decimals, and so is the sum; rounded parts then miss the
 * rounded sum by a few units of the last digit. Those units go to "the other images": it is the sum of thousands of terms,
 * where nobody compares the last digit, while listed points and logit are the rounded true values. The fit's residual is
 * never hidden in it: where it shows in these digits it has a line of its own.
 */
export function toEvidenceColumn(evidence: Evidence): EvidenceColumn {
  const points = [...evidence.excitatory, ...evidence.inhibitory];
  const largest = Math.max(...points.map(({ value }) => Math.abs(value)), 0);
  const decimals = chooseDecimals(largest);
  const unit = 10 ** -decimals;
  const toUnits = (value: number) => Math.round(value / unit);
  const write = (units: number) => formatSigned(units * unit, decimals);

  const sum = toUnits(evidence.logit);
  const own = evidence.own === null ? null : toUnits(evidence.own);
  const residual = toUnits(evidence.residual);
  const listed = points.reduce((total, { value }) => total + toUnits(value), 0);
  return {
    rows: points.map((point) => ({
      point,
      shown: write(toUnits(point.value)),
      length: largest === 0 ? 0 : point.value / largest,
    })),
    own: own === null ? null : write(own),
    others: write(sum - listed - (own ?? 0) - residual),
    residual: residual === 0 ? null : write(residual),
    sum: write(sum),
  };
}

/** Two decimals where the largest point has a digit to show in them, else as many as it takes. */
const chooseDecimals = (largest: number): number => (largest >= 0.095 || largest === 0 ? 2 : largest >= 0.0095 ? 3 : 4);
