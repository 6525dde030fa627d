// What core and compute say in words that the screen says in its own language: the stages of jobs, and the failures that a
// reviewer meets. The command line prints the English that stands here.
import { AppError, type ErrorCode } from './errors.ts';

export const told = {
  'stage.loading-features': 'Loading the features',
  'stage.reading-labels': 'Reading the labels',
  'stage.reading-images': 'Reading the images',
  'stage.drawing-sample': 'Drawing the sample',
  'stage.drawing-pictures': 'Drawing the pictures',
  'stage.training-model': 'Training the model',
  'stage.opening-model': 'Opening the model',
  'stage.extracting': 'Extracting features',
  'stage.preparing-fit': 'Preparing the fit',
  'stage.choosing-lambda': 'Choosing lambda',
  'stage.fitting': 'Fitting the head',
  'stage.fitting-again': 'Fitting the head again',
  'stage.measuring-fit': 'Measuring the fit',
  'stage.comparing-record': 'Comparing it with the record',
  'stage.comparing-model': 'Comparing the fit with the model',
  'stage.ranking': 'Ranking the images',
  'stage.preparing-left-out': 'Preparing to leave images out',
  'stage.measuring-curvature': 'Measuring the curvature',
  'stage.inverting-curvature': 'Inverting the curvature',
  'stage.leaving-out': 'Leaving each image out',
  'stage.comparing-rankings': 'Comparing the rankings',
  'stage.reading-pixels': 'Reading pixels',
  'stage.comparing-features': 'Comparing features',
  'stage.comparing-pictures': 'Comparing pictures',
  'stage.along-decisions': 'Fitting along the decisions',
  'stage.all-true': 'Fitting with all labels true',
  'stage.random-orders': 'Fitting along random orders',
  'stage.measuring-runs': 'Measuring the runs',
  'stage.writing-report': 'Writing the report',
  'stage.writing-labels': 'Writing the labels',
  'stage.writing-model': 'Writing and checking the model',

  'error.lost': 'The connection to Second Look was lost. It is being opened again.',
  'error.bug': 'Something went wrong inside Second Look. The log has it under {{reference}}.',
  'error.compute-ended':
    'The compute process ended unexpectedly ({{why}}). What was saved is kept; start it again to go on.',
  'error.no-project': 'No project is open. Open one, or make a new one.',
  'error.project-gone': '{{path}} is not there any more. It may have been moved or deleted.',
  'error.not-a-project': '{{path}} is not a Second Look project.',
  'error.newer-project': '{{path}} was saved by a newer version of Second Look. Update this one to open it.',
  'error.in-use': '{{path}} is open in another window or program. Close it there and try again.',
  'error.disk-full':
    'The disk that holds {{path}} is full. Free some space and try again; nothing that was saved is lost.',
  'error.not-writable': '{{path}} cannot be written. Check that its folder exists and that you may write there.',
  'error.damaged':
    '{{path}} is damaged or is not a Second Look project. If a file named like it with ".backup" lies beside it, open that one.',
  'error.disk-failed':
    '{{path}} could not be read or written; the disk or network share reported an error. Check it and try again.',
  'error.no-model': 'This project has no model yet. Choose its ONNX file first.',
  'error.no-features': 'Not all images have features yet. Run the extraction (it resumes where it stopped) first.',
  'error.no-fit': 'There is no fit yet. Fit the head first.',
  'error.no-ranking': 'There is no ranking yet. Fit the head first.',
  'error.not-train': '{{path}} is not in the train split, and only train images are reviewed.',
  'error.decided-since':
    "Image {{image}} has been decided again since by somebody else, so this can't be taken back. Decide it anew instead.",
} as const;

type Told = typeof told;
type Named<Kind extends string> = keyof Told extends infer Key
  ? Key extends `${Kind}.${infer Name}`
    ? Name
    : never
  : never;

/** What a job is doing now. */
export type Stage = Named<'stage'>;
export type ToldError = Named<'error'>;

/** The places of a text, each written `{{name}}`. */
export type Places<Text extends string> = Text extends `${string}{{${infer Place}}}${infer Rest}`
  ? Place | Places<Rest>
  : never;

/** An expected failure in words that every language of the screen has; `places` are those of its sentence. */
export function tell<Name extends ToldError>(
  code: ErrorCode,
  name: Name,
  places: Record<Places<Told[`error.${Name}`]>, string>,
  options: { detail?: AppError['detail']; cause?: unknown } = {},
): AppError {
  const sentence = Object.entries<string>(places).reduce<string>(
    (text, [place, value]) => text.replace(`{{${place}}}`, () => value),
    told[`error.${name}`],
  );
  return new AppError(code, sentence, { cause: options.cause, detail: { ...options.detail, ...places, told: name } });
}

/** The key of what was told, and its places; undefined where an error has only its English sentence. */
export function toldBy({ detail }: AppError): { key: keyof Told; places: Record<string, string> } | undefined {
  const key = `error.${String(detail?.['told'])}`;
  if (!Object.hasOwn(told, key)) return undefined;
  const places: Record<string, string> = {};
  for (const [place, value] of Object.entries(detail!)) places[place] = String(value);
  return { key: key as keyof Told, places };
}
