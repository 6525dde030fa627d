// Choosing the project's model: what the ONNX file is, and how pictures become its input.
import { realpath } from 'node:fs/promises';
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
): Promise<ModelDescription & { sha256: string }> {
  return compute.call('model.inspect', { path, choice: definedOnly(choice) });
}

export const toInspection = ({
  sha256: _,
  ...description
}: ModelDescription & { sha256: string }): ModelInspection => ({
  description,
});

/** Makes the file the project's model; features of an earlier one stay and are not used. */
export async function setModel(
  { store }: Project,
  compute: ComputeClient,
  path: string,
  choice?: PreprocessingChoice,
): Promise<ModelDescription> {
  const realPath = await realpath(path);
  const { sha256, ...description } = await inspectModel(compute, realPath, choice);
  store.transaction(() => store.project.setModel(store.models.add(realPath, sha256, description)));
  return description;
}

const definedOnly = (choice: PreprocessingChoice): Partial<Preprocessing> =>
  Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
