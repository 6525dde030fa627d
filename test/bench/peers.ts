// Others on the same problem, under Debian's python3-sklearn: solvers (`peer_fit.py`) and folds (`peer_folds.py`).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One try of a solver at one of its tolerances. */
export interface Try {
  solver: string;
  seconds: number;
  /** Largest logit error over the RMS logit; null where all logits were zero. */
  error: number | null;
}

/** Debian's own, which has Debian's scikit-learn, or the one on the path. */
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const fitScript = join(import.meta.dirname, 'peer_fit.py');
const foldsScript = join(import.meta.dirname, 'peer_folds.py');

/** null where scikit-learn can be had, else why not. */
export function whyNoPeers(): string | null {
  const asked = spawnSync(python, ['-c', 'import sklearn'], { encoding: 'utf8' });
  if (asked.status === 0) return null;
  return `no scikit-learn for ${python} (Debian: apt-get install python3-sklearn libopenblas0-pthread)`;
}

/** Tries ever smaller tolerances until the error is within all targets, nothing is gained, or `budget` seconds are over. */
export function runPeer(folder: string, solver: string, dtype: string, targets: number[], budget: number): Try[] {
  const { stdout } = spawnSync(python, [fitScript, folder, solver, dtype, targets.join(), String(budget)], {
    encoding: 'utf8',
    timeout: 2 * budget * 1000,
  });
  const lines = stdout.split('\n').filter((line) => line.endsWith('}'));
  return lines.map((line) => ({ solver: `${solver} ${dtype}`, ...(JSON.parse(line) as Omit<Try, 'solver'>) }));
}

/** Given labels, and the fold (0 to 4) that each row is held out in. */
export interface PeerFolds {
  labels: Int32Array;
  folds: Int32Array;
}

/** scikit-learn's five folds of these labels for each seed; where `isDrawn`, of labels that the seed makes wrong anew. */
export function dealPeerFolds(
  { labels, truth }: { labels: Int32Array; truth: Int32Array },
  seeds: readonly number[],
  isDrawn: boolean,
): PeerFolds[] {
  const input = JSON.stringify({ labels: [...labels], truth: [...truth], seeds, isDrawn });
  const answer = execFileSync(python, [foldsScript], { encoding: 'utf8', input, maxBuffer: 2 ** 28 });
  return answer
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { labels: number[]; folds: number[] })
    .map((dealt) => ({ labels: Int32Array.from(dealt.labels), folds: Int32Array.from(dealt.folds) }));
}
