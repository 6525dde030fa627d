// Everything that compute answers. What a call needs is loaded with the first such call.
import type { ComputeCalls, ComputeEvents } from '../../shared/compute-contract.ts';
import { AppError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc.ts';
import { Extractor } from './extract.ts';
import { inspectModel } from './inspect-model.ts';
import { measureImages } from './measure.ts';
import { openModel } from './open-model.ts';

export type Report = (progress: ComputeEvents['progress']) => void;

/** The handlers of one compute process; `report` is told how far a long call has come. */
export function createCompute(report: Report): Handlers<ComputeCalls> {
  return { ...createPictureCalls(), ...createRepresenterCalls(report), ...createSampleCalls(report) };
}

type PictureCalls = Pick<ComputeCalls, 'images.measure' | 'model.inspect' | 'model.open' | 'model.extract'>;

function createPictureCalls(): Handlers<PictureCalls> {
  let extractor: Extractor | undefined;
  /** One model is opened after the other, so that none is left behind unfreed. */
  let opening: Promise<unknown> = Promise.resolve();

  async function open(params: ComputeCalls['model.open']['params']): Promise<ComputeCalls['model.open']['result']> {
    await extractor?.close();
    extractor = undefined;
    const model = await openModel(params);
    extractor = new Extractor(model);
    return { provider: model.provider, providersTried: model.providersTried };
  }

  return {
    'images.measure': ({ paths }, { signal }) => measureImages(paths, signal),
    'model.inspect': ({ path, choice }) => inspectModel(path, choice),
    'model.open': (params) => {
      const opened = opening.then(() => open(params));
      opening = opened.catch(() => undefined);
      return opened;
    },
    'model.extract': ({ paths }, { signal }) => {
      if (!extractor) throw new AppError('bad-request', 'No model is open.');
      return extractor.extract(paths, signal);
    },
  };
}

type RepresenterCalls = Omit<ComputeCalls, keyof PictureCalls | 'sample.draw'>;

function createRepresenterCalls(report: Report): Handlers<RepresenterCalls> {
  let loading: Promise<Handlers<RepresenterCalls>> | undefined;
  const load = () =>
    (loading ??= import('./representer/representer.ts').then(({ createRepresenter }) => createRepresenter(report)));
  return {
    'matrix.open': async (params, context) => (await load())['matrix.open'](params, context),
    'matrix.fill': async (params, context) => (await load())['matrix.fill'](params, context),
    'fit.run': async (params, context) => (await load())['fit.run'](params, context),
    'fit.load': async (params, context) => (await load())['fit.load'](params, context),
    'fit.predict': async (params, context) => (await load())['fit.predict'](params, context),
    'fit.explain': async (params, context) => (await load())['fit.explain'](params, context),
  };
}

const createSampleCalls = (report: Report): Handlers<Pick<ComputeCalls, 'sample.draw'>> => ({
  'sample.draw': async ({ folder }) => {
    const { drawSample } = await import('./sample/draw.ts');
    await drawSample(folder, report);
    return null;
  },
});
