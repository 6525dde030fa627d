// How long a certified fit takes, beside the solvers that a user could take instead.
import { rmSync } from 'node:fs';
import type { FitAnswer, FitRequest } from '../../src/shared/compute-contract.ts';
import { FeatureMatrix } from '../../src/main/compute/representer/feature-matrix.ts';
import { fitHead } from '../../src/main/compute/representer/fit.ts';
import { Preconditioners } from '../../src/main/compute/representer/preconditioners.ts';
import { toStart } from '../../src/main/core/training-set.ts';
import { createRandom } from '../../src/shared/random.ts';
import { materialAbsence } from '../material-files.ts';
import { growthRows } from './growth.ts';
import { measureMachine, type Machine } from './machine.ts';
import { runPeer, whyNoPeers, type Try } from './peers.ts';
import { allRows, drawProblem, writeProblem, type BenchProblem } from './problem.ts';
import { readRealFeatures } from './real-features.ts';
import { medianOf, type Bench, type Row } from './row.ts';

/** Within what `auto` comes out at on real features (1e-5 to 1e-4). */
const lambda = 1e-4;
const shapes: [n: number, d: number, classes: number][] = [
  [10_000, 512, 10],
  [50_000, 64, 10],
  [50_000, 512, 100],
  [50_000, 2048, 10],
];
const targets = [0.01, 1e-4];
const solvers: [solver: string, dtype: string][] = [
  ['lbfgs', 'float32'],
  ['lbfgs', 'float64'],
  ['newton-cg', 'float32'],
  ['newton-cg', 'float64'],
];
/** Seconds after which a solver tries no smaller tolerance; one that is still at it after twice as many is stopped. */
const budget = 40;
const descentBudget = 50;
const changedLabels = 100;

type Say = (sentence: string) => void;

/** What measures each case. */
const cases: Record<string, (say: Say) => Promise<Row[]>> = {
  'MobileNet features': async (say) => {
    if (materialAbsence === null) return compare(await readMobileNet(say));
    return [{ case: 'MobileNet features', ours: null, unit: 's', skipped: materialAbsence }];
  },
  ...Object.fromEntries(
    shapes.map(([n, d, classes]) => {
      const name = `${n / 1000}k x ${d} x ${classes}`;
      return [name, () => compare(drawProblem(name, n, d, classes, lambda))];
    }),
  ),
  descent: async (say) => {
    const drawn = await compareDescent(drawProblem('10k x 512 x 10', 10_000, 512, 10, lambda));
    if (materialAbsence === null) return [await compareDescent(await readMobileNet(say)), drawn];
    return [{ case: 'MobileNet features', ours: null, unit: 's', skipped: materialAbsence }, drawn];
  },
  refit: async () => [await measureRefit(drawProblem('50k x 512 x 10', 50_000, 512, 10, lambda))],
  growth: growthRows,
};

export const fitBench: Bench = {
  async run(say, only) {
    const rows: Row[] = [];
    for (const name of Object.keys(cases).filter((each) => each.includes(only))) {
      say(name);
      rows.push(...(await cases[name]!(say)));
    }
    return [...rows, ...summarise(rows)];
  },
};

/** MATERIAL's own setting: lambda = 0.003 for raw features. */
async function readMobileNet(say: Say): Promise<BenchProblem> {
  const { features, n, d, labels, classes } = await readRealFeatures(say);
  const matrix = new FeatureMatrix(n, d);
  matrix.fill(0, features);
  const scale = matrix.squaredNorms.reduce((sum, square) => sum + square, 0) / n;
  return { name: `MobileNet ${n / 1000}k x ${d} x ${classes}`, n, d, classes, lambda: 0.003 / scale, matrix, labels };
}

async function compare(problem: BenchProblem): Promise<Row[]> {
  const machine = await measureMachine();
  const noPeers = whyNoPeers();
  const tightest = Math.min(...targets);
  const ours = new Map(targets.map((target) => [target, [] as FitAnswer[]]));
  const fitOnce = async () => {
    for (const target of targets) ours.get(target)!.push(await fitCold(problem, target));
  };
  // The first fit of a process compiles; it is in no figure.
  await fitCold(problem, tightest);
  const folder = noPeers === null ? writeProblem(problem) : '';
  const tries: Try[] = [];
  await fitOnce();
  // In turns, so that what else the machine does hits all alike.
  for (const [solver, dtype] of noPeers === null ? solvers : []) {
    tries.push(...runPeer(folder, solver, dtype, targets, budget));
    await fitOnce();
  }
  if (noPeers !== null) await fitOnce();
  if (folder) rmSync(folder, { recursive: true });

  return targets.map((target) => toRow(problem, target, ours.get(target)!, tries, machine, noPeers));
}

/** Beside the solver that came with the paper, which would stop earlier by a rule of its own. */
async function compareDescent(problem: BenchProblem): Promise<Row> {
  const name = `${problem.name} to ${toPercent(targets[0]!)}, beside gradient descent`;
  const noPeers = whyNoPeers();
  if (noPeers !== null) return { case: name, ours: null, unit: 's', skipped: noPeers };
  const fits: FitAnswer[] = [];
  for (let time = 0; time < 4; time++) fits.push(await fitCold(problem, targets[0]!));
  const ours = medianOf(fits.slice(1).map((fit) => fit.seconds));
  const folder = writeProblem(problem);
  const machine = await measureMachine();
  const descent = runPeer(folder, 'descent', 'float32', targets, descentBudget);
  rmSync(folder, { recursive: true });
  const [byItsRule, last] = [descent[0], descent.at(-1)];
  if (!byItsRule || !last)
    return { case: name, ours, unit: 's', limit: `gradient descent takes more than ${2 * descentBudget} s` };
  const hasArrived = last.error !== null && last.error <= targets[0]!;
  const other = last.seconds;
  const otherName = `the authors' gradient descent, ${hasArrived ? 'to' : 'still at'} ${toPercent(last.error)}; by its own rule it ends after ${byItsRule.seconds.toFixed(1)} s at ${toPercent(byItsRule.error)}`;
  const limit = `at least 50x; ${describeLimit(problem, fits[1]!.passes, ours, machine)}`;
  return { case: name, ours, unit: 's', other, otherName, ratio: other / ours, limit };
}

