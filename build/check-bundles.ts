// Reads the built bundles: which guarded package can each process load? `node build/check-bundles.ts` fails on a wrong one.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Packages that only some processes may load; `node:` stands for all of Node's own modules. */
const guarded = ['better-sqlite3', 'onnxruntime-node', 'sharp', 'electron', 'ws', 'zod', 'node:'];

/** Entry (or all files of a folder) -> the guarded packages that it may reach, by itself or by what it imports. */
const allowed: Record<string, string[]> = {
  'main/index.js': ['electron', 'zod', 'node:'],
  'main/core-process.js': ['better-sqlite3', 'zod', 'node:'],
  'main/compute-process-electron.js': ['onnxruntime-node', 'sharp', 'zod', 'node:'],
  'main/compute-process.js': ['onnxruntime-node', 'sharp', 'zod', 'node:'],
  'main/decode-worker.js': ['onnxruntime-node', 'sharp', 'zod', 'node:'],
  'main/cli.js': ['better-sqlite3', 'ws', 'zod', 'node:'],
  'preload/*.cjs': ['electron'],
  'renderer/**/*.{js,html}': [],
};

/** One sentence for each guarded package that a bundle reaches and may not, and for each bundle that is missing. */
export function findViolations(outFolder: string): string[] {
  return Object.entries(allowed).flatMap(([pattern, mayReach]) => {
    const entries = globSync(pattern, { cwd: outFolder });
    if (entries.length === 0) return [`${pattern} was not built.`];
    return entries.flatMap((entry) => {
      const reached = [...findReachable(outFolder, entry)].flatMap((file) => findPackages(join(outFolder, file)));
      const wrong = new Set(reached.filter((name) => !mayReach.includes(name)));
      return [...wrong].map((name) => `${entry} reaches ${name}.`);
    });
  });
}

/** The entry and every file of ours that it imports, at once or later. */
function findReachable(outFolder: string, entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = readFileSync(join(outFolder, entry), 'utf8');
  for (const [, specifier] of text.matchAll(/\b(?:from|import|require)\b\s*\(?\s*["'`](\.[^"'`]+)["'`]/g)) {
    const file = normalize(join(dirname(entry), specifier!));
    // A comment of a bundled library may name a file of its own, which was never written.
    if (existsSync(join(outFolder, file))) findReachable(outFolder, file, found);
  }
  return found;
}

/** Guarded packages that a file imports, or names as the one argument of a call, as each way of requiring does. */
function findPackages(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return guarded.filter((name) => {
    const quoted = `["'\`]${name}${name.endsWith(':') ? '[\\w/]+' : '(?:/[^"\'`]*)?'}["'\`]`;
    return new RegExp(`\\b(?:from|import)\\s*${quoted}|\\(\\s*${quoted}\\s*\\)`).test(text);
  });
}

if (import.meta.main) {
  const violations = findViolations(join(import.meta.dirname, '../out'));
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
