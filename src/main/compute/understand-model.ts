// What can be known of a model from its file alone.
import type { ModelInput, Preprocessing } from '../../shared/domain.ts';
import { findHead, type HeadSearch } from './graph/find-head.ts';
import { findInput, findOwnScaling } from './graph/find-input.ts';
import type { ModelFile } from './graph/model-file.ts';
import { choosePreprocessing } from './preprocessing.ts';

export interface UnderstoodModel {
  input: ModelInput;
  search: HeadSearch;
  preprocessing: Preprocessing;
  /** Sentences for the person: what was guessed. */
  notes: string[];
}

/**
 * Finds the input and what may be the head, and settles the preprocessing; `choice` is laid over what is guessed of it.
 * Throws 'unsupported' for a model that cannot be used and 'bad-request' for a choice that does not fit it.
 */
export function understandModel(file: ModelFile, choice: Partial<Preprocessing>): UnderstoodModel {
  const { graph, name } = file;
  const input = findInput(graph, name);
  const search = findHead(graph, name);
  const { preprocessing, notes } = choosePreprocessing(input, findOwnScaling(file, input), choice);
  return { input, search, preprocessing, notes };
}
