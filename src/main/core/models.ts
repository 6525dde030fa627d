// Choosing the project's model: what the ONNX file is, and how pictures become its input.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInspection } from '../../shared/core-contract.ts';
import type { ModelDescription, Preprocessing } from '../../shared/model.ts';
import { sentence } from '../../shared/told.ts';
import type { Store } from '../store/store.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Project } from './project.ts';

export type PreprocessingChoice = { [K in keyof Preprocessing]?: Preprocessing[K] | undefined };

/** A picture to try a model on: its name for the person, and where it is. */
export interface SamplePicture {
  path: string;
  absolute: string;
}

/** Reads the file and lays the person's choice over what was guessed; `output` is the one whose head is used. Throws 'unsupported' or 'unreadable' with a sentence. */
export async function inspectModel(
  compute: ComputeClient,
  path: string,
  choice: PreprocessingChoice = {},
  samples: SamplePicture[] = [],
  output?: string,
): Promise<ModelDescription & { sha256: string }> {
  const pictures = samples.map(({ absolute }) => absolute);
  const description = await compute.call('model.inspect', {
    path,
    choice: definedOnly(choice),
    pictures,
    ...(output === undefined ? {} : { output }),
  });
  if (!description.looks) return description;
  const toPath = (picture: string) => samples.find(({ absolute }) => absolute === picture)?.path ?? picture;
  return { ...description, looks: description.looks.map((look) => ({ ...look, path: toPath(look.path) })) };
}

/** What a person judges the preprocessing by: the first, the middle one and the last. */
export const chooseSamples = <T>(images: readonly T[]): T[] =>
  [...new Set([0, images.length >> 1, images.length - 1])].flatMap((place) => images.slice(place, place + 1));

/** Of the images that can be read; none where no project is open or it has none yet. */
export function sampleImages(project: Project | undefined): SamplePicture[] {
  if (!project) return [];
  const { imageRoot, modelId } = project.store.project.read();
  if (imageRoot === null) return [];
  const images = project.store.images.withFeatures(modelId ?? 0);
  return chooseSamples(images).map(({ path }) => ({ path, absolute: join(imageRoot, path) }));
}

export const toInspection = ({
  sha256: _,
  ...description
}: ModelDescription & { sha256: string }): ModelInspection => ({
  description,
});

/** Makes the file the project's model; features of an earlier one stay and are not used. */
export async function setModel(
  project: Project,
  compute: ComputeClient,
  path: string,
  choice?: PreprocessingChoice,
  output?: string,
): Promise<ModelDescription> {
  const { store } = project;
  const realPath = await realpath(path);
  const { sha256, ...inspected } = await inspectModel(compute, realPath, choice, sampleImages(project), output);
  const description = withoutPictures(inspected);
  store.transaction(() => store.project.setModel(store.models.add(realPath, sha256, description)));
  return description;
}

/** As it is kept: pictures are in the images folder. */
const withoutPictures = ({ looks, ...description }: ModelDescription): ModelDescription =>
  looks ? { ...description, looks: looks.map(({ picture: _, ...look }) => look) } : description;

/** What is to be said of features that come from several providers, in one sentence; none where they come from one. */
export function noteProviders(store: Store, modelId: number): string[] {
  const providers = store.features.providers(modelId);
  return providers.length > 1 ? [sentence('about.providers', { providers: providers.join(', ') })] : [];
}

const definedOnly = (choice: PreprocessingChoice): Partial<Preprocessing> =>
  Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
