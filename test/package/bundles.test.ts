import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findViolations } from '../../build/check-bundles.ts';

let out: string;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'second-look-bundles-'));
  cpSync(join(import.meta.dirname, '../../out'), out, { recursive: true });
});

afterEach(() => rmSync(out, { recursive: true }));

describe('the built bundles', () => {
  it('reach what they may and no more', () => {
    expect(findViolations(out)).toEqual([]);
  });

  it.each([
    ['main/core-process.js', `import 'onnxruntime-node';`, 'onnxruntime-node'],
    ['main/core-process.js', `await import("sharp");`, 'sharp'],
    ['main/cli.js', `createRequire(import.meta.url)('onnxruntime-node');`, 'onnxruntime-node'],
    ['main/compute-process.js', `import Database from "better-sqlite3";`, 'better-sqlite3'],
    ['main/core-process.js', `import { app } from 'electron';`, 'electron'],
    ['main/index.js', `import Database from 'better-sqlite3';`, 'better-sqlite3'],
    ['preload/index.cjs', `require('node:fs');`, 'node:'],
    ['preload/index.cjs', `require("zod");`, 'zod'],
  ])('are caught: %s with %s', (entry, line, name) => {
    appendFileSync(join(out, entry), `\n${line}\n`);
    expect(findViolations(out)).toEqual([`${entry} reaches ${name}.`]);
  });

  it('are caught through a chunk', () => {
    writeFileSync(join(out, 'main', 'planted.js'), `export const load = () => import('onnxruntime-node');`);
    appendFileSync(join(out, 'main/core-process.js'), `\nexport { load } from "./planted.js";\n`);
    expect(findViolations(out)).toEqual(['main/core-process.js reaches onnxruntime-node.']);
  });

  it('are caught on the page', () => {
    const script = readdirSync(join(out, 'renderer/assets')).find((name) => name.endsWith('.js'))!;
    appendFileSync(join(out, 'renderer/assets', script), `\nimport 'electron';\n`);
    // Other scripts of the page may import the one it is planted in, and reach what it reaches.
    expect(findViolations(out)).toContain(`renderer/assets/${script} reaches electron.`);
  });

  it('are missed when they were not built', () => {
    rmSync(join(out, 'preload'), { recursive: true });
    expect(findViolations(out)).toEqual(['preload/*.cjs was not built.']);
  });
});
