// What can be known of a model from its file alone.
import type { ModelInput, Preprocessing } from '../../shared/model.ts';
import { findHead, type HeadSearch } from './graph/find-head.ts';
import { findInput, findOwnScaling } from './graph/find-input.ts';
import { readPreprocessing } from './graph/metadata.ts';
import type { ModelFile } from './graph/model-file.ts';
import { choosePreprocessing } from './preprocessing.ts';
import { sentence } from '../../shared/told.ts';

export interface UnderstoodModel {
  input: ModelInput;
  search: HeadSearch;
  preprocessing: Preprocessing;
  /** Sentences for the person: what was guessed. */
  notes: string[];
}

/**
 * Finds the input and what may be the head, and settles the preprocessing; `choice` is laid over what the file says of it,
 * and that over what is guessed. With `output`, the head is the one that this output of the model comes from.
 * Throws 'unsupported' for a model that cannot be used and 'bad-request' for a choice that does not fit it.
 */
export function understandModel(file: ModelFile, choice: Partial<Preprocessing>, output?: string): UnderstoodModel {
  const { graph, name } = file;
  const input = findInput(graph, name);
  const search = findHead(graph, name, output);
  const said = readPreprocessing(file.model, input);
  const { preprocessing, notes } = choosePreprocessing(input, findOwnScaling(file, input), { ...said, ...choice });
  const fromFile = Object.keys(said).filter((key) => !(key in choice));
  if (fromFile.length > 0) notes.unshift(sentence('about.from-file', { fields: fromFile.join(', ') }));
  return { input, search, preprocessing, notes };
}
