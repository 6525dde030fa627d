import type { FitResult, RetrainResult } from '../../core/fits.ts';
import type { Certificate, Fidelity, FidelityOn, FitTarget, ModelOutput } from '../../../shared/fit.ts';
import {
  fewestToEstimate,
  reviewsAhead,
  type BakeOff,
  type QueueLearning,
  type RankingMethod,
} from '../../../shared/ranking.ts';
import type { ReviewProgress } from '../../../shared/review.ts';
import type { Answer } from '../program.ts';
import { requireDistinct } from '../options.ts';
import { readQueue } from '../queue.ts';
import type { Session } from '../session.ts';
import { percent, smallPercent, toTable } from '../table.ts';
import { describeAccuracy } from './runs.ts';

export interface FitOptions {
  lambda: number | 'auto';
  featureScale: 'unit' | 'none';
  tolerance: number;
  target: FitTarget;
  output: ModelOutput;
}

export async function fit(session: Session, project: string, options: FitOptions): Promise<Answer> {
  const { lambda, featureScale, tolerance, target, output } = options;
  await session.open(project);
  const params = { lambda, featureScale, tolerance, target, output };
  const result = await session.run<FitResult>({ kind: 'fit', params });
  const { certificate, fidelity, refused } = result;
  return {
    json: result,
    lines: [
      `lambda ${result.lambda} (${result.lambdaChosen}), features ${featureScale}, objective ${result.objective}`,
      `${result.iterations} iterations, ${result.passes} passes, ${result.seconds.toFixed(2)} s`,
      `certificate: largest logit error ${certificate.maxLogitError.toExponential(2)} = ${smallPercent(certificate.maxLogitError / certificate.logitRms)} of the RMS logit ${certificate.logitRms.toFixed(3)}; gradient norm ${certificate.gradientNorm.toExponential(2)}, duality gap ${certificate.dualityGap.toExponential(2)}`,
      ...(refused ? [`fitted on cpu; ${refused.name} was not used: ${refused.reason}`] : []),
      ...(result.reached ? [] : ['the tolerance was not reached; a larger lambda can be certified more tightly']),
      ...(fidelity
        ? describeFidelity(fidelity, certificate)
        : [
            `train accuracy ${percent(result.trainAccuracy)}${result.testAccuracy === null ? '' : `, test accuracy ${percent(result.testAccuracy)}`}`,
          ]),
    ],
  };
}

/** Both parts of the difference from the given model: what lambda costs, and what stopping short of the optimum does. */
function describeFidelity({ output, train, test }: Fidelity, { maxLogitError }: Certificate): string[] {
  const describe = (name: string, on: FidelityOn) =>
    `${name}: same class as the model on ${percent(on.agreement)}; ${output} outputs differ by ${on.meanDifference.toExponential(2)} on average, ${on.largestDifference.toPrecision(3)} at most, correlation ${on.correlation.toFixed(5)}`;
  return [
    describe('train', train),
    ...(test ? [describe('test', test)] : []),
    `${output === 'relu' ? 'rectified logits' : 'logits'} differ from the model's by up to ${train.largestLogitDifference.toPrecision(3)} because of lambda, and logits from their representer sums by up to ${maxLogitError.toPrecision(3)}`,
    'this fit explains the model; it ranks no labels, which do not enter it',
  ];
}

export interface RankOptions {
  method: RankingMethod;
  top?: number;
  bakeOff?: boolean;
}

