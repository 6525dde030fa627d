// What decisions buy: a review of real features with real label noise by the queue in use, how long a retrain and a curve
// take, and whether a run can be made again from its record.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSession, type Session } from '../../src/main/cli/session.ts';
import type { FitResult, RetrainResult } from '../../src/main/core/fits.ts';
import type { RecoveryCurve, Reproduction, Run } from '../../src/shared/runs.ts';
import { createRandom } from '../../src/shared/random.ts';
import { materialAbsence } from '../material-files.ts';
import { measureAntelopes } from './antelope.ts';
import { pathOfRow, writeFeatureProject } from './feature-project.ts';
import { readFeatures, readSet } from './label-sets.ts';
import { drawProblem } from './problem.ts';
import { medianOf, timeOf, type Bench, type Row } from './row.ts';

const cli = fileURLToPath(new URL('../../src/main/cli/index.ts', import.meta.url));
const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const reviewedShare = 0.4;
/** Decisions between two looks at the queue: as often as it learns. */
const decisionsAtOnce = 200;
const steps = 10;
/** Faster than any reviewer. */
const decidesEveryMs = 100;
/** That of the figures this is held against: raw features (MATERIAL). */
const reference = { lambda: 0.003, featureScale: 'none' } as const;

const cases = { recovery: measureReview, antelope: measureAntelopes, time: measureTime };

