// A model's parts in plain words.
import {
  channelOrders,
  pixelRanges,
  type Head,
  type ModelInput,
  type PictureLook,
  type Preprocessing,
} from '../shared/model.ts';
import { formatDecimal, formatPercent } from './numbers.ts';
import { t } from './texts.svelte.ts';

export function describeInput({ channels, height, width, layout, element, batch }: ModelInput): string {
  const size = height === null || width === null ? t('model.any-size') : `${height} × ${width}`;
  const places = { channels, size, element, layout: layout.toUpperCase() };
  return batch === null ? t('model.input-is', places) : t('model.input-batch', { ...places, batch });
}

export function describeHead({ kind, dimensions, classes, exact }: Head): string {
  if (kind === 'none') return t('model.head-none', { dimensions });
  return t(exact ? 'model.head-exact' : 'model.head-inexact', { kind, dimensions, count: classes });
}

/** Nothing of a model without classes. */
export function describeLook({ classIndex, className, probability }: PictureLook): string {
  if (classIndex === null || probability === null) return '';
  const share = formatPercent(probability);
  return className === undefined
    ? t('model.look', { number: String(classIndex), share })
    : t('model.look-named', { name: className, share });
}

export const rangeOptions = () => pixelRanges.map((value) => ({ value, label: t(`model.range-${value}`) }));
export const orderOptions = () => channelOrders.map((value) => ({ value, label: t(`model.order-${value}`) }));

/** A project from before there was a choice has no shortest side. */
function describeSize(width: number, height: number, shortestSide: number | null | undefined): string {
  const size = `${width} × ${height}`;
  return shortestSide == null ? t('model.stretched-to', { size }) : t('model.cut-to', { size, shortest: shortestSide });
}

export function describePreprocessing({
  width,
  height,
  shortestSide,
  channels,
  range,
  mean,
  std,
}: Preprocessing): string {
  const numbers = (values: readonly number[]) => values.map((value) => formatDecimal(value, 3)).join(', ');
  const isPlain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  const places = {
    size: describeSize(width, height, shortestSide),
    order: t(`model.order-${channels}`),
    range: t(`model.range-${range}`),
  };
  return isPlain
    ? t('model.stretched', places)
    : t('model.normalised', { ...places, mean: numbers(mean), std: numbers(std) });
}
