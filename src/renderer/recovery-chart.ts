// Test accuracy over decisions, with its interval as a band. Only the parts of the chart library that are used.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use, type EChartsType } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { toAxis } from '../shared/axis.ts';
import type { Run } from '../shared/domain.ts';
import { formatCount, formatPercent } from './numbers.ts';
import { t } from './texts.svelte.ts';

use([LineChart, CustomChart, GridComponent, SVGRenderer]);

export interface RecoveryChart {
  draw(runs: readonly Run[]): void;
  resize(): void;
  close(): void;
}

/** A chart in an element that has a size. Colours and type are those of the page at the time of drawing. */
export function createRecoveryChart(element: HTMLElement): RecoveryChart {
  const chart = init(element, null, { renderer: 'svg' });
  return {
    draw: (runs) => draw(chart, element, runs),
    resize: () => chart.resize(),
    close: () => chart.dispose(),
  };
}

function draw(chart: EChartsType, element: HTMLElement, runs: readonly Run[]): void {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour('--muted'), fontFamily: style.fontFamily, fontSize: 12 };
  const upper = runs.map(({ decisions, accuracy }): [number, number] => [decisions, accuracy.interval[1]]);
  const lower = runs.map(({ decisions, accuracy }): [number, number] => [decisions, accuracy.interval[0]]);
  const { low, high, step } = toAxis([...upper, ...lower].map(([, accuracy]) => accuracy));
  chart.setOption(
    {
      animation: false,
      textStyle: text,
      grid: { left: 56, right: 32, top: 16, bottom: 44 },
      xAxis: {
        type: 'value',
        name: t('runs.axis'),
        nameLocation: 'middle',
        nameGap: 26,
        minInterval: 1,
        min: 0,
        max: Math.max(1, ...runs.map(({ decisions }) => decisions)),
        axisLine: { lineStyle: { color: colour('--line') } },
        axisTick: { show: false },
        splitLine: { show: false },
        axisLabel: { ...text, formatter: formatCount },
      },
      yAxis: {
        type: 'value',
        min: low,
        max: high,
        interval: step,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colour('--line') } },
        axisLabel: { ...text, formatter: (accuracy: number) => formatPercent(accuracy, step < 0.01 ? 1 : 0) },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          data: [0],
          encode: { x: -1, y: -1 },
          renderItem: (_: unknown, api: { coord(point: [number, number]): [number, number] }) => ({
            type: 'polygon',
            shape: { points: [...upper, ...lower.toReversed()].map((point) => api.coord(point)) },
            style: { fill: colour('--excitatory-soft'), opacity: 0.7 },
          }),
        },
        {
          type: 'line',
          silent: true,
          data: runs.map(({ decisions, accuracy }) => [decisions, accuracy.value]),
          symbol: 'circle',
          symbolSize: 7,
          lineStyle: { width: 2 },
          color: colour('--excitatory'),
        },
      ],
    },
    { notMerge: true },
  );
}
