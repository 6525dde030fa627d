// What a reviewer sees of an image and of the work.
import type { Action, LabelChange, ReviewState, Split } from './labels.ts';

/** One line of what has happened to an image; notes are lines too. */
export interface HistoryEntry {
  at: number;
  reviewer: string;
  action: Action | 'undo' | 'redo' | 'note';
  /** Label before and after; null for no class. */
  from: number | null;
  to: number | null;
  /** Where in which ranking the reviewer saw it. */
  seen: { method: string; rank: number } | null;
  /** Images that were decided with the same key. */
  images: number;
  /** The text of a note. */
  text: string | null;
}

export interface ImageCard {
  imageId: number;
  contentKey: string;
  path: string;
  split: Split;
  width: number;
  height: number;
  givenClassId: number;
  classId: number | null;
  state: ReviewState;
  suggestedClassId: number;
  /** Logit and probability of each class, in order of class id. */
  logits: number[];
  probabilities: number[];
  /** Place in the order asked for; null for an image that is not in the fit. */
  rank: number | null;
  rankedCount: number;
  /** abs(alpha) of the given label; null for an image that is not in the fit. */
  importance: number | null;
  /** Share of the ranked images whose importance is lower, 0 to 1. */
  importanceQuantile: number | null;
  /** The newest note; '' where there is none. */
  note: string;
}

export interface ReviewProgress {
  /** Train images with any decision, and those with none. */
  decided: number;
  open: number;
  relabelled: number;
  /** Share of the last 50 decisions that changed the label; null before the first. */
  hitRate: number | null;
  /** The same of the 50 before those; null where there are none. */
  hitRateBefore: number | null;
  /** Decisions an hour over the last ten minutes of work; null before the tenth. */
  pacePerHour: number | null;
  /** Median time of the last 50 decisions; null before the first. */
  secondsPerDecision: number | null;
  canUndo: boolean;
  canRedo: boolean;
}

export interface ReviewAnswer {
  changed: LabelChange[];
  progress: ReviewProgress;
}

/** What became of a file of decisions. Lines are counted from 1, the header included. */
export interface FileDecisions {
  applied: number;
  rejected: { line: number; reason: string }[];
}
