import type { Split } from '../../../shared/labels.ts';

/** A split as sources name it; what validation images become depends on what else the source has. */
export type NamedSplit = Split | 'validation';

const names: Record<string, NamedSplit> = {
  train: 'train',
  training: 'train',
  test: 'test',
  testing: 'test',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  ignored: 'ignored',
};

/** The split that a folder or a cell names, in upper or lower case; undefined where it is no such name. */
export const readSplitName = (name: string): NamedSplit | undefined => {
  const key = name.toLowerCase();
  return Object.hasOwn(names, key) ? names[key] : undefined;
};

/**
 * [Note: validation images] One split measures. Where a source has test images they do, and its validation images are
 * ignored: a model was mostly chosen by them, so they measure too kindly. Where it has none, validation images are the test.
 */
export const settleSplit = (split: NamedSplit, hasTest: boolean): Split =>
  split !== 'validation' ? split : hasTest ? 'ignored' : 'test';
