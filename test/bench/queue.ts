// How soon a queue finds the wrong labels, against every fixed ranking and the peers' figures on the same material.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runExperiment } from '../../src/main/compute/ranking/experiment.ts';
import { openMethods } from '../../src/main/compute/ranking/methods.ts';
import { measureFound, measurePrecision } from '../../src/main/compute/ranking/measures.ts';
import { rankingMethods } from '../../src/shared/ranking.ts';
import { materialAbsence } from '../material-files.ts';
import { measureCleanlab } from './cleanlab.ts';
import {
  classes,
  openContext,
  readFeatures,
  readSet,
  readTwoClasses,
  type LabelSet,
  type ModelName,
  type SetName,
} from './label-sets.ts';
import { measureRounds } from './rounds.ts';
import { medianOf, type Bench, type Row } from './row.ts';
import { balance, drawOrder, measureAccuracy, reviewLearning } from './simulated-review.ts';

const seeds = [1, 2, 3, 4, 5];
const shares = [0.05, 0.1, 0.2, 0.4];
const allRows = Int32Array.from({ length: 10_000 }, (_, row) => row);
const methods = rankingMethods.filter((method) => method !== 'learned');
/** Only these hang on the folds; the others are one order whatever the seed. */
const rankingsOfFolds: readonly string[] = [
  'suspicion',
  'margin-cross-fit',
  'self-confidence',
  'normalized-margin',
  'weighted-entropy',
  'label-issues',
  'refit-margin',
  'noise-posterior',
];
/** What a first study reached with a mean of ranks, and with one that learned. */
const studied: Record<string, number> = {
  'r20 sym40': 0.984,
  'r20 worse': 0.955,
  'r20 aggre': 0.747,
  'MobileNet sym40': 0.941,
  'MobileNet worse': 0.875,
  'MobileNet aggre': 0.556,
};
const studiedFound: Record<string, number[]> = {
  'MobileNet aggre': [0.379, 0.577, 0.781, 0.922],
  'MobileNet worse': [0.127, 0.25, 0.483, 0.81],
  'r20 aggre': [0.476, 0.72, 0.902, 0.98],
  'r20 worse': [0.127, 0.254, 0.504, 0.901],
};
const reviewsInAll = 50;
const imagesPerReview = 2500;

export const queueBench: Bench = {
  async run(say, only) {
    if (materialAbsence) return [{ case: 'queue', ours: null, unit: 'AP', skipped: materialAbsence }];
    const rows: Row[] = [];
    for (const model of ['r20', 'MobileNet'] as const) {
      for (const set of ['sym40', 'worse', 'aggre', 'pair35'] as const) {
        const name = `${model} ${set}`;
        const measure = async (part: string, rowsOf: () => Promise<Row[]>) => {
          if (!`${name}: ${part}`.includes(only)) return;
          say(`${name}: ${part}`);
          rows.push(...(await rowsOf()));
        };
        const matrix = () => readFeatures(model, say);
        if (set !== 'pair35') {
          await measure('rankings', async () => measureRankings(name, await matrix(), readSet(set)));
          await measure('cleanlab', () => measureCleanlab(model, set, allRows, say));
        }
        await measure('learning', async () => measureLearning(name, await matrix(), set));
      }
    }
    if ('automobile horse pixels'.includes(only)) rows.push(...(await measurePixels()));
    if ('rounds'.includes(only)) rows.push(...(await measureRounds(allRows, say)));
    if ('estimates'.includes(only)) rows.push(...(await measureEstimates(say)));
    return rows;
  },
};

