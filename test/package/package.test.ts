// Packages the built app around a stub of Electron, which needs no network, and looks at what came out.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPackageWithOptions, extractAll } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProblems, findWrongFuses } from '../../build/check-package.ts';

const repositoryRoot = join(import.meta.dirname, '../..');
const isHere = process.platform === 'linux';
const reason = isHere ? '' : ` (skipped: the stub of Electron is laid out for Linux, this is ${process.platform})`;
if (!isHere) console.log(`package test${reason}`);

/** What electron-builder asks of Electron on Linux: an executable that carries a fuse wire, all fuses as shipped. */
function writeElectronStub(folder: string): void {
  mkdirSync(folder);
  const sentinel = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX');
  const [version, wire] = [1, Buffer.from('10110010')];
  const executable = Buffer.concat([sentinel, Buffer.from([version, wire.length]), wire]);
  writeFileSync(join(folder, 'electron'), executable, { mode: 0o755 });
}

describe.skipIf(!isHere)(`the package${reason}`, () => {
  let scratch: string;
  let unpacked: string;
  let resources: string;

  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'second-look-package-'));
    const stub = join(scratch, 'electron');
    writeElectronStub(stub);
    const builder = join(repositoryRoot, 'node_modules/electron-builder/cli.js');
    const options = [`-c.electronDist=${stub}`, `-c.directories.output=${join(scratch, 'dist')}`];
    execFileSync(process.execPath, [builder, '--dir', ...options], { cwd: repositoryRoot, stdio: 'pipe' });
    unpacked = join(scratch, 'dist', process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
    resources = join(unpacked, 'resources');
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  it('holds the app, its native modules unpacked, and nothing else', () => {
    expect(findProblems(resources, process)).toEqual([]);
  });

  it('has its fuses set', () => {
    expect(findWrongFuses(join(unpacked, 'second-look'))).toEqual([]);
    expect(findWrongFuses(join(scratch, 'electron', 'electron'))).toContain('The fuse runAsNode is not off.');
  });

  it('fails the check when it is not as it should be', async () => {
    const content = join(scratch, 'content');
    extractAll(join(resources, 'app.asar'), content);
    rmSync(join(content, 'out/main/cli.js'));
    rmSync(join(content, 'node_modules/onnxruntime-common'), { recursive: true });
    mkdirSync(join(content, 'test'));
    writeFileSync(join(content, 'test/anything.js'), '');
    writeFileSync(join(content, 'out/main/index.js.map'), '');
    const foreign = 'node_modules/onnxruntime-node/bin/napi-v6/win32/x64';
    mkdirSync(join(content, foreign), { recursive: true });
    writeFileSync(join(content, foreign, 'onnxruntime.dll'), '');
    const bad = join(scratch, 'bad');
    cpSync(join(resources, 'app.asar.unpacked'), join(bad, 'app.asar.unpacked'), { recursive: true });
    const binding = `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`;
    rmSync(join(bad, 'app.asar.unpacked', binding));
    await createPackageWithOptions(content, join(bad, 'app.asar'), {});

    expect(findProblems(bad, process).sort()).toEqual(
      [
        'out/main/cli.js is missing.',
        'node_modules/onnxruntime-node/ lacks its dependency onnxruntime-common.',
        'test/anything.js does not belong into the package.',
        'out/main/index.js.map does not belong into the package.',
        `${foreign}/onnxruntime.dll is for another system.`,
        `${foreign}/onnxruntime.dll is not unpacked.`,
        `${binding} is not unpacked.`,
      ].sort(),
    );
    expect(findProblems(scratch, process)).toEqual(['app.asar is missing.']);
  });
});
