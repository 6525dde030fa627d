// Calibration as the chart library is told of it: the share that is right over the probability that was given.
import type { EChartsCoreOption } from 'echarts/core';
import type { ReliabilityBin } from './runs.ts';
import type { ChartLook } from './chart-parts.ts';

interface Words {
  confidence: string;
  right: string;
  formatShare: (share: number) => string;
}

/** On the diagonal a run is right as often as it says. */
export function toReliabilityOption(
  bins: readonly ReliabilityBin[],
  { confidence, right, formatShare }: Words,
  look: ChartLook,
): EChartsCoreOption {
  const text = { color: look.muted, fontFamily: look.font, fontSize: 12 };
  const axis = (name: string, nameGap: number) => ({
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: text,
    min: 0,
    max: 1,
    interval: 0.25,
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: look.line } },
    axisLabel: { ...text, formatter: formatShare },
  });
  const diagonal = [
    [0, 0],
    [1, 1],
  ];
  return {
    animation: false,
    textStyle: text,
    grid: { left: 68, right: 24, top: 16, bottom: 48 },
    xAxis: axis(confidence, 28),
    yAxis: axis(right, 48),
    series: [
      { type: 'line', silent: true, data: diagonal, symbol: 'none', color: look.muted, lineStyle: { type: [2, 4] } },
      {
        type: 'line',
        silent: true,
        data: bins.map((bin) => [bin.confidence, bin.accuracy.value]),
        symbol: 'circle',
        symbolSize: 7,
        color: look.review,
      },
    ],
  };
}
