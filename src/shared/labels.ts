// Images, classes and labels: what a data set consists of.

export const splits = ['train', 'test', 'ignored'] as const;
/** *train* is reviewed, *test* measures, *ignored* is neither. */
export type Split = (typeof splits)[number];

export const actions = ['keep', 'relabel', 'exclude', 'unsure'] as const;
/** A person's verdict on one image. */
export type Action = (typeof actions)[number];

export const reviewStates = ['open', 'kept', 'relabelled', 'excluded', 'unsure'] as const;
/** Where an image stands after the decisions made so far. */
export type ReviewState = (typeof reviewStates)[number];

export const stateAfter: Record<Action, ReviewState> = {
  keep: 'kept',
  relabel: 'relabelled',
  exclude: 'excluded',
  unsure: 'unsure',
};

export interface LabelClass {
  id: number;
  name: string;
}

export interface ClassCount extends LabelClass {
  train: number;
  test: number;
}

/** Something that could not be read or matched: the path and a sentence. */
export interface Problem {
  path: string;
  reason: string;
}

export interface LabelChange {
  imageId: number;
  classId: number | null;
  state: ReviewState;
}
