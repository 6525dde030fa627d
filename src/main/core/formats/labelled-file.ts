import type { Problem, Split } from '../../../shared/labels.ts';

/** One image as a label source has it. */
export interface LabelledFile {
  /** Relative to the images folder, with `/`, written as the file's name is on the disk. */
  path: string;
  label: string;
  /** null where the source names none. */
  split: Split | null;
  /** Its data record in the label file, counted from 1; null for folders. */
  record: number | null;
}

/** What a format reads: images one by one, and in between what could not be taken as one. */
export type LabelledFiles = AsyncGenerator<LabelledFile | Problem>;
