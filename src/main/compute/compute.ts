// Everything that compute answers.
import type { ComputeCalls, ComputeEvents } from '../../shared/compute-contract.ts';
import { tell } from '../../shared/told.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { drawPicture } from './draw-picture.ts';
import { Extractor } from './extract.ts';
import { checkProviders } from './check-providers.ts';
import { exportModel } from './export-model.ts';
import { inspectModel } from './inspect-model.ts';
import { measureImages } from './measure.ts';
import { openModel } from './open-model.ts';
import { shrinkPicture } from './shrink.ts';
import { createRanking } from './ranking/ranking.ts';
import { createRepresenter } from './representer/representer.ts';

/**
 * The handlers of one compute process; `report` is told how far a long call has come, `sent` resolves when all that was
 * answered so far has left the process.
 */
export function createCompute(
  report: (progress: ComputeEvents['progress']) => void,
  sent: () => Promise<void> = () => Promise.resolve(),
): Handlers<ComputeCalls> {
  const ranking = createRanking(report);
  return {
    ...createModelCalls(report, sent),
    'picture.shrink': async (request) => {
      await shrinkPicture(request);
      return null;
    },
    'picture.draw': async ({ svg, out }) => {
      await drawPicture(svg, out);
      return null;
    },
    ...createRepresenter(report, ranking.open),
    ...ranking.calls,
    'images.measure': ({ paths }, { signal }) => measureImages(paths, signal),
    'sample.draw': async ({ folder }, { signal }) => {
      // Wanted once or never, so it is loaded when it is.
      const { drawSample } = await import('./sample/draw.ts');
      await drawSample(folder, report, signal);
      return null;
    },
  };
}

function createModelCalls(
  report: (progress: ComputeEvents['progress']) => void,
  sent: () => Promise<void>,
): Handlers<Pick<ComputeCalls, 'model.inspect' | 'providers.check' | 'model.open' | 'model.extract' | 'model.export'>> {
  let extractor: Extractor | undefined;
  /** One model is opened after the other, so that none is left behind unfreed. */
  let opening: Promise<unknown> = Promise.resolve();

  async function open(params: ComputeCalls['model.open']['params']): Promise<ComputeCalls['model.open']['result']> {
    await extractor?.close();
    extractor = undefined;
    const model = await openModel(params);
    extractor = new Extractor(model, (done) => report({ done, total: null, stage: 'extracting' }), sent);
    return { provider: model.provider, batch: model.batch, providersTried: model.providersTried };
  }

  return {
    'model.inspect': ({ path, choice, pictures, output }) => inspectModel(path, choice, pictures, output),
    'providers.check': () => checkProviders(),
    'model.export': (request, { signal }) => exportModel(request, signal),
    'model.open': (params) => {
      const opened = opening.then(() => open(params));
      opening = opened.catch(() => undefined);
      return opened;
    },
    'model.extract': ({ paths }, { signal }) => {
      if (!extractor) throw tell('bad-request', 'model-not-open', {});
      return extractor.extract(paths, signal);
    },
  };
}
