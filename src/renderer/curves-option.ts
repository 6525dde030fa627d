// Several curves with bands as the chart library is told of them, each with its name at its end.
import type { EChartsCoreOption } from 'echarts/core';
import { keepApart, toAxis } from '../shared/axis.ts';
import { toBand, toShareAxis, toText, toXAxis, type ChartLook } from '../shared/chart-parts.ts';
import { formatPercent } from './numbers.ts';

export interface Curve {
  name: string;
  /** Shares from 0 to 1; `sd` is the half width of the band. */
  points: readonly { x: number; mean: number; sd: number }[];
}

export interface Curves {
  curves: readonly Curve[];
  /** The name of the x axis. */
  axis: string;
  /** A value that none is above, and what it is. */
  reference: { value: number; name: string } | null;
}

/** Told apart without colour: by dashes, symbols and the names at their ends. The first is the one to look at. */
const dashes: ('solid' | number[])[] = ['solid', [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [1, 2]];
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect', 'emptyTriangle', 'emptyDiamond'];

/** Pixels from one name to the next, and around the plot. */
const nameHeight = 14;
const [top, bottom] = [16, 44];

/** `height` in pixels, so that names that end close to each other can be kept apart. */
export function toCurvesOption(
  { curves, axis, reference }: Curves,
  look: ChartLook,
  height: number,
): EChartsCoreOption {
  const values = curves.flatMap(({ points }) => points.flatMap(({ mean, sd }) => [mean - sd, mean + sd]));
  const bounds = [...values, ...(reference ? [reference.value] : [])].map((value) => Math.max(0, Math.min(1, value)));
  const shares = toAxis(bounds);
  const { low, high, step } = shares;
  const furthest = Math.max(...curves.flatMap(({ points }) => points.map(({ x }) => x)));
  const colourOf = (index: number) => (index === 0 ? look.review : index % 2 === 1 ? look.random : look.muted);
  const ends = curves.map(
    ({ points }) => top + (1 - (points.at(-1)!.mean - low) / (high - low)) * (height - top - bottom),
  );
  const apart = keepApart(ends, nameHeight);
  const longest = Math.max(...curves.map(({ name }) => name.length));
  return {
    animation: false,
    textStyle: toText(look),
    grid: { left: 48, right: 24 + Math.min(20, longest) * 7, top, bottom },
    xAxis: toXAxis(axis, furthest, look, (share: number) => formatPercent(share, 0)),
    yAxis: toShareAxis(shares, look, (share) => formatPercent(share, step < 0.01 ? 1 : 0)),
    series: curves.flatMap(({ name, points }, index) => [
      toBand(
        points.map(({ x, mean, sd }) => ({ x, low: mean - sd, high: mean + sd })),
        colourOf(index),
        index === 0 ? 0.12 : 0.07,
      ),
      {
        type: 'line',
        silent: true,
        data: points.map(({ x, mean }) => [x, mean]),
        symbol: symbols[index % symbols.length],
        symbolSize: 6,
        lineStyle: { width: index === 0 ? 2.5 : 1.5, type: dashes[index % dashes.length] },
        color: colourOf(index),
        endLabel: {
          show: true,
          formatter: name,
          color: look.muted,
          fontSize: 12,
          distance: 6,
          offset: [0, apart[index]! - ends[index]!],
        },
        ...(index === 0 && reference
          ? {
              markLine: {
                silent: true,
                symbol: 'none',
                data: [{ yAxis: reference.value }],
                lineStyle: { color: look.muted, type: [1, 4] },
                label: { formatter: reference.name, position: 'insideStartBottom', color: look.muted },
              },
            }
          : {}),
      },
    ]),
  };
}
