// Choosing the project's model: what the ONNX file is, and how pictures become its input.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelInspection } from '../../shared/core-contract.ts';
import type { ModelDescription, Preprocessing } from '../../shared/domain.ts';
import type { ComputeClient } from './compute-client.ts';
import type { Project } from './project.ts';

export type PreprocessingChoice = { [K in keyof Preprocessing]?: Preprocessing[K] | undefined };

/** Reads the file and lays the person's choice over what was guessed. Throws 'unsupported' or 'unreadable' with a sentence. */
export async function inspectModel(
  compute: ComputeClient,
  path: string,
  choice: PreprocessingChoice = {},
  project?: Project,
): Promise<ModelDescription & { sha256: string }> {
  const images = project ? sampleImages(project) : [];
  const pictures = images.map(({ absolute }) => absolute);
  const description = await compute.call('model.inspect', { path, choice: definedOnly(choice), pictures });
  if (!description.looks) return description;
  const toPath = (picture: string) => images.find(({ absolute }) => absolute === picture)?.path ?? picture;
  return { ...description, looks: description.looks.map((look) => ({ ...look, path: toPath(look.path) })) };
}

/** Images that a person judges the preprocessing by: the first, the middle one and the last of those that can be read. */
function sampleImages({ store }: Project): { path: string; absolute: string }[] {
  const { imageRoot, modelId } = store.project.read();
  if (imageRoot === null) return [];
  const images = store.images.withFeatures(modelId ?? 0);
  const places = new Set([0, images.length >> 1, images.length - 1].filter((place) => place in images));
  return [...places].map((place) => ({ path: images[place]!.path, absolute: join(imageRoot, images[place]!.path) }));
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
): Promise<ModelDescription> {
  const { store } = project;
  const realPath = await realpath(path);
  const { sha256, ...description } = await inspectModel(compute, realPath, choice, project);
  store.transaction(() => store.project.setModel(store.models.add(realPath, sha256, description)));
  return description;
}

const definedOnly = (choice: PreprocessingChoice): Partial<Preprocessing> =>
  Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
