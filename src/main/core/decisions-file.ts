// Decisions that were made elsewhere, from a CSV: each row is one decision, all that fit are one group in the history.
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { actions, type Split } from '../../shared/labels.ts';
import type { FileDecisions } from '../../shared/review.ts';
import { AppError } from '../../shared/errors.ts';
import type { Project } from './project.ts';
import type { Reviews } from './reviews.ts';
import { decideTestLabel } from './test-labels.ts';

interface Verdict<Action extends string> {
  imageId: number;
  action: Action;
  /** Where relabelled. */
  classId?: number;
}

/** Applies `path,label` or `path,action,label`. Throws 'bad-request' if those columns are missing or the file is no CSV. */
export async function decideFromFile(project: Project, reviews: Reviews, file: string): Promise<FileDecisions> {
  const { verdicts, rejected } = await readVerdicts(project, 'train', actions, file);
  if (verdicts.length > 0) reviews.decide({ decisions: verdicts });
  return { applied: verdicts.length, rejected };
}

const testActions = ['keep', 'relabel', 'exclude', 'open'] as const;

/** The same for test labels, whose verdicts stand apart; `open` takes one back. */
export async function decideTestLabelsFromFile(
  project: Project,
  reviewer: string,
  file: string,
): Promise<FileDecisions> {
  const { verdicts, rejected } = await readVerdicts(project, 'test', testActions, file);
  project.store.transaction(() => verdicts.forEach((verdict) => decideTestLabel(project, reviewer, verdict)));
  return { applied: verdicts.length, rejected };
}

async function readVerdicts<Action extends string>(
  project: Project,
  split: Split,
  known: readonly Action[],
  file: string,
): Promise<{ verdicts: Verdict<Action>[]; rejected: FileDecisions['rejected'] }> {
  const classIds = new Map(project.store.classes.list().map(({ id, name }) => [name, id]));
  const verdicts: Verdict<Action>[] = [];
  const rejected: FileDecisions['rejected'] = [];
  const seen = new Set<number>();

  const parser = createReadStream(file).pipe(
    parse({ bom: true, columns: (header: string[]) => checkHeader(header, file), info: true, skip_empty_lines: true }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      const verdict = judge(project, split, known, classIds, record);
      if ('reason' in verdict) rejected.push({ line: info.lines, reason: verdict.reason });
      else if (seen.has(verdict.imageId))
        rejected.push({ line: info.lines, reason: `${record.path} is decided on an earlier line.` });
      else {
        seen.add(verdict.imageId);
        verdicts.push(verdict);
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      'bad-request',
      `${file} could not be read as CSV: ${(error as Error).message}. Nothing was decided.`,
      { cause: error },
    );
  }
  return { verdicts, rejected };
}

function checkHeader(header: string[], file: string): string[] {
  if (!header.includes('path') || !header.includes('label'))
    throw new AppError(
      'bad-request',
      `${file} needs the columns path and label (and, if you like, action); it has ${header.join(', ')}.`,
    );
  return header;
}

function judge<Action extends string>(
  { store }: Project,
  split: Split,
  known: readonly Action[],
  classIds: Map<string, number>,
  record: Record<string, string>,
): Verdict<Action> | { reason: string } {
  const { path = '', action: named = 'relabel', label = '' } = record;
  const action = known.find((each) => each === named);
  const imageId = store.images.idOfPath(path.replaceAll('\\', '/'));
  if (imageId === undefined) return { reason: `${path} is not an image of this project.` };
  if (store.images.find(imageId)!.split !== split) return { reason: `${path} is not in the ${split} split.` };
  if (action === undefined) return { reason: `${named} is no action; use ${known.join(', ')}.` };
  if (action !== 'relabel') return { imageId, action };
  const classId = classIds.get(label);
  return classId === undefined ? { reason: `${label} is not a class of this project.` } : { imageId, action, classId };
}
