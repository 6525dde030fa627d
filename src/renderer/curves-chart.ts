// Several curves with bands, each with its name at its end. Only the parts of the chart library that are used.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { keepApart, toAxis } from '../shared/axis.ts';
import { formatPercent } from './numbers.ts';

use([LineChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

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

/** Pixels from one name to the next. */
const nameHeight = 14;

export interface CurvesChart {
  draw(curves: Curves): void;
  resize(): void;
  close(): void;
}

/** A chart in an element that has a size. Colours and type are those of the page at the time of drawing. */
export function createCurvesChart(element: HTMLElement): CurvesChart {
  const chart = init(element, null, { renderer: 'svg' });
  return {
    draw: (curves) => draw(chart, element, curves),
    resize: () => chart.resize(),
    close: () => chart.dispose(),
  };
}

function draw(chart: EChartsType, element: HTMLElement, { curves, axis, reference }: Curves): void {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour('--muted'), fontFamily: style.fontFamily, fontSize: 12 };
  const values = curves.flatMap(({ points }) => points.flatMap(({ mean, sd }) => [mean - sd, mean + sd]));
  const bounds = [...values, ...(reference ? [reference.value] : [])].map((value) => Math.max(0, Math.min(1, value)));
  const { low, high, step } = toAxis(bounds);
  const colourOf = (index: number) => colour(index === 0 ? '--accent' : index % 2 === 1 ? '--text' : '--muted');
  const longest = Math.max(...curves.map(({ name }) => name.length));
  chart.setOption(
    {
      animation: false,
      textStyle: text,
      grid: { left: 48, right: 24 + Math.min(20, longest) * 7, top: 16, bottom: 44 },
      xAxis: {
        type: 'value',
        name: axis,
        nameLocation: 'middle',
        nameGap: 26,
        min: 0,
        max: Math.max(...curves.flatMap(({ points }) => points.map(({ x }) => x))),
        axisLine: { lineStyle: { color: colour('--line') } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { ...text, formatter: (share: number) => formatPercent(share, 0) },
      },
      yAxis: {
        type: 'value',
        min: low,
        max: high,
        interval: step,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colour('--line') } },
        axisLabel: { ...text, formatter: (share: number) => formatPercent(share, step < 0.01 ? 1 : 0) },
      },
      series: curves.flatMap(({ name, points }, index) => [
        {
          type: 'custom',
          silent: true,
          data: [0],
          encode: { x: -1, y: -1 },
          renderItem: (_: unknown, api: { coord(point: [number, number]): [number, number] }) => ({
            type: 'polygon',
            shape: {
              points: [
                ...points.map(({ x, mean, sd }) => api.coord([x, mean + sd])),
                ...points.map(({ x, mean, sd }) => api.coord([x, mean - sd])).toReversed(),
              ],
            },
            style: { fill: colourOf(index), opacity: index === 0 ? 0.12 : 0.07 },
          }),
        },
        {
          type: 'line',
          silent: true,
          data: points.map(({ x, mean }) => [x, mean]),
          symbol: symbols[index % symbols.length],
          symbolSize: 6,
          lineStyle: { width: index === 0 ? 2.5 : 1.5, type: dashes[index % dashes.length] },
          color: colourOf(index),
          endLabel: { show: true, formatter: name, color: colour('--text'), fontSize: 12, distance: 6 },
          ...(index === 0 && reference
            ? {
                markLine: {
                  silent: true,
                  symbol: 'none',
                  data: [{ yAxis: reference.value }],
                  lineStyle: { color: colour('--muted'), type: [1, 4] },
                  label: { formatter: reference.name, position: 'insideStartBottom', color: colour('--muted') },
                },
              }
            : {}),
        },
      ]),
    },
    { notMerge: true },
  );
  const ends = curves.map(({ points }) => chart.convertToPixel({ yAxisIndex: 0 }, points.at(-1)!.mean));
  const apart = keepApart(ends, nameHeight);
  chart.setOption({
    series: curves.flatMap((_, index) => [{}, { endLabel: { offset: [0, apart[index]! - ends[index]!] } }]),
  });
}
