import type { FitResult, RetrainResult } from '../../core/fits.ts';
import type { Certificate, Fidelity, FidelityOn, FitTarget, ModelOutput } from '../../../shared/fit.ts';
import type { BakeOff, RankingMethod } from '../../../shared/ranking.ts';
import type { Answer } from '../program.ts';
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
  const { certificate, fidelity } = result;
  return {
    json: result,
    lines: [
      `lambda ${result.lambda} (${result.lambdaChosen}), features ${featureScale}, objective ${result.objective}`,
      `${result.iterations} iterations, ${result.passes} passes, ${result.seconds.toFixed(2)} s`,
      `certificate: largest logit error ${certificate.maxLogitError.toExponential(2)} = ${smallPercent(certificate.maxLogitError / certificate.logitRms)} of the RMS logit ${certificate.logitRms.toFixed(3)}; gradient norm ${certificate.gradientNorm.toExponential(2)}, duality gap ${certificate.dualityGap.toExponential(2)}`,
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
  return {
    json: { method, rows },
    lines: toTable(
      ['rank', 'path', 'given', 'suggested', 'importance'],
      rows.map((row, index) => [
        String(index + 1),
        row.path,
        row.given,
        row.suggested,
        row.importance?.toPrecision(4) ?? '–',
      ]),
    ),
  };
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
