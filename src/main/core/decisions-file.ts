// Decisions that were made elsewhere, from a CSV: each row is one decision, all that fit are one group in the history.
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { actions, type Action } from '../../shared/labels.ts';
import type { FileDecisions } from '../../shared/review.ts';
import { AppError } from '../../shared/errors.ts';
import type { Project } from './project.ts';
import type { DecideParams, Reviews } from './reviews.ts';

type Verdict = DecideParams['decisions'][number] | { reason: string };

/** Applies `path,label` or `path,action,label`. Throws 'bad-request' if those columns are missing or the file is no CSV. */
export async function decideFromFile(project: Project, reviews: Reviews, file: string): Promise<FileDecisions> {
  const classIds = new Map(project.store.classes.list().map(({ id, name }) => [name, id]));
  const decisions: DecideParams['decisions'] = [];
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
      const verdict = judge(project, classIds, record);
      if ('reason' in verdict) rejected.push({ line: info.lines, reason: verdict.reason });
      else if (seen.has(verdict.imageId))
        rejected.push({ line: info.lines, reason: `${record.path} is decided on an earlier line.` });
      else {
        seen.add(verdict.imageId);
        decisions.push(verdict);
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
  if (decisions.length > 0) reviews.decide({ decisions });
  return { applied: decisions.length, rejected };
}

function checkHeader(header: string[], file: string): string[] {
  if (!header.includes('path') || !header.includes('label'))
    throw new AppError(
      'bad-request',
      `${file} needs the columns path and label (and, if you like, action); it has ${header.join(', ')}.`,
    );
  return header;
}

function judge({ store }: Project, classIds: Map<string, number>, record: Record<string, string>): Verdict {
  const { path = '', action = 'relabel', label = '' } = record;
  const imageId = store.images.idOfPath(path.replaceAll('\\', '/'));
  if (imageId === undefined) return { reason: `${path} is not an image of this project.` };
  if (store.images.find(imageId)!.split !== 'train') return { reason: `${path} is not in the train split.` };
  if (!isAction(action)) return { reason: `${action} is no action; use ${actions.join(', ')}.` };
  if (action !== 'relabel') return { imageId, action };
  const classId = classIds.get(label);
  return classId === undefined ? { reason: `${label} is not a class of this project.` } : { imageId, action, classId };
}

const isAction = (text: string): text is Action => (actions as readonly string[]).includes(text);
