// The recovery curve as the chart library is told of it, for the screen and for the report alike.
import type { EChartsCoreOption } from 'echarts/core';
import { toAxis } from './axis.ts';
import { toBand, toShareAxis, toText, toXAxis, type ChartLook } from './chart-parts.ts';

/** Shares from 0 to 1, over decisions or minutes. */
export interface RecoverySeries {
  axis: string;
  points: readonly { x: number; value: number; interval: readonly [number, number] }[];
  random: readonly { x: number; value: number }[] | null;
  clean: number | null;
  names: { review: string; random: string; clean: string };
  formatX: (x: number) => string;
  formatShare: (share: number, decimals: number) => string;
}

export function toRecoveryOption(
  { axis, points, random, clean, names, formatX, formatShare }: RecoverySeries,
  look: ChartLook,
): EChartsCoreOption {
  const ends = points.flatMap(({ interval }) => [...interval]);
  const shares = toAxis([...ends, ...(random ?? []).map(({ value }) => value), ...(clean === null ? [] : [clean])]);
  const { low, high, step } = shares;
  const last = (values: readonly { value: number }[]) => values.at(-1)?.value ?? low;
  // Names that would lie on one another stand above and below their place.
  const gap = random ? last(points) - last(random) : high - low;
  const isNear = Math.abs(gap) < (high - low) / 12;
  const nameOf = (name: string, colour: string, side: number) => ({
    show: points.length > 1,
    formatter: name,
    distance: 8,
    offset: [0, isNear ? side * 8 : 0],
    color: colour,
    fontFamily: look.font,
    fontSize: 12,
    fontWeight: 600,
  });
  const toData = (values: readonly { x: number; value: number }[]) => values.map(({ x, value }) => [x, value]);
  const longest = Math.max(names.review.length, random ? names.random.length : 0);
  return {
    animation: false,
    textStyle: toText(look),
    grid: { left: 60, right: points.length > 1 ? 20 + longest * 8 : 32, top: 20, bottom: 44 },
    xAxis: {
      ...toXAxis(axis, Math.max(1, ...points.map(({ x }) => x)), look, formatX),
      // Decisions are counted whole; hours are not.
      minInterval: points.every(({ x }) => Number.isInteger(x)) ? 1 : 0,
    },
    yAxis: toShareAxis(shares, look, (share) => formatShare(share, step < 0.01 ? 1 : 0)),
    series: [
      toBand(
        points.map(({ x, interval: [from, to] }) => ({ x, low: from, high: to })),
        look.band,
        0.7,
      ),
      {
        type: 'line',
        silent: true,
        data: toData(random ?? []),
        symbol: 'none',
        lineStyle: { width: 2, type: [7, 4] },
        color: look.random,
        endLabel: nameOf(names.random, look.random, gap < 0 ? -1 : 1),
      },
      {
        type: 'line',
        silent: true,
        data: toData(points),
        symbol: 'circle',
        symbolSize: 7,
        showAllSymbol: true,
        lineStyle: { width: 2 },
        color: look.review,
        endLabel: nameOf(names.review, look.review, gap < 0 ? 1 : -1),
        ...(clean === null
          ? {}
          : {
              markLine: {
                silent: true,
                symbol: 'none',
                data: [{ yAxis: clean }],
                lineStyle: { color: look.muted, type: [2, 4], width: 1.5 },
                label: { formatter: names.clean, position: 'insideStartTop', ...toText(look) },
              },
            }),
      },
    ],
  };
}
