// A model's parts in plain words.
import type { Head, ModelInput, Preprocessing } from '../shared/domain.ts';
import { formatCount, formatDecimal } from './numbers.ts';

export function describeInput({ channels, height, width, layout, element, batch }: ModelInput): string {
  const size = height === null || width === null ? 'any size' : `${height} × ${width}`;
  const batches = batch === null ? '' : `, ${formatCount(batch)} at a time`;
  return `${channels} × ${size}, ${element}, ${layout.toUpperCase()}${batches}`;
}

export function describeHead({ kind, dimensions, classes, exact }: Head): string {
  const proof = exact ? 'logits = Wᵀ features + b holds as written' : 'logits follow from it by more than W and b';
  return `${kind}, ${formatCount(dimensions)} features to ${formatCount(classes)} classes; ${proof}`;
}

const ranges: Record<Preprocessing['range'], string> = { '0-1': '0 to 1', '0-255': '0 to 255', '-1-1': '−1 to 1' };
const orders: Record<Preprocessing['channels'], string> = { rgb: 'RGB', bgr: 'BGR', gray: 'gray' };

export const rangeOptions = Object.entries(ranges).map(([value, label]) => ({
  value: value as Preprocessing['range'],
  label,
}));
export const orderOptions = Object.entries(orders).map(([value, label]) => ({
  value: value as Preprocessing['channels'],
  label,
}));

export function describePreprocessing({ width, height, channels, range, mean, std }: Preprocessing): string {
  const numbers = (values: readonly number[]) => values.map((value) => formatDecimal(value, 3)).join(', ');
  const isPlain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  const normalised = isPlain ? '' : `, less ${numbers(mean)}, over ${numbers(std)}`;
  return `stretched to ${width} × ${height}, ${orders[channels]}, ${ranges[range]}${normalised}`;
}