export async function rank(session: Session, project: string, options: RankOptions): Promise<Answer> {
  const { method, top } = options;
  await session.open(project);
  if (options.bakeOff) return describeBakeOff(await session.run<BakeOff>({ kind: 'rank', params: { bakeOff: true } }));
  const names = new Map((await session.call('classes.list', {})).map(({ id, name }) => [id, name]));
  requireDistinct([method], names.size);
  // Those two every fit comes with; the learned one is to know of every decision.
  if (method !== 'suspicion' && method !== 'importance')
    await session.run({ kind: 'rank', params: { methods: [method] } });
  const ranked = await readQueue(session, { method }, top);
  const rows = ranked.map((row) => ({
    path: row.path,
    given: names.get(row.givenClassId)!,
    suggested: names.get(row.suggestedClassId)!,
    probability: row.probability,
    second: row.secondClassId === null ? null : names.get(row.secondClassId)!,
    score: row.score,
    importance: row.importance,
  }));
  const learned = await session.call('queue.learned', {});
  const { decided, open, hitRate, hitRateBefore } = await session.call('reviews.progress', {});
  const review = { decided, open, hitRate, hitRateBefore };
  return {
    json: { method, rows, learned, review },
    lines: [
      ...toTable(
        ['rank', 'path', 'given', 'suggested', 'importance'],
        rows.map((row, index) => [
          String(index + 1),
          row.path,
          row.given,
          row.suggested,
          row.importance?.toPrecision(4) ?? '–',
        ]),
      ),
      ...describeRest(learned, review),
    ],
  };
}

/** Whether to go on: what the last decisions found, and what is to be expected of the next in the learned order. */
export function describeRest(
  { verdicts, estimate, gain }: QueueLearning,
  { decided, open, hitRate, hitRateBefore }: Pick<ReviewProgress, 'decided' | 'open' | 'hitRate' | 'hitRateBefore'>,
): string[] {
  const about = (value: number, [low, high]: [number, number], digits = 0) =>
    `about ${value.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
  const changed = hitRate === null ? '' : `; ${percent(hitRate)} of your last 50 decisions changed the label`;
  const before = hitRateBefore === null ? '' : `, ${percent(hitRateBefore)} of the 50 before`;
  const lines = [`${decided} decided, ${open} open${changed}${before}`];
  if (open === 0) return lines;
  if (!estimate) {
    const { verdicts: fewest, ofEach } = fewestToEstimate;
    return [
      ...lines,
      `how many wrong labels are left is said after ${fewest} verdicts, with at least ${ofEach} labels kept and ${ofEach} found wrong`,
    ];
  }
  const ahead = Math.min(reviewsAhead, open);
  const { value, interval } = estimate.next;
  const [next, low, high] = [value, ...interval].map((count) => Math.min(count, ahead)) as [number, number, number];
  return [
    ...lines,
    `after ${verdicts} verdicts ${about(estimate.left.value, estimate.left.interval)} wrong labels were left`,
    `in the learned order the next ${ahead} should hold ${about(next, [low, high])}`,
    gain
      ? `at the rate so far the next ${reviewsAhead} gain ${about(gain.value * 100, gain.interval.map((share) => share * 100) as [number, number], 2)} points of test accuracy`
      : 'what that gains cannot be told yet: it takes two runs with 20 changed labels between',
  ];
}

function describeBakeOff(result: BakeOff): Answer {
  const { reviewed, wrong, fewest, checked, methods } = result;
  const counts = `${reviewed} images reviewed, ${wrong} wrong labels confirmed`;
  if (!methods)
    return {
      json: result,
      lines: [counts, `cannot know yet: it needs ${fewest} confirmed wrong labels and ${fewest} that were kept`],
    };
  return {
    json: result,
    lines: [
      counts,
      ...toTable(
        ['ranking', 'AP', ...checked.map((share) => `found at ${percent(share)}`)],
        methods.map(({ method, averagePrecision, found }) => [
          method,
          averagePrecision.toFixed(3),
          ...found.map((share) => share.toFixed(3)),
        ]),
      ),
      'only reviewed images count, and the order in use chose most of them: what another would have found elsewhere is not known',
    ],
  };
}

export async function retrain(session: Session, project: string): Promise<Answer> {
  await session.open(project);
  const result = await session.run<RetrainResult>({ kind: 'retrain', params: {} });
  const { before, after, pairedTest } = result;
  return {
    json: result,
    lines: [
      `test accuracy before ${describeAccuracy(before)}`,
      `test accuracy after  ${describeAccuracy(after)}`,
      `${pairedTest.turnedRight} test images turned right, ${pairedTest.turnedWrong} wrong (McNemar exact p = ${pairedTest.pValue.toPrecision(3)})`,
      `${result.changedLabels} labels changed of ${after.decisions} decided; ${result.seconds.toFixed(2)} s`,
    ],
  };
}