/** The paper's study: 2000 images of two classes, 40 % flipped by five seeds, raw pixels, weight decay 0.001 (METHODS 1.5). */
async function measurePixels(): Promise<Row[]> {
  const { train, test, truth, testTruth, folder } = readTwoClasses();
  const { curves } = await runExperiment(
    {
      rows: Int32Array.from(train.keys()),
      truth,
      given: null,
      flip: { share: 0.4, kind: 'symmetric' },
      testRows: Int32Array.from(test.keys()),
      testTruth,
      classes: 2,
      lambda: 0.001,
      featureScale: 'none',
      methods: ['importance', 'random'],
      seeds: seeds.length,
      checked: [0.4],
      pixels: [...train, ...test].map((path) => join(folder, path)),
    },
    undefined,
    () => {},
    new AbortController().signal,
  );
  rmSync(folder, { recursive: true });
  return (['importance', 'random'] as const).map((method): Row => {
    const own = curves.filter((curve) => curve.method === method);
    const mean = (of: (curve: (typeof own)[number]) => number) =>
      own.reduce((sum, curve) => sum + of(curve) / own.length, 0);
    const aim = method === 'importance' ? 0.489 : 0.404;
    const ours = mean(({ found }) => found[0]!);
    return {
      case: `automobile horse pixels: ${method}, flips fixed at 40 %`,
      ours,
      unit: 'of the flips',
      other: aim,
      otherName: 'measured by others',
      limit: `${(ours - aim).toFixed(4)} from that, at most 0.01; test accuracy ${mean(({ accuracy }) => accuracy[0]!).toFixed(4)}`,
    };
  });
}

type Matrix = Awaited<ReturnType<typeof readFeatures>>;

async function measureRankings(name: string, matrix: Matrix, problem: LabelSet): Promise<Row[]> {
  const { labels, isWrong } = problem;
  const labelled = { labels, truth: new Int32Array(labels.length).fill(-1) };
  const context = await openContext(matrix, problem, allRows);
  const precision = new Map<string, number[]>();
  const note = (method: string, value: number) => precision.set(method, [...(precision.get(method) ?? []), value]);
  for (const seed of seeds) {
    const { scores } = openMethods(context, labelled, seed);
    for (const method of methods)
      if (seed === 1 || rankingsOfFolds.includes(method))
        note(method, measurePrecision(await scores[method](), isWrong));
  }
  const mean = (method: string) => precision.get(method)!.reduce((sum, value, _, all) => sum + value / all.length, 0);
  const best = methods.filter((method) => method !== 'suspicion').sort((a, b) => mean(b) - mean(a))[0]!;
  return [
    {
      case: `${name}: suspicion (lambda ${context.lambda})`,
      ours: mean('suspicion'),
      unit: 'AP',
      digits: 6,
      other: mean(best),
      otherName: `best fixed, ${best}`,
      ratio: mean('suspicion') / mean(best),
      limit: `studied ${studied[name]}`,
    },
    ...methods
      .filter((method) => method !== 'suspicion')
      .map((method): Row => ({ case: `${name}: ${method}`, ours: mean(method), unit: 'AP', digits: 6 })),
  ];
}

/** Five reviews by as many seeds, which deal the folds, draw what is explored, and pair noise anew. */
async function measureLearning(name: string, matrix: Matrix, set: SetName): Promise<Row[]> {
  const reviewBy = async (seed: number) => {
    const problem = readSet(set, seed);
    const context = await openContext(matrix, problem, allRows);
    return { problem, context, ...(await reviewLearning(context, problem, { share: 0.4, seed })) };
  };
  const reviews: Awaited<ReturnType<typeof reviewBy>>[] = [];
  for (const seed of seeds) reviews.push(await reviewBy(seed));
  const rows = shares.map((share, at): Row => {
    const found = reviews.map(({ problem: { isWrong }, order, fixed }) => ({
      learned: measureFound(order, isWrong, share),
      unlearned: measureFound(fixed, isWrong, share),
    }));
    const learned = found.reduce((sum, each) => sum + each.learned / seeds.length, 0);
    const unlearned = found.reduce((sum, each) => sum + each.unlearned / seeds.length, 0);
    const least = Math.min(...found.map((each) => each.learned - each.unlearned));
    const aim = studiedFound[name]?.[at];
    return {
      case: `${name}: found after ${share * 100} %, learning`,
      ours: learned,
      unit: 'of the wrong labels',
      other: unlearned,
      otherName: 'fixed order',
      ratio: learned / unlearned,
      limit: `${(learned - unlearned).toFixed(4)} against fixed, in the worst of five ${least.toFixed(4)}${aim === undefined ? '' : `; studied ${aim}`}`,
    };
  });
  const { problem, context, order, fixed } = reviews[0]!;
  const start = await measureAccuracy(context, problem, [], 0);
  const clean = await measureAccuracy(context, problem, fixed, 1);
  const random = drawOrder(10_000, 1);
  for (const share of [0.1, 0.2, 0.4]) {
    const [learned, balanced, byChance] = [
      await measureAccuracy(context, problem, order, share),
      await measureAccuracy(context, problem, balance(order, problem.labels, classes), share),
      await measureAccuracy(context, problem, random, share),
    ];
    rows.push({
      case: `${name}: test accuracy after ${share * 100} %, learning`,
      ours: learned,
      unit: '',
      other: byChance,
      otherName: 'random',
      limit: `class-balanced ${balanced.toFixed(4)}, start ${start.toFixed(4)}, all clean ${clean.toFixed(4)}`,
    });
  }
  return rows;
}