function toRow(
  problem: BenchProblem,
  target: number,
  fits: FitAnswer[],
  tries: Try[],
  machine: Machine,
  noPeers: string | null,
): Row {
  const seconds = medianOf(fits.map((fit) => fit.seconds));
  const { passes, reached, certificate } = fits[0]!;
  const row: Row = {
    case: `${problem.name} to ${toPercent(target)}${reached ? '' : ` (reached ${toPercent(certificate.maxLogitError / certificate.logitRms)})`}`,
    ours: seconds,
    unit: 's',
    limit: describeLimit(problem, passes, seconds, machine),
  };
  if (noPeers !== null) return { ...row, skipped: `the other solvers: ${noPeers}` };
  const arrived = tries.filter(({ error }) => error !== null && error <= target);
  const [best] = arrived.toSorted((a, b) => a.seconds - b.seconds);
  const nearest = (solver: string) =>
    Math.min(...tries.filter((each) => each.solver === solver).map(({ error }) => error ?? Infinity));
  const failed = solvers.map((each) => each.join(' ')).filter((solver) => !(nearest(solver) <= target));
  const remark = failed.map((solver) => `${solver} comes to ${toPercent(nearest(solver))}`).join(', ');
  if (!best) return { ...row, limit: `${row.limit}; no other arrives within ${budget} to ${2 * budget} s: ${remark}` };
  return {
    ...row,
    other: best.seconds,
    otherName: `sklearn ${best.solver}`,
    ratio: best.seconds / seconds,
    limit: remark ? `${row.limit}; ${remark}` : row.limit!,
  };
}

/** How much of what the machine can multiply and read the passes of a fit took. */
function describeLimit({ n, d, classes }: BenchProblem, passes: number, seconds: number, machine: Machine): string {
  const [flops, bytes] = [4 * n * d * classes * passes, 8 * n * d * passes].map((each) => each / seconds / 1e9);
  return `${passes} passes, ${flops!.toFixed(0)} of ${machine.gigaflops.toFixed(0)} GFLOP/s, ${bytes!.toFixed(1)} of ${machine.gigabytes.toFixed(1)} GB/s`;
}

const toPercent = (share: number | null): string =>
  share === null || !Number.isFinite(share) ? 'nothing' : `${Number((share * 100).toPrecision(2))} %`;

function summarise(rows: Row[]): Row[] {
  const ratios = rows.filter(({ otherName }) => otherName?.startsWith('sklearn')).map(({ ratio }) => ratio!);
  if (ratios.length === 0) return [];
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return [
    { case: 'times faster than the faster of scikit-learn, geometric mean', ours: mean, unit: 'x' },
    { case: 'times faster than the faster of scikit-learn, least', ours: Math.min(...ratios), unit: 'x' },
  ];
}

const toRequest = (problem: BenchProblem, tolerance: number): FitRequest => ({
  rows: allRows(problem),
  labels: problem.labels,
  classes: problem.classes,
  lambda: problem.lambda,
  featureScale: 'unit',
  tolerance,
});

const fitCold = (problem: BenchProblem, tolerance: number, preconditioners = new Preconditioners(problem.matrix)) =>
  fitHead(
    problem.matrix,
    toRequest(problem, tolerance),
    () => undefined,
    new AbortController().signal,
    preconditioners,
  );

/** A refit from the weights and the preconditioner of the fit before, after some labels were changed. */
async function measureRefit(problem: BenchProblem): Promise<Row> {
  const { labels, classes } = problem;
  const machine = await measureMachine();
  let passes = 0;
  const [cold, warm]: [number[], number[]] = [[], []];
  for (let time = 0; time < 8; time++) {
    const preconditioners = new Preconditioners(problem.matrix);
    const before = await fitCold(problem, 0.01, preconditioners);
    const random = createRandom(time);
    const changed = labels.slice();
    for (let k = 0; k < changedLabels; k++) {
      const at = Math.floor(random() * labels.length);
      changed[at] = (changed[at]! + 1) % classes;
    }
    const asked = toRequest(problem, 0.01);
    const request = { ...asked, labels: changed, ...toStart(asked, before) };
    const after = await fitHead(
      problem.matrix,
      request,
      () => undefined,
      new AbortController().signal,
      preconditioners,
    );
    if (time === 0) continue;
    cold.push(before.seconds);
    warm.push(after.seconds);
    passes = after.passes;
  }
  const [ours, other] = [medianOf(warm), medianOf(cold)];
  const name = `${problem.name}, refit after ${changedLabels} changed labels`;
  const limit = `at most 0.5 of the cold fit and 1 s; ${describeLimit(problem, passes, ours, machine)}`;
  return { case: name, ours, unit: 's', other, otherName: 'cold fit', ratio: other / ours, limit };
}
