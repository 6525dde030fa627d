// The plots of a report, drawn without a page: SVG as text, once for light paper and once for a dark screen.
import { CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { RecoveryCurve, RunMeasures } from '../../../shared/runs.ts';
import type { ChartLook } from '../../../shared/chart-parts.ts';
import { toRecoveryOption } from '../../../shared/recovery-option.ts';
import { toClean, toSteps, type RecoveryStep } from '../../../shared/recovery-steps.ts';
import { toReliabilityOption } from '../../../shared/reliability-option.ts';
import { html, Markup } from './markup.ts';

use([LineChart, CustomChart, GridComponent, MarkLineComponent, SVGRenderer]);

const font = 'system-ui, sans-serif';
const looks: Record<'light' | 'dark', ChartLook> = {
  light: {
    text: '#1b1b19',
    muted: '#5c5c57',
    line: '#dcdcd8',
    review: '#1b63a8',
    band: '#d5e6f6',
    random: '#a8500b',
    font,
  },
  dark: {
    text: '#ececE8',
    muted: '#a3a39b',
    line: '#33332f',
    review: '#6cb2f0',
    band: '#1b3550',
    random: '#f0a060',
    font,
  },
};

/** Of all classes or of one, over decisions or over the minutes that they took. */
export function plotRecovery(
  curve: RecoveryCurve,
  { classId, isOverTime, label }: { classId: number | null; isOverTime: boolean; label: string },
): Markup {
  const steps = toSteps(curve, classId);
  const clean = toClean(curve, classId)?.value ?? null;
  const toX = ({ decisions, secondsSpent }: RecoveryStep) => (isOverTime ? (secondsSpent ?? 0) / 60 : decisions);
  return drawBoth(900, 340, label, (look) =>
    toRecoveryOption(
      {
        axis: isOverTime ? 'minutes of deciding' : 'decisions',
        points: steps.map((step) => ({ x: toX(step), ...step.accuracy })),
        random: curve.random && steps.map((step) => ({ x: toX(step), value: step.random! })),
        clean,
        names: {
          review: 'this review',
          random: curve.random?.images === 'reviewed' ? 'same images, random order' : 'random order',
          clean: clean === null ? '' : `all labels true ${(clean * 100).toFixed(1)} %`,
        },
        formatX: (x) => (Number.isInteger(x) ? String(x) : x.toFixed(1)),
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
