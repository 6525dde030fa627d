import type { ExtractResult } from '../../core/extraction.ts';
import type { Preprocessing, Provider } from '../../../shared/domain.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';

export interface ModelOptions {
  onnx: string;
  size?: number;
  shortestSide?: number;
  mean?: number[];
  std?: number[];
  range?: Preprocessing['range'];
  channels?: Preprocessing['channels'];
}

export async function setModel(session: Session, project: string, options: ModelOptions): Promise<Answer> {
  const { size, shortestSide, mean, std, range, channels } = options;
  await session.open(project);
  const overview = await session.call('models.set', {
    file: await session.place(options.onnx),
    preprocessing: { width: size, height: size, shortestSide, mean, std, range, channels },
  });
  const { input, head, preprocessing, notes, looks = [] } = overview.model!.description;
  return {
    json: { input, head, preprocessing, notes, looks },
    lines: [
      `input ${input.name}: ${input.layout}, ${input.element}, ${preprocessing.width} x ${preprocessing.height} (${preprocessing.shortestSide === null ? 'stretched' : `centre of a picture with a shortest side of ${preprocessing.shortestSide}`}), ${preprocessing.channels}`,
      `pixels ${preprocessing.range}, mean ${preprocessing.mean.join(' ')}, std ${preprocessing.std.join(' ')}`,
      head.kind === 'none'
        ? `no head: ${head.dimensions} values of "${head.features}" are the features`
        : `head ${head.kind}: ${head.dimensions} features -> ${head.classes} classes${head.exact ? '' : ' (not exact)'}`,
      ...looks.map(
        ({ path, classIndex, probability }) =>
          `the model's own first class for ${path}: number ${classIndex}, ${(probability * 100).toFixed(0)} %`,
      ),
      ...notes,
    ],
  };
}

export interface ExtractOptions {
  provider: 'auto' | Provider;
  batch?: number;
}

export async function extract(session: Session, project: string, options: ExtractOptions): Promise<Answer> {
  const { provider, batch } = options;
  await session.open(project);
  const result = await session.run<ExtractResult>({ kind: 'extract', params: { provider, batch } });
  return {
    json: result,
    lines: [
      `features of ${result.done} images on ${result.provider}, ${result.batch} at a time, ${result.imagesPerSecond} images a second`,
      ...(result.skipped > 0 ? [`${result.skipped} images had theirs already`] : []),
      ...result.providersTried.map(({ name, reason }) => `${name} was not used: ${reason}`),
      ...result.failed.map(({ path, reason }) => `${path}: ${reason}`),
    ],
  };
}
