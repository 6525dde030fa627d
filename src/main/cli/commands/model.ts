import { readFile } from 'node:fs/promises';
import type { ExtractResult } from '../../core/extraction.ts';
import type { ClassMatch, Preprocessing, Provider } from '../../../shared/model.ts';
import { AppError } from '../../../shared/errors.ts';
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
  head?: string;
  /** A file with the names of the model's classes. */
  classes?: string;
}

export async function setModel(session: Session, project: string, options: ModelOptions): Promise<Answer> {
  const { size, shortestSide, mean, std, range, channels, head: output } = options;
  await session.open(project);
  const overview = await session.call('models.set', {
    file: await session.place(options.onnx),
    preprocessing: { width: size, height: size, shortestSide, mean, std, range, channels },
    head: output,
  });
  const { extracted, extractable, description } = overview.model!;
  const { input, head, heads, preprocessing, notes, looks = [] } = description;
  const stale = extracted < extractable ? overview.model!.stale : 0;
  const match = await session.call(
    'models.setClasses',
    options.classes === undefined ? {} : { names: await readNames(options.classes) },
  );
  const classes = overview.classes.map(({ name }, at) => ({ name, place: match.places[at] ?? null }));
  const nameOf = (place: number) => match.names?.[place] ?? `number ${place}`;
  return {
    json: {
      input,
      head,
      ...(heads ? { heads } : {}),
      preprocessing,
      notes,
      looks,
      stale,
      classes: { by: match.by, matched: classes },
    },
    lines: [
      `input ${input.name}: ${input.layout}, ${input.element}, ${preprocessing.width} x ${preprocessing.height} (${preprocessing.shortestSide === null ? 'stretched' : `centre of a picture with a shortest side of ${preprocessing.shortestSide}`}), ${preprocessing.channels}`,
      `pixels ${preprocessing.range}, mean ${preprocessing.mean.join(' ')}, std ${preprocessing.std.join(' ')}`,
      head.kind === 'none'
        ? `no head: ${head.dimensions} values of "${head.features}" are the features`
        : `head ${head.kind}: ${head.dimensions} features -> ${head.classes} classes${head.exact ? '' : ' (not exact)'}`,
      ...looks.flatMap(({ path, classIndex, probability }) =>
        classIndex === null || probability === null
          ? []
          : [`the model's own first class for ${path}: ${nameOf(classIndex)}, ${(probability * 100).toFixed(0)} %`],
      ),
      ...describeMatch(overview.classes.length, match),
      ...notes,
      ...(stale > 0
        ? [`the features of ${stale} images are of another model, head or preprocessing: extract anew`]
        : []),
    ],
  };
}

async function readNames(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('unreadable', `${path} cannot be read. Give a text file with a class name a line.`, { cause });
  });
  return text.trimEnd().split(/\r?\n/);
}

function describeMatch(count: number, { places, by, modelClasses }: ClassMatch): string[] {
  if (modelClasses === 0 || count === 0) return [];
  const matched = places.filter((place) => place !== null).length;
  const how = { name: 'by name', order: 'in the same order, for want of names', person: 'as was said' }[by];
  return [
    matched === 0
      ? "none of the data set's classes is one of the model's own: only its features are used"
      : `${matched} of the data set's ${count} classes are the model's own, ${how}`,
  ];
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
      ...result.notes,
      ...result.providersTried.map(({ name, reason }) => `${name} was not used: ${reason}`),
      ...result.failed.map(({ path, reason }) => `${path}: ${reason}`),
    ],
  };
}
