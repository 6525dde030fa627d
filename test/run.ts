// `npm test`: every level in order, from the cheapest. All of them run, so that one run tells everything; the last line counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What this program reads of Vitest's own JSON report. */
interface Report extends Record<`num${'Passed' | 'Failed' | 'Pending' | 'Todo'}Tests`, number> {
  testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
}

interface Level {
  name: string;
  command: string;
  /** Vitest counts its tests; any other level is one test. */
  isVitest?: boolean;
}

const levels: Level[] = [
  { name: 'format', command: 'prettier --check . --log-level warn' },
  { name: 'lint', command: 'eslint . --max-warnings 0' },
  { name: 'types: shared', command: 'tsc -p src/shared' },
  { name: 'types: main', command: 'tsc -p src/main' },
  { name: 'types: electron', command: 'tsc -p src/main/electron' },
  { name: 'types: preload', command: 'tsc -p src/preload' },
  { name: 'types: build', command: 'tsc -p build' },
  {
    name: 'types: renderer',
    command: 'svelte-check --tsconfig src/renderer/tsconfig.json --fail-on-warnings --output human',
  },
  { name: 'types: test', command: 'tsc -p test' },
  { name: 'build', command: 'electron-vite build' },
  { name: 'bundles', command: 'node build/check-bundles.ts' },
  {
    name: 'unit, room, contract and component tests',
    command: 'vitest run --project node --project component',
    isVitest: true,
  },
  { name: 'end to end, shell and package tests', command: 'vitest run --project e2e', isVitest: true },
];

const scratch = mkdtempSync(join(tmpdir(), 'second-look-test-'));
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];
/** Failed tests by name, said again at the end: the middle of a long log is what gets cut. */
const failures: string[] = [];

for (const level of levels) {
  console.log(`\n== ${level.name}`);
  const startedAt = Date.now();
  const counts = level.isVitest ? runVitest(level.command) : runOne(level.command);
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  summary.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'}  ${level.name} (${seconds} s)`);
}
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${[...summary, ...failures].join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

function run(command: string): boolean {
  return spawnSync(command, { shell: true, stdio: 'inherit' }).status === 0;
}

function runOne(command: string): Counts {
  const isGood = run(command);
  return { passed: Number(isGood), failed: Number(!isGood), skipped: 0 };
}

function runVitest(command: string): Counts {
  const report = join(scratch, 'vitest.json');
  rmSync(report, { force: true });
  const isGood = run(`${command} --reporter=default --reporter=json --outputFile.json=${report}`);
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as Report;
    for (const { fullName, status, failureMessages } of testResults.flatMap((file) => file.assertionResults)) {
      if (status === 'failed') failures.push(`FAILED  ${fullName}\n${failureMessages.join('\n')}`);
    }
    // A file that could not be loaded fails the run without a failed test.
    return {
      passed: numPassedTests,
      failed: isGood ? numFailedTests : Math.max(1, numFailedTests),
      skipped: numPendingTests + numTodoTests,
    };
  } catch {
    // Vitest did not get as far as a report: that is one failure.
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
