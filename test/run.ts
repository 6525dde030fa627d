// `npm test`: every level, from the cheapest. All of them run, so that one run tells everything; the last line counts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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

/** Each keeps one core busy and none needs another: as many at a time as there are cores, the longest first. */
const checks: Level[] = [
  { name: 'lint', command: 'eslint . --max-warnings 0' },
  { name: 'format', command: 'prettier --check . --log-level warn' },
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
];
/** One after the other. */
const tests: Level[] = [
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

const waiting = checks.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const level of waiting) await measure(level, 'when done');
  }),
);
for (const level of tests) await measure(level, 'at once');
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${[...summary, ...failures].join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** What levels print that run beside others would be mixed up. */
type Printing = 'at once' | 'when done';

async function measure(level: Level, printing: Printing): Promise<void> {
  const startedAt = Date.now();
  if (printing === 'at once') console.log(`\n== ${level.name}`);
  const counts = level.isVitest ? await runVitest(level.command) : await runOne(level, printing);
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  summary.push(`${counts.failed === 0 ? 'ok    ' : 'FAILED'}  ${level.name} (${seconds} s)`);
}

async function run(command: string, printing: Printing, name: string): Promise<boolean> {
  const isMixed = printing === 'when done';
  const child = spawn(command, { shell: true, stdio: isMixed ? ['ignore', 'pipe', 'pipe'] : 'inherit' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += String(chunk)));
  const [status] = (await once(child, 'close')) as [number | null];
  if (isMixed) console.log(`\n== ${name}\n${printed}`.trimEnd());
  return status === 0;
}

async function runOne({ name, command }: Level, printing: Printing): Promise<Counts> {
  const isGood = await run(command, printing, name);
  return { passed: Number(isGood), failed: Number(!isGood), skipped: 0 };
}

async function runVitest(command: string): Promise<Counts> {
  const report = join(scratch, 'vitest.json');
  rmSync(report, { force: true });
  const isGood = await run(`${command} --reporter=default --reporter=json --outputFile.json=${report}`, 'at once', '');
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
