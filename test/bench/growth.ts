// How time grows with the number of images, and how much memory the largest fit takes: in a process of its own, run by
// `growthRows`, which is this file again.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fitHead } from '../../src/main/compute/representer/fit.ts';
import { allRows, drawProblem } from './problem.ts';
import { medianOf, type Row } from './row.ts';

const sizes = [10_000, 40_000, 120_000, 400_000];
const d = 512;
const classes = 10;
const lambda = 1e-4;
const file = fileURLToPath(import.meta.url);

interface Measured {
  secondsPerPass: number;
  matrixBytes: number;
  peakBytes: number;
}

export async function growthRows(say: (sentence: string) => void): Promise<Row[]> {
  const measured = sizes.map((n) => {
    say(`${n} images`);
    return JSON.parse(execFileSync(process.execPath, [file, String(n)], { encoding: 'utf8' })) as Measured;
  });
  const last = measured.at(-1)!;
  const exponent = slopeOf(
    sizes.map(Math.log),
    measured.map(({ secondsPerPass }) => Math.log(secondsPerPass)),
  );
  const passes = measured.map(
    ({ secondsPerPass }, at) => `${sizes[at]! / 1000}k ${(secondsPerPass * 1000).toFixed(1)} ms`,
  );
  return [
    { case: `seconds per pass grow as n^p, d = ${d}: p`, ours: exponent, unit: '', limit: passes.join(', ') },
    {
      case: `peak memory beyond the features, ${sizes.at(-1)! / 1000}k x ${d}`,
      ours: (last.peakBytes - last.matrixBytes) / 1e6,
      unit: 'MB',
      limit: `features ${(last.matrixBytes / 1e6).toFixed(0)} MB; Node and ONNX Runtime with nothing to do included`,
    },
  ];
}

/** Slope of the straight line that fits best. */
function slopeOf(x: number[], y: number[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const along = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0);
  return along / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

async function measure(n: number): Promise<Measured> {
  const problem = drawProblem('', n, d, classes, lambda);
  const { matrix, labels } = problem;
  const request = { rows: allRows(problem), labels, classes, lambda, featureScale: 'unit' as const, tolerance: 0.01 };
  const times: number[] = [];
  for (let time = 0; time < 4; time++) {
    const { seconds, passes } = await fitHead(matrix, request, () => undefined, new AbortController().signal);
    if (time > 0) times.push(seconds / passes);
  }
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { secondsPerPass: medianOf(times), matrixBytes: matrix.values.byteLength, peakBytes };
}

if (process.argv[1] === file) console.log(JSON.stringify(await measure(Number(process.argv[2]))));
