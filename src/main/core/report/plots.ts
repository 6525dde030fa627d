// The plots of a report, drawn without a page: SVG as text, once for light paper and once for a dark screen.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { RecoveryCurve, RunMeasures } from '../../../shared/runs.ts';
import type { ChartLook } from '../../../shared/chart-parts.ts';
import { toRecoveryOption } from '../../../shared/recovery-option.ts';
import { toReliabilityOption } from '../../../shared/reliability-option.ts';
import { html, Markup } from './markup.ts';

use([LineChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

const font = 'system-ui, sans-serif';
const looks: Record<'light' | 'dark', ChartLook> = {
  light: { muted: '#5c5c57', line: '#dcdcd8', review: '#1b63a8', band: '#d5e6f6', random: '#a8500b', font },
  dark: { muted: '#a3a39b', line: '#33332f', review: '#6cb2f0', band: '#1b3550', random: '#f0a060', font },
};

export function plotRecovery({ points, random, clean }: RecoveryCurve, label: string): Markup {
  return drawBoth(900, 340, label, (look) =>
    toRecoveryOption(
      {
        axis: 'decisions',
        points: points.map(({ decisions, accuracy }) => ({ x: decisions, ...accuracy })),
        random: random && random.points.map(({ decisions, accuracy }) => ({ x: decisions, value: accuracy.mean })),
        clean: clean && clean.accuracy.value,
        names: {
          review: 'this review',
          random: 'random order',
          clean: clean ? `all labels true ${(clean.accuracy.value * 100).toFixed(1)} %` : '',
        },
        formatX: String,
        formatShare: (share, decimals) => `${(share * 100).toFixed(decimals)} %`,
      },
      look,
    ),
  );
}

/** Accuracy over confidence; on the diagonal a run is right as often as it says. */
export function plotReliability({ reliability }: RunMeasures, label: string): Markup {
  const words = {
    confidence: 'probability of the predicted class',
    right: 'share that is right',
    formatShare: (share: number) => `${Math.round(share * 100)} %`,
  };
  return drawBoth(420, 340, label, (look) => toReliabilityOption(reliability, words, look));
}

function drawBoth(
  width: number,
  height: number,
  label: string,
  toOption: (look: ChartLook) => EChartsCoreOption,
): Markup {
  const draw = (look: ChartLook): Markup => {
    const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
    chart.setOption(toOption(look));
    const svg = chart.renderToSVGString();
    chart.dispose();
    return new Markup(svg);
  };
  return html`<figure role="img" aria-label="${label}">
    <div class="on-light">${draw(looks.light)}</div>
    <div class="on-dark">${draw(looks.dark)}</div>
  </figure>`;
}