/** Small reviews over sets, models and shares: how often the interval of the errors left holds the truth. */
async function measureEstimates(say: (sentence: string) => void): Promise<Row[]> {
  const models: ModelName[] = ['r20', 'MobileNet', 'resnet8'];
  const sets: SetName[] = ['aggre', 'worse', 'sym40', 'pair35', 'sym10'];
  const problems = models.flatMap((model) => sets.map((set) => ({ model, set })));
  let reviews = 0;
  let silent = 0;
  /** Whether the interval held the truth: at the end of each review, when it was first said, and at each of its steps. */
  const held = { last: [] as boolean[], first: [] as boolean[], each: [] as boolean[] };
  const widths: number[] = [];
  for (let seed = 1; reviews < reviewsInAll; seed++)
    for (const { model, set } of problems) {
      if (reviews === reviewsInAll) break;
      if (reviews % 10 === 0) say(`estimates: ${reviews} of ${reviewsInAll} reviews`);
      reviews += 1;
      const matrix = await readFeatures(model, say);
      const all = readSet(set);
      const rows = Int32Array.from(drawOrder(10_000, 100 * seed + reviews).slice(0, imagesPerReview)).sort();
      const isDrawn = new Set(rows);
      const pick = <T extends Int32Array | Uint8Array>(values: T) => values.filter((_, row) => isDrawn.has(row)) as T;
      const problem = { labels: pick(all.labels), truth: pick(all.truth), isWrong: pick(all.isWrong) };
      const context = await openContext(matrix, problem, rows);
      // Reviews end anywhere between 8 and 30 %.
      const share = 0.08 + 0.22 * ((reviews * 0.618) % 1);
      const { estimates } = await reviewLearning(context, problem, { share, seed });
      const steps = estimates.flatMap(({ left, said }) => (said ? [{ left, interval: said.left.interval }] : []));
      const isHeld = steps.map(({ left, interval: [low, high] }) => low <= left && left <= high);
      if (estimates.at(-1)?.said) held.last.push(isHeld.at(-1)!);
      else silent += 1;
      held.first.push(...isHeld.slice(0, 1));
      held.each.push(...isHeld);
      for (const {
        left,
        interval: [low, high],
      } of steps)
        widths.push((high - low) / Math.max(1, left));
    }
  const shareOf = (those: boolean[]) => those.filter(Boolean).length / those.length;
  return [
    {
      case: `errors left: 90 % interval holds the truth, ${reviews} reviews of ${imagesPerReview} images`,
      ours: shareOf(held.last),
      unit: `of ${held.last.length} that could say`,
      limit: [
        'at least 0.8',
        `when first said ${shareOf(held.first).toFixed(2)} of ${held.first.length}`,
        `at every step ${shareOf(held.each).toFixed(2)} of ${held.each.length}`,
        `middle width ${medianOf(widths).toFixed(2)} of the truth`,
        `${silent} said that they could not know yet`,
      ].join('; '),
    },
  ];
}
