import type { Job } from '../../shared/jobs.ts';
import { told } from '../../shared/told.ts';

const everyMs = 2_000;
let last = { text: '', at: 0 };

/** One line on stderr: rewritten in place on a terminal, a new one every two seconds elsewhere. */
export function showProgress(job: Job): void {
  const { done, total, stage, perSecond, secondsLeft, endedAt } = job;
  const isTerminal = process.stderr.isTTY;
  if (endedAt !== null) {
    if (isTerminal && last.text !== '') process.stderr.write('\n');
    last = { text: '', at: 0 };
    return;
  }
  const parts = [
    stage === '' ? '' : told[`stage.${stage}`],
    total === null ? '' : `${done} of ${total}`,
    perSecond === null ? '' : `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second`,
    secondsLeft === null ? '' : `${Math.ceil(secondsLeft)} s left`,
  ];
  const text = parts.filter((part) => part !== '').join(', ');
  if (text === '' || text === last.text || (!isTerminal && Date.now() - last.at < everyMs)) return;
  last = { text, at: Date.now() };
  process.stderr.write(isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
}
