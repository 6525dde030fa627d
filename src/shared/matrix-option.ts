// A confusion matrix as the chart library is told of it, for the file that is saved: a row for each label, a column for each
// prediction.
import type { EChartsCoreOption } from 'echarts/core';
import { toText, type ChartLook } from './chart-parts.ts';

interface Matrix {
  /** Of the classes. */
  names: readonly string[];
  /** Images: counts[label][prediction]. */
  counts: readonly (readonly number[])[];
  label: string;
  prediction: string;
}

/** Of a name on an axis, in pixels. */
const longestName = 90;

interface Api {
  value(dimension: number): number;
  coord(place: [number, number]): [number, number];
  size(extent: [number, number]): [number, number];
}

export function toMatrixOption({ names, counts, label, prediction }: Matrix, look: ChartLook): EChartsCoreOption {
  const largest = Math.max(1, ...counts.flatMap((row, own) => row.filter((_, predicted) => predicted !== own)));
  const axis = (name: string, nameGap: number) => ({
    type: 'category',
    data: names,
    name,
    nameLocation: 'middle',
    nameGap,
    nameTextStyle: { ...toText(look), fontWeight: 600 },
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...toText(look), interval: 0, width: longestName, overflow: 'truncate' },
  });
  return {
    animation: false,
    textStyle: toText(look),
    grid: { left: 140, right: 24, top: names.length > 10 ? 130 : 60, bottom: 16 },
    xAxis: {
      ...axis(prediction, names.length > 10 ? 104 : 34),
      position: 'top',
      axisLabel: { ...axis('', 0).axisLabel, rotate: names.length > 10 ? 90 : 0 },
    },
    yAxis: { ...axis(label, 108), inverse: true },
    series: [
      {
        type: 'custom',
        silent: true,
        data: counts.flatMap((row, own) => row.map((images, predicted) => [predicted, own, images])),
        renderItem: (_: unknown, api: Api) => {
          const [predicted, own, images] = [api.value(0), api.value(1), api.value(2)];
          const [x, y] = api.coord([predicted, own]);
          const [width, height] = api.size([1, 1]);
          const isRight = predicted === own;
          // Small counts still differ from none.
          const opacity = images === 0 ? 0 : isRight ? 1 : 0.1 + 0.4 * Math.sqrt(images / largest);
          return {
            type: 'group',
            children: [
              {
                type: 'rect',
                shape: { x: x - width / 2, y: y - height / 2, width, height },
                style: { fill: isRight ? look.band : look.random, opacity },
              },
              {
                type: 'rect',
                shape: { x: x - width / 2, y: y - height / 2, width, height },
                style: { fill: 'none', stroke: look.line },
              },
              {
                type: 'text',
                style: {
                  x,
                  y,
                  text: String(images),
                  fill: images === 0 ? look.muted : look.text,
                  align: 'center',
                  verticalAlign: 'middle',
                  fontFamily: look.font,
                  fontSize: 12,
                },
              },
            ],
          };
        },
      },
    ],
  };
}
