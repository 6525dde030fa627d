import { basename, dirname, resolve } from 'node:path';
import type { ModelExportResult } from '../../core/export-model.ts';
import type { PaceExportResult } from '../../core/export-pace.ts';
import type { ExportResult } from '../../core/export.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';

export async function decide(
  session: Session,
  project: string,
  { from, reviewer }: { from: string; reviewer?: string },
): Promise<Answer> {
  await session.open(project);
  return decideFrom(session, 'reviews.decideFromFile', from, reviewer);
}

/** Applies a file of verdicts in the name of a reviewer, who is afterwards the one who was before. */
export async function decideFrom(
  session: Session,
  call: 'reviews.decideFromFile' | 'testLabels.decideFromFile',
  from: string,
  reviewer?: string,
): Promise<Answer> {
  const { reviewer: usual } = await session.call('app.describe', {});
  if (reviewer !== undefined) await session.call('app.setReviewer', { name: reviewer });
  try {
    const result = await session.call(call, { file: await session.place(from) });
    return {
      json: result,
      lines: [
        `${result.applied} decisions applied, ${result.rejected.length} rejected`,
        ...result.rejected.map(({ line, reason }) => `line ${line}: ${reason}`),
      ],
    };
  } finally {
    if (reviewer !== undefined) await session.call('app.setReviewer', { name: usual });
  }
}

export interface ExportOptions {
  format: 'csv' | 'onnx' | 'test-labels' | 'pace';
  out: string;
}

export async function exportProject(
  session: Session,
  project: string,
  { format, out }: ExportOptions,
): Promise<Answer> {
  await session.open(project);
  const folder = await session.place(dirname(resolve(out)));
  const request = { kind: 'export', params: { format, folder, name: basename(out) } } as const;
  if (format === 'pace') {
    const result = await session.run<PaceExportResult>(request);
    return { json: result, lines: [`the pace of ${result.reviewer} written to ${result.written}`] };
  }
  if (format !== 'onnx') {
    const result = await session.run<ExportResult>(request);
    return { json: result, lines: [`${result.changed} changed labels written to ${result.written}`] };
  }
  const result = await session.run<ModelExportResult>(request);
  return {
    json: result,
    lines: [
      `the model with the head fitted at lambda ${result.lambda} for ${result.classes} classes written to ${result.written}`,
      `checked on ${result.checked} images: logits differ by ${result.difference.toExponential(1)} of the largest at most`,
      ...result.copied.map((name) => `copied beside it: ${name}`),
      ...result.notes,
    ],
  };
}
