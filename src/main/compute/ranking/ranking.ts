// What compute answers about rankings.
import type { ComputeCalls, ComputeEvents, RankRequest } from '../../../shared/compute-contract.ts';
import type { BakedRanking, RankingMethod } from '../../../shared/ranking.ts';
import { tell } from '../../../shared/told.ts';
import type { Handlers } from '../../../shared/rpc.ts';
import type { FeatureMatrix } from '../representer/feature-matrix.ts';
import { findNearDuplicates } from '../duplicates.ts';
import { Preconditioners } from '../representer/preconditioners.ts';
import { bake } from './bake-off.ts';
import { denoise } from './denoised.ts';
import { runExperiment } from './experiment.ts';
import type { HeadContext } from './heads.ts';
import { beginLearning, learn, type Learner } from './learn.ts';
import { openMethods } from './methods.ts';
import { suggestClasses } from './suggest.ts';

export type RankingCalls = Pick<
  ComputeCalls,
  'rank.run' | 'rank.bakeOff' | 'rank.learn' | 'experiment.run' | 'duplicates.find'
>;

/** The handlers, and `open`, which is told of new features; `report` is told how far a ranking has come. */
export function createRanking(report: (progress: ComputeEvents['progress']) => void): {
  calls: Handlers<RankingCalls>;
  open(matrix: FeatureMatrix): void;
} {
  let features: { matrix: FeatureMatrix; preconditioners: Preconditioners } | undefined;
  /** Where the last step of learning ended, and for what. */
  let last: { key: string; learner: Learner } | undefined;

  function toContext({ rows, classes, lambda, scale }: RankRequest, signal: AbortSignal): HeadContext {
    if (!features) throw tell('bad-request', 'features-not-loaded', {});
    return { ...features, rows, classes, lambda, scale, signal };
  }

  /** One method after another, and how far that has come. */
  async function* scoreEach(
    methods: readonly RankingMethod[],
    scores: ReturnType<typeof openMethods>['scores'],
  ): AsyncGenerator<[RankingMethod, Float64Array]> {
    for (const [done, method] of methods.entries()) {
      report({ done, total: methods.length, stage: 'ranking' });
      yield [method, await scores[method === 'learned' ? 'suspicion' : method]()];
    }
  }

  return {
    open(matrix) {
      features = { matrix, preconditioners: new Preconditioners(matrix) };
      last = undefined;
    },
    calls: {
      'rank.run': async ({ methods, ...request }, { signal }) => {
        const { scores, denoised } = openMethods(toContext(request, signal), request);
        const answer: ComputeCalls['rank.run']['result']['scores'] = {};
        for await (const [method, values] of scoreEach(methods, scores)) answer[method] = values;
        const { denoised: head } = await denoised();
        last = { key: keyOf(request), learner: beginLearning(head) };
        return { scores: answer, ...suggestClasses(head, request.labels, request.classes) };
      },
      'rank.bakeOff': async ({ methods, checked, judged, isWrong, ...request }, { signal }) => {
        const { scores } = openMethods(toContext(request, signal), request);
        const baked: BakedRanking[] = [];
        for await (const [method, values] of scoreEach(methods, scores))
          baked.push(bake(method, values, { judged, isWrong }, checked));
        return baked;
      },
      'duplicates.find': (request, { signal }) => {
        if (!features) throw tell('bad-request', 'features-not-loaded', {});
        return findNearDuplicates(features.matrix, request, report, signal);
      },
      'experiment.run': (request, { signal }) => {
        if (!features && !request.pixels) throw tell('bad-request', 'features-not-loaded', {});
        return runExperiment(request, features?.matrix, report, signal);
      },
      'rank.learn': async ({ judged, isWrong, open, seed, ...request }, { signal }) => {
        const context = toContext(request, signal);
        const learner =
          last?.key === keyOf(request) ? last.learner : beginLearning((await denoise(context, request)).denoised);
        const step = await learn(context, request, { judged, isWrong }, open, learner, seed);
        last = { key: keyOf(request), learner: step.learner };
        return step.order;
      },
    },
  };
}

/** Two requests of one key are about the same images under the same fit; what was decided meanwhile may differ. */
const keyOf = ({ rows, classes, lambda, scale }: RankRequest): string =>
  [rows.length, rows[0], rows.at(-1), classes, lambda, scale].join(' ');
