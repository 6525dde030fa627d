import { describe, expect, it } from 'vitest';
import { rankingMethods, type RankingMethod } from '../../../src/shared/ranking.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { FeatureMatrix } from '../../../src/main/compute/representer/feature-matrix.ts';
import { measurePrecision } from '../../../src/main/compute/ranking/measures.ts';
import { createRanking } from '../../../src/main/compute/ranking/ranking.ts';
import { meanRank, toRanks } from '../../../src/main/compute/ranking/scores.ts';
import { allRows, drawProblem } from '../representer/problems.ts';

const n = 600;
const classes = 4;

/** Classes well apart; a fifth of the labels of class 0 say 1, and a tenth of all are drawn anew. */
function drawNoisy() {
  const { features } = drawProblem({ n, d: 12, classes, seed: 5 });
  const random = createRandom(5);
  for (let i = 0; i < classes * 12; i++) random();
  const truth = Int32Array.from({ length: n }, () => Math.floor(random() * classes));
  const flip = createRandom(9);
  const labels = truth.map((kind) =>
    flip() < 0.1 ? Math.floor(flip() * classes) : kind === 0 && flip() < 0.2 ? 1 : kind,
  );
  return { features, truth, labels };
}

const { features, truth, labels } = drawNoisy();
const isWrong = labels.map((label, row) => Number(label !== truth[row]));
const nobody = new Int32Array(n).fill(-1);
const request = { rows: allRows(n), labels, classes, lambda: 1e-3, scale: 1 };
const { signal } = new AbortController();

function openRanking() {
  const ranking = createRanking(() => {});
  const matrix = new FeatureMatrix(n, 12);
  matrix.fill(0, features);
  ranking.open(matrix);
  return ranking.calls;
}

const precisionOf = (scores: Float64Array): number => measurePrecision(scores, Uint8Array.from(isWrong));

describe('rankings', () => {
  const methods = rankingMethods.filter((method) => method !== 'learned');

  it('each put wrong labels first, and none gives the order of another', async () => {
    const { scores } = await openRanking()['rank.run'](
      { ...request, truth: nobody, methods: [...methods] },
      { signal },
    );
    const chance = isWrong.reduce((sum, value) => sum + value, 0) / n;
    const orders = methods.map((method) => {
      expect(scores[method], method).toHaveLength(n);
      expect(precisionOf(scores[method]!), method).toBeGreaterThan(2 * chance);
      const ranks = toRanks(scores[method]!);
      return [...ranks.keys()].sort((a, b) => ranks[b]! - ranks[a]! || a - b).join(' ');
    });
    expect(new Set(orders).size).toBe(methods.length);
  });

  it('by suspicion is better than by importance, and suggests the true class', async () => {
    const asked: RankingMethod[] = ['suspicion', 'importance'];
    const answer = await openRanking()['rank.run']({ ...request, truth: nobody, methods: asked }, { signal });
    expect(precisionOf(answer.scores.suspicion!)).toBeGreaterThan(precisionOf(answer.scores.importance!));
    const wrong = [...isWrong.keys()].filter((row) => isWrong[row]);
    const right = wrong.filter((row) => answer.suggested[row] === truth[row]);
    expect(right.length / wrong.length).toBeGreaterThan(0.8);
    expect(answer.second.every((second, row) => second !== answer.suggested[row])).toBe(true);
  });

  it('take what was decided as a fact, and leave out what has no class', async () => {
    const known = truth.map((kind, row) => (row % 2 === 0 ? kind : -1));
    known[1] = -2;
    const { scores } = await openRanking()['rank.run'](
      { ...request, truth: known, methods: ['suspicion'] },
      { signal },
    );
    const free = await openRanking()['rank.run']({ ...request, truth: nobody, methods: ['suspicion'] }, { signal });
    const rest = [...known.keys()].filter((row) => known[row] === -1);
    const mean = (of: Float64Array) => rest.filter((row) => isWrong[row]).reduce((sum, row) => sum + of[row]!, 0);
    expect(mean(scores.suspicion!)).not.toBe(mean(free.scores.suspicion!));
    expect(scores.suspicion!.every(Number.isFinite)).toBe(true);
  });
});

