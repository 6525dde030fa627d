// A chart in an element, and the same as a file. Only the parts of the chart library that are used.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { ChartLook } from '../shared/chart-parts.ts';

use([LineChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer, CanvasRenderer]);

/** `height` is that of the chart, in pixels. */
export type ToOption = (look: ChartLook, height: number) => EChartsCoreOption;

export interface Plot {
  draw(toOption: ToOption): void;
  resize(): void;
  close(): void;
}

/** A chart in an element that has a size. Colours and type are those of the page at the time of drawing. */
export function createPlot(element: HTMLElement): Plot {
  const chart = init(element, null, { renderer: 'svg' });
  return {
    draw: (toOption) => chart.setOption(toOption(lookOf(element), element.clientHeight), { notMerge: true }),
    resize: () => chart.resize(),
    close: () => chart.dispose(),
  };
}

function lookOf(element: HTMLElement): ChartLook {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: colour('--text'),
    muted: colour('--muted'),
    line: colour('--line'),
    review: colour('--excitatory'),
    band: colour('--excitatory-soft'),
    random: colour('--inhibitory'),
    font: style.fontFamily,
  };
}

const size = { width: 1200, height: 560 };

/** The chart in the colours of the page as it is now, for a paper: 1200 x 560, PNG at twice as many pixels. */
export async function drawFile(toOption: ToOption, kind: 'svg' | 'png'): Promise<Blob> {
  const option = {
    ...toOption(lookOf(document.body), size.height),
    backgroundColor: getComputedStyle(document.body).backgroundColor,
  };
  if (kind === 'svg') {
    const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
    chart.setOption(option);
    const svg = chart.renderToSVGString();
    chart.dispose();
    return new Blob([svg], { type: 'image/svg+xml' });
  }
  const chart = init(document.createElement('div'), null, { renderer: 'canvas', devicePixelRatio: 2, ...size });
  chart.setOption(option);
  const canvas = chart.renderToCanvas({ pixelRatio: 2 });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  chart.dispose();
  if (!blob) throw new Error('The chart could not be drawn as a PNG.');
  return blob;
}