export const gainBench: Bench = {
  async run(say, only = '') {
    const folder = mkdtempSync(join(tmpdir(), 'second-look-bench-'));
    process.env.SECOND_LOOK_HOME = join(folder, 'home');
    try {
      const rows: Row[] = [];
      for (const [name, measure] of Object.entries(cases))
        if (name.includes(only)) rows.push(...(await measure(folder, say)));
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The `worse` labels on MobileNet's features: the first 40 % of the queue get their true label. */
async function measureReview(folder: string, say: (sentence: string) => void): Promise<Row[]> {
  if (materialAbsence) return [{ case: 'recovery', ours: null, unit: '', skipped: materialAbsence }];
  const matrix = await readFeatures('MobileNet', say);
  const { labels, truth, testLabels } = readSet('worse');
  const project = writeFeatureProject(folder, 'worse', { classNames: names, labels, testLabels, matrix });
  const truthFile = join(folder, 'truth.csv');
  const lines = [...truth].map((label, row) => `${pathOfRow(row, truth.length)},${names[label]!}`);
  writeFileSync(truthFile, `path,label\n${lines.join('\n')}\n`);

  const session = openSession();
  try {
    await session.open(project);
    say('fitting');
    const chosenBefore = await session.run<FitResult>({ kind: 'fit', params: {} });
    await session.run({ kind: 'fit', params: reference });
    await reviewByQueue(session, truth, Math.round(reviewedShare * truth.length), say);
    const { before, after } = await session.run<RetrainResult>({ kind: 'retrain', params: {} });
    say('the recovery curve');
    const known = { truth: await session.place(truthFile) };
    const verdicts = await session.run<RecoveryCurve>({ kind: 'recovery', params: { steps, orders: 1 } });
    const curve = await session.run<RecoveryCurve>({ kind: 'recovery', params: { steps, orders: 2, ...known } });
    const listed = await session.call('runs.list', {});
    const chosenAfter = await session.run<FitResult>({ kind: 'fit', params: {} });
    await session.run({ kind: 'fit', params: reference });
    await session.close();
    return [
      {
        case: 'the same at the lambda that the given labels choose, before and after',
        ours: chosenAfter.testAccuracy,
        unit: '',
        other: chosenBefore.testAccuracy!,
        otherName: 'before',
        limit: `lambda ${chosenBefore.lambda}, then ${chosenAfter.lambda}`,
      },
      { case: 'worse, MobileNet: accuracy before', ours: before.accuracy.value, unit: '', limit: '.652 ± .01' },
      {
        case: `worse, MobileNet: accuracy after ${after.decisions} of ${truth.length}`,
        ours: after.accuracy.value,
        unit: '',
        other: curve.random!.points.at(-1)!.accuracy.mean,
        otherName: 'random order of all images',
        limit: `at least .715; all labels true ${curve.clean!.accuracy.value.toFixed(4)}`,
      },
      ...curve.points.map((point, place): Row => ({
        case: `  curve: ${point.decisions} decisions`,
        ours: point.accuracy.value,
        unit: '',
        other: curve.random!.points[place]!.accuracy.mean,
        otherName: 'random of all',
        limit: `random of the reviewed ${verdicts.random!.points[place]!.accuracy.mean.toFixed(4)}`,
      })),
      ...(await compareWithCommandLine(project, listed, say)),
    ];
  } finally {
    await session.close();
  }
}

async function reviewByQueue(session: Session, truth: Int32Array, count: number, say: (sentence: string) => void) {
  for (let decided = 0; decided < count; decided += decisionsAtOnce) {
    if (decided % 1000 === 0) say(`${decided} of ${count} decided`);
    if (decided > 0) await session.run({ kind: 'rank', params: { methods: ['learned'] } });
    const query = { method: 'learned', states: ['open'] } as const;
    const { rows } = await session.call('queue.page', {
      query: { ...query, states: [...query.states] },
      from: 0,
      count: Math.min(decisionsAtOnce, count - decided),
    });
    await session.call('reviews.decide', {
      decisions: rows.map(({ imageId }) => ({ imageId, action: 'relabel', classId: 1 + truth[imageId - 1]! })),
      spentMs: 900 * rows.length,
    });
  }
}

/** In processes of their own, as anyone can ask again: the list of runs, and each run made again. */
async function compareWithCommandLine(project: string, runs: Run[], say: (sentence: string) => void): Promise<Row[]> {
  const ask = (...args: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, [cli, 'runs', project, ...args, '--json'], { encoding: 'utf8' }),
    ) as never;
  say('the command line');
  const { runs: listed } = ask() as { runs: Run[] };
  const agree = runs.filter((run) => listed.some((each) => JSON.stringify(each) === JSON.stringify(run))).length;
  const rows: Row[] = [
    { case: 'runs that the command line lists with every number alike', ours: agree, unit: `of ${runs.length}` },
  ];
  for (const { id } of runs) {
    const { testImages, otherPredictions, alphaDifference, alphaBound, isReproduced } = ask(
      '--reproduce',
      String(id),
    ) as Reproduction;
    rows.push({
      case: `run ${id} made again: predictions alike`,
      ours: testImages - otherPredictions,
      unit: `of ${testImages}`,
      limit: `alpha differs by ${alphaDifference.toExponential(1)}, may by ${alphaBound.toExponential(1)}: ${isReproduced ? 'reproduced' : 'NOT reproduced'}`,
    });
  }
  return rows;
}

/** Decides an image every now and then until it is stopped, and notes how long each took to be saved, in milliseconds. */
function decideMeanwhile(session: Session, waits: number[], nextImage: () => number): () => Promise<void> {
  const over = new AbortController();
  const deciding = (async () => {
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      await session.call('reviews.decide', { decisions: [{ imageId: nextImage(), action: 'keep' }] });
      waits.push(performance.now() - startedAt);
      await setTimeout(decidesEveryMs);
    }
  })();
  return () => {
    over.abort();
    return deciding;
  };
}

/** 50 000 x 512 x 10 with 10 000 test images. */
async function measureTime(folder: string, say: (sentence: string) => void): Promise<Row[]> {
  const [train, test] = [50_000, 10_000];
  const { matrix, labels, classes } = drawProblem('', train + test, 512, 10, 0);
  const project = writeFeatureProject(folder, 'large', {
    classNames: names.slice(0, classes),
    labels: labels.subarray(0, train),
    testLabels: labels.subarray(train),
    matrix,
  });
  const session = openSession();
  try {
    await session.open(project);
    say('fitting 50k x 512');
    await session.run({ kind: 'fit', params: { lambda: 1e-4 } });
    const random = createRandom(5);
    const seconds: number[] = [];
    const fitSeconds: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < 3; round++) {
      const decisions = Array.from({ length: 100 }, () => {
        const imageId = 1 + Math.floor(random() * train);
        return { imageId, action: 'relabel' as const, classId: 1 + Math.floor(random() * classes) };
      });
      await session.call('reviews.decide', { decisions });
      const stopDeciding = decideMeanwhile(session, waits, () => 1 + Math.floor(random() * train));
      seconds.push(
        await timeOf(async () => {
          fitSeconds.push((await session.run<RetrainResult>({ kind: 'retrain', params: {} })).seconds);
        }),
      );
      await stopDeciding();
    }
    say('ten points of a curve');
    const plain = await session.run<RecoveryCurve>({ kind: 'recovery', params: { steps, orders: 0 } });
    const beside = await session.run<RecoveryCurve>({ kind: 'recovery', params: { steps, orders: 2 } });
    const name = '50k x 512 x 10, 10k test images';
    return [
      {
        case: `${name}: retrain and evaluate after 100 decisions`,
        ours: medianOf(seconds),
        unit: 's',
        limit: `2 s; the fit alone ${medianOf(fitSeconds).toFixed(2)} s`,
      },
      {
        case: `${name}: longest wait of a decision meanwhile`,
        ours: Math.max(...waits),
        unit: 'ms',
        limit: `median ${medianOf(waits).toFixed(1)} ms of ${waits.length} decisions`,
      },
      { case: `${name}: ${plain.points.length} points of a curve`, ours: plain.seconds, unit: 's', limit: '15 s' },
      { case: `${name}: the same with two random orders`, ours: beside.seconds, unit: 's' },
    ];
  } finally {
    await session.close();
  }
}
