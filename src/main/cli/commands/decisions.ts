import { basename, dirname, resolve } from 'node:path';
import type { ExportResult } from '../../core/export.ts';
import type { Answer } from '../program.ts';
import type { Session } from '../session.ts';

export async function decide(
  session: Session,
  project: string,
  { from, reviewer }: { from: string; reviewer?: string },
): Promise<Answer> {
  await session.open(project);
  const { reviewer: usual } = await session.call('app.describe', {});
  if (reviewer !== undefined) await session.call('app.setReviewer', { name: reviewer });
  try {
    const result = await session.call('reviews.decideFromFile', { file: await session.place(from) });
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
  format: 'csv';
  out: string;
}

export async function exportLabels(session: Session, project: string, { format, out }: ExportOptions): Promise<Answer> {
  await session.open(project);
  const folder = await session.place(dirname(resolve(out)));
  const result = await session.run<ExportResult>({ kind: 'export', params: { format, folder, name: basename(out) } });
  return { json: result, lines: [`${result.changed} changed labels written to ${result.written}`] };
}
