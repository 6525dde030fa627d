// What charts of shares have in common, as the chart library is told of it.
import type { toAxis } from './axis.ts';

/** Colours and type. */
export interface ChartLook {
  text: string;
  muted: string;
  line: string;
  review: string;
  band: string;
  random: string;
  font: string;
}

type Formatter = (value: number) => string;

export const toText = (look: ChartLook) => ({ color: look.muted, fontFamily: look.font, fontSize: 12 });

/** From zero to `max`, with its name below. */
export const toXAxis = (name: string, max: number, look: ChartLook, formatter: Formatter) => ({
  type: 'value',
  name,
  nameLocation: 'middle',
  nameGap: 26,
  min: 0,
  max,
  axisLine: { lineStyle: { color: look.line } },
  axisTick: { show: false },
  splitLine: { show: false },
  axisLabel: { ...toText(look), formatter },
});

export const toShareAxis = ({ low, high, step }: ReturnType<typeof toAxis>, look: ChartLook, formatter: Formatter) => ({
  type: 'value',
  min: low,
  max: high,
  interval: step,
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { lineStyle: { color: look.line } },
  axisLabel: { ...toText(look), formatter },
});

/** The area between an upper and a lower curve over the same places. */
export const toBand = (points: readonly { x: number; low: number; high: number }[], fill: string, opacity: number) => {
  const outline = [
    ...points.map(({ x, high }): [number, number] => [x, high]),
    ...points.map(({ x, low }): [number, number] => [x, low]).toReversed(),
  ];
  return {
    type: 'custom',
    silent: true,
    data: [0],
    encode: { x: -1, y: -1 },
    renderItem: (_: unknown, api: { coord(point: [number, number]): [number, number] }) => ({
      type: 'polygon',
      shape: { points: outline.map((point) => api.coord(point)) },
      style: { fill, opacity },
    }),
  };
};
