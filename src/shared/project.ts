// A project as a whole, and the places that it is opened from.
import type { FitSummary } from './fit.ts';
import type { ClassCount, Problem, Split } from './labels.ts';
import type { ModelDescription, Provider, ProviderRefusal } from './model.ts';

export interface ProjectModel {
  id: number;
  name: string;
  description: ModelDescription;
  /** Classes of the data set that the model's own head knows. */
  matchedClasses: number;
  /** Images with features, and images that should have them. */
  extracted: number;
  extractable: number;
  /** Images that have features by another model or another preprocessing, which are kept and not used. */
  stale: number;
  provider: Provider | null;
  /** Pictures that the model takes at a time there. */
  batch: number | null;
  providersTried: ProviderRefusal[];
}

export interface ProjectOverview {
  name: string;
  displayPath: string;
  images: Record<Split, number>;
  classes: ClassCount[];
  /** The first of them; `problemCount` has all. */
  problems: Problem[];
  problemCount: number;
  /** Format of the label source, or null before an import. */
  source: 'folders' | 'csv' | null;
  model: ProjectModel | null;
  /** The newest fit of the labels. */
  fit: FitSummary | null;
  /** The newest fit that imitates the given model. */
  modelFit: FitSummary | null;
  /** Grows with every change to the project. */
  revision: number;
}

export interface RecentProject {
  id: string;
  name: string;
  displayPath: string;
  openedAt: number;
}

/** A file or folder that a person chose (`grant`), or something below it (`path`, with `/`; '' is the grant itself). */
export interface Place {
  grant: string;
  path: string;
}

export interface Grant {
  id: string;
  displayPath: string;
  kind: 'file' | 'folder';
}

export interface FolderEntry {
  name: string;
  kind: 'file' | 'folder';
}
