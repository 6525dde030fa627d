// The two plots of an experiment as one drawing: found wrong labels and test accuracy over the share checked, each ranking
// with its mean and a band of one standard deviation over the seeds.
import { keepApart, toAxis } from '../../shared/axis.ts';
import type { ExperimentResult, Spread } from '../../shared/experiment.ts';

const [width, height] = [1600, 720];
const frame = { left: 90, top: 90, width: 480, height: 520 };
const panelWidth = width / 2;
const nameHeight = 22;

/** Told apart by colour and by dashes: a print in grey shows them too. */
const strokes = ['#2f4fc4', '#a8500b', '#1f7a4d', '#8a6100', '#7a3b8f', '#1b1b19'];
const dashes = ['', '10 5', '3 4', '12 4 3 4', '6 3', '2 2'];

interface Curve {
  name: string;
  points: { x: number; y: Spread }[];
}

/** SVG of 1600 x 720. */
export function plotExperiment(result: ExperimentResult): string {
  const { methods, before, clean, seeds, images, wrong } = result;
  const found = methods.map(({ method, shares }): Curve => ({
    name: method,
    points: [{ x: 0, y: { mean: 0, sd: 0 } }, ...shares.map(({ checked, found: y }) => ({ x: checked, y }))],
  }));
  const accuracy = methods.map(({ method, shares }): Curve => ({
    name: method,
    points: [
      ...(before ? [{ x: 0, y: before }] : []),
      ...shares.flatMap(({ checked, accuracy: y }) => (y ? [{ x: checked, y }] : [])),
    ],
  }));
  const title = `${images} images, ${(wrong * 100).toFixed(1)} % of the labels wrong, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="17" fill="#1b1b19">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(frame.left, 36, title, 'font-size="19"'),
    drawPanel(0, 'share of the wrong labels found', found, null),
    ...(before ? [drawPanel(panelWidth, 'test accuracy', accuracy, clean)] : []),
    '</svg>',
  ].join('\n');
}

function drawPanel(shift: number, title: string, curves: Curve[], clean: Spread | null): string {
  const values = curves.flatMap(({ points }) => points.flatMap(({ y }) => [y.mean - y.sd, y.mean + y.sd]));
  const axis = toAxis([...values, ...(clean ? [clean.mean] : [])].map((value) => Math.max(0, Math.min(1, value))));
  const last = Math.max(...curves.flatMap(({ points }) => points.map(({ x }) => x)));
  const toX = (x: number) => round(shift + frame.left + (x / last) * frame.width);
  const toY = (y: number) => round(frame.top + (1 - (y - axis.low) / (axis.high - axis.low)) * frame.height);
  const lines = [text(shift + frame.left, 70, title)];
  for (let step = 0; axis.low + step * axis.step <= axis.high + 1e-9; step++) {
    const value = axis.low + step * axis.step;
    lines.push(
      line(toX(0), toY(value), toX(last), toY(value), 'stroke="#dcdcd8"'),
      text(toX(0) - 10, toY(value) + 6, value.toFixed(axis.step < 0.01 ? 3 : 2), 'text-anchor="end" fill="#5c5c57"'),
    );
  }
  for (let step = 0; step <= 4; step++) {
    const x = (last * step) / 4;
    lines.push(text(toX(x), toY(axis.low) + 28, `${round(x * 100)} %`, 'text-anchor="middle" fill="#5c5c57"'));
  }
  lines.push(text(toX(last / 2), toY(axis.low) + 58, 'checked', 'text-anchor="middle" fill="#5c5c57"'));
  if (clean) {
    lines.push(line(toX(0), toY(clean.mean), toX(last), toY(clean.mean), 'stroke="#5c5c57" stroke-dasharray="1 5"'));
    lines.push(text(toX(last), toY(clean.mean) + 22, 'all labels right', 'text-anchor="end" fill="#5c5c57"'));
  }
  for (const [index, { points }] of curves.entries()) {
    const stroke = strokes[index % strokes.length]!;
    const upper = points.map(({ x, y }) => `${toX(x)},${toY(y.mean + y.sd)}`);
    const lower = points.map(({ x, y }) => `${toX(x)},${toY(y.mean - y.sd)}`).toReversed();
    const middle = points.map(({ x, y }) => `${toX(x)},${toY(y.mean)}`);
    const dash = dashes[index % dashes.length]!;
    lines.push(
      `<polygon points="${[...upper, ...lower].join(' ')}" fill="${stroke}" opacity="0.13"/>`,
      `<polyline points="${middle.join(' ')}" fill="none" stroke="${stroke}" stroke-width="2.5" stroke-dasharray="${dash}"/>`,
    );
  }
  const ends = keepApart(
    curves.map(({ points }) => toY(points.at(-1)!.y.mean)),
    nameHeight,
  );
  for (const [index, { name }] of curves.entries())
    lines.push(text(toX(last) + 10, ends[index]! + 6, name, `fill="${strokes[index % strokes.length]!}"`));
  return lines.join('\n');
}

const round = (value: number): number => Number(value.toFixed(1));
const line = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" ${style}/>`;
const text = (x: number, y: number, words: string, style = ''): string =>
  `<text x="${x}" y="${y}" ${style}>${words}</text>`;
