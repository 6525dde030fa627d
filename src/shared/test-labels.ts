// Suspicious test labels and duplicates.
import type { Split } from './labels.ts';
import type { Proportion } from './runs.ts';

/** What a person says of a test label. */
export interface TestVerdict {
  action: 'keep' | 'relabel' | 'exclude';
  /** Where relabelled. */
  classId: number | null;
}

export interface TestLabelRow {
  imageId: number;
  path: string;
  contentKey: string;
  givenClassId: number;
  /** The likeliest other class, its probability, and by how much its logit is above that of the given label. */
  suggestedClassId: number;
  probability: number;
  margin: number;
  verdict: TestVerdict | null;
}

/** Test labels under the newest fit; verdicts on them change the corrected accuracy and nothing else. */
export interface TestLabels {
  images: number;
  /** Labels that the fit speaks against. */
  suspicious: number;
  /** Verdicts, and those among them that are against the label. */
  decided: number;
  corrected: number;
  accuracy: Proportion | null;
  correctedAccuracy: Proportion | null;
  /** The most suspicious first. */
  rows: TestLabelRow[];
}

/** The same picture several times: equal files, or nearly equal pictures. */
export interface DuplicateGroup {
  kind: 'exact' | 'near';
  images: { imageId: number; path: string; contentKey: string; split: Split; classId: number | null }[];
  /** Images of the group that are not listed. */
  more: number;
  /** Whether images that are not excluded are in several splits. */
  isAcrossSplits: boolean;
  /** Whether those carry different labels. */
  isContradiction: boolean;
}

export interface DuplicateCounts {
  groups: number;
  images: number;
  acrossSplits: number;
  contradictions: number;
}

export interface Duplicates {
  exact: DuplicateCounts;
  near: DuplicateCounts;
  /** The first 500 of them with up to 20 images each, those across splits before the others. */
  groups: DuplicateGroup[];
}
