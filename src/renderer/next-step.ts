// The one thing to do next in a project: the primary button of the overview.
import type { JobKind } from '../shared/jobs.ts';
import type { ProjectOverview } from '../shared/project.ts';

export type NextStep = 'wait' | 'import' | 'model' | 'extract' | 'fit' | 'review';

/** What is missing first on the way from images to a queue; `isBusy` says whether a job of that kind is under way. */
export function chooseNextStep({ images, model, fit }: ProjectOverview, isBusy: (kind: JobKind) => boolean): NextStep {
  const isFilling = isBusy('sample') || isBusy('import');
  if (isFilling) return 'wait';
  if (images.train === 0) return 'import';
  if (!model) return 'model';
  if (isBusy('extract') || (!fit && isBusy('fit'))) return 'wait';
  if (fit) return 'review';
  return model.extracted < model.extractable ? 'extract' : 'fit';
}
