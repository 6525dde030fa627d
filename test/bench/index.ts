// `npm run bench -- NAME... [--case TEXT] [--json]`: the figures of the product on this machine. All benchmarks when none
// is named; of one that takes long, with `--case`, only the cases whose name holds that text.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bench, Row } from './row.ts';

const benches: Record<string, () => Promise<Bench>> = {
  fit: async () => (await import('./fit.ts')).fitBench,
  explain: async () => (await import('./explain.ts')).explainBench,
  queue: async () => (await import('./queue.ts')).queueBench,
  gain: async () => (await import('./gain.ts')).gainBench,
  extract: async () => (await import('./extract.ts')).extractBench,
  review: async () => (await import('./review.ts')).reviewBench,
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, case: { type: 'string' } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark named ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const [processor] = cpus();
const machine = `${cpus().length} x ${processor?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;

for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const bench = await benches[name]!();
  const rows = await bench.run((sentence) => console.error(`${name}: ${sentence}`), values.case ?? '');
  if (values.json) console.log(JSON.stringify({ name, machine, rows }));
  else printTable(name, rows);
}

function printTable(name: string, rows: Row[]): void {
  console.log(`\n${name} (${machine})`);
  const cells = rows.map((row) => [
    row.case,
    row.skipped ? `skipped: ${row.skipped}` : `${format(row.ours, row.digits)} ${row.unit}`,
    row.other === undefined ? '' : `${row.otherName ?? 'other'}: ${format(row.other, row.digits)} ${row.unit}`,
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}x`,
    row.limit ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((at) => Math.max(...cells.map((line) => line[at]!.length)));
  for (const line of cells)
    console.log(`  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}

function format(value: number | null, digits = 4): string {
  if (value === null) return '-';
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(digits)));
}