describe('a step of learning', () => {
  it('orders what is open, the same for the same verdicts, and finds more than the order before', async () => {
    const calls = openRanking();
    const { scores } = await calls['rank.run']({ ...request, truth: nobody, methods: ['suspicion'] }, { signal });
    const order = [...scores.suspicion!.keys()].sort((a, b) => scores.suspicion![b]! - scores.suspicion![a]!);
    const judged = Int32Array.from(order.slice(0, 100));
    const known = nobody.slice();
    for (const row of judged) known[row] = truth[row]!;
    const open = Int32Array.from(order.slice(100)).sort();
    const asked = {
      ...request,
      truth: known,
      judged,
      isWrong: Uint8Array.from(judged, (row) => isWrong[row]!),
      open,
      seed: 3,
    };
    const learned = await calls['rank.learn'](asked, { signal });
    expect([...learned.order].sort((a, b) => a - b)).toEqual([...open].sort((a, b) => a - b));
    expect(learned.estimate!.left.interval[0]).toBeLessThanOrEqual(learned.estimate!.left.value);

    const left = [...open].filter((row) => isWrong[row]).length;
    expect(learned.estimate!.left.interval[0]).toBeLessThanOrEqual(left);
    expect(learned.estimate!.left.interval[1]).toBeGreaterThanOrEqual(left);
    const found = (rows: ArrayLike<number>) =>
      Array.from(rows)
        .slice(0, 50)
        .filter((row) => isWrong[row]).length;
    expect(found(learned.order)).toBeGreaterThanOrEqual(found(order.slice(100)));

    const anew = openRanking();
    const once = await anew['rank.learn'](asked, { signal });
    const again = await openRanking()['rank.learn'](asked, { signal });
    expect(again.order).toEqual(once.order);
  });

  it('says nothing new where no verdict is, also of classes that run into each other', async () => {
    const random = createRandom(4);
    const draw = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const rows = allRows(n);
    const kinds = rows.map((row) => row % classes);
    const given = kinds.map((kind) => (random() < 0.35 ? (kind + 1) % classes : kind));
    const matrix = new FeatureMatrix(n, classes);
    for (const row of rows)
      matrix.fill(
        row,
        Float32Array.from({ length: classes }, (_, j) => draw() + Number(j === kinds[row])),
      );
    const ranking = createRanking(() => {});
    ranking.open(matrix);
    const judged = rows.filter((row) => row % 10 === 0);
    const asked = {
      ...{ ...request, labels: given, judged, open: rows.filter((row) => row % 10 > 0), seed: 1 },
      truth: kinds.map((kind, row) => (row % 10 === 0 ? kind : -1)),
      isWrong: Uint8Array.from(judged, (row) => Number(given[row] !== kinds[row])),
    };
    const first = await ranking.calls['rank.learn'](asked, { signal });
    let last = first;
    for (let step = 0; step < 8; step++) last = await ranking.calls['rank.learn'](asked, { signal });
    const moved = Array.from(last.score, (score, row) => Math.abs(score - first.score[row]!));
    expect(Math.max(...moved)).toBeLessThan(0.02);
  });

  it('puts every hundredth decision on an image drawn from the rest, counted from the first verdict', async () => {
    const judged = allRows(n).slice(0, 90);
    const open = allRows(n).slice(90);
    const known = nobody.slice();
    for (const row of judged) known[row] = truth[row]!;
    const verdicts = { judged, isWrong: Uint8Array.from(judged, (row) => isWrong[row]!) };
    const learnBy = async (seed: number) => {
      const { order } = await openRanking()['rank.learn'](
        { ...request, truth: known, ...verdicts, open, seed },
        { signal },
      );
      return [...order];
    };
    const [one, other] = [await learnBy(1), await learnBy(2)];
    expect(one.findIndex((row, place) => row !== other[place])).toBe(9);
    expect(one.toSorted((a, b) => a - b)).toEqual([...open]);
  });
});

describe('with many small classes', () => {
  it('suspicion is not below importance, and the noise matrix says how much is wrong', async () => {
    const [many, each, d] = [150, 8, 48];
    const rows = allRows(many * each);
    const random = createRandom(3);
    const draw = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const centres = Float32Array.from({ length: many * d }, draw);
    const of = Int32Array.from(rows, (row) => row % many);
    const matrix = new FeatureMatrix(rows.length, d);
    for (const row of rows)
      matrix.fill(
        row,
        Float32Array.from({ length: d }, (_, j) => (centres[of[row]! * d + j]! + 1.2 * draw()) / 7),
      );
    const given = of.map((kind) => (random() < 0.1 ? (kind + 1 + Math.floor(random() * (many - 1))) % many : kind));
    const wrong = Uint8Array.from(given, (label, row) => Number(label !== of[row]));
    const ranking = createRanking(() => {});
    ranking.open(matrix);
    const { scores } = await ranking.calls['rank.run'](
      {
        rows,
        labels: given,
        truth: new Int32Array(rows.length).fill(-1),
        classes: many,
        lambda: 1e-4,
        scale: 1,
        methods: ['suspicion', 'importance', 'noise-posterior'],
      },
      { signal },
    );
    const [suspicion, importance] = [scores.suspicion!, scores.importance!].map((each) =>
      measurePrecision(each, wrong),
    );
    expect(suspicion).toBeGreaterThan(importance! - 0.01);
    const expected = scores['noise-posterior']!.reduce((sum, odds) => sum + 1 / (1 + Math.exp(-odds)), 0);
    const wrongInAll = wrong.reduce((sum, value) => sum + value, 0);
    expect(expected / wrongInAll).toBeGreaterThan(0.7);
    expect(expected / wrongInAll).toBeLessThan(1.5);
  });
});

describe('ranks', () => {
  it('run from 0 to 1, and ties share the mean of their places', () => {
    expect(toRanks(Float64Array.of(3, 1, 1, 7, 2))).toEqual(Float64Array.of(0.75, 0.125, 0.125, 1, 0.5));
    expect(meanRank(Float64Array.of(1, 2), Float64Array.of(5, 4))).toEqual(Float64Array.of(0.5, 0.5));
  });
});
