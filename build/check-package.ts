// Reads a finished package: is everything in it that the app needs, and nothing else?
// `node build/check-package.ts dist/linux-unpacked` fails on a bad one.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, listPackage, statFile } from '@electron/asar';
import { repositoryRoot } from './ensure-built.ts';

interface Manifest {
  dependencies?: Record<string, string>;
}

/** Which system a package is for. */
export interface Target {
  platform: NodeJS.Platform;
  arch: string;
}

/** One sentence for each thing that is missing in the package's `resources` folder, or should not be there. */
export function findProblems(resourcesFolder: string, { platform, arch }: Target): string[] {
  const archive = join(resourcesFolder, 'app.asar');
  if (!existsSync(archive)) return ['app.asar is missing.'];
  // Names in the listing begin with the system's separator.
  const listed = listPackage(archive, { isPack: false }).map((path) => path.slice(1).replaceAll('\\', '/'));
  const files = new Set(listed.filter((path) => !('files' in statFile(archive, path))));
  const nativeFiles = [...files].filter((path) => /\.(node|dll|dylib|so)(\.[\d.]+)?$/.test(path));

  return [
    ...findMissing(files, platform, arch),
    ...findMissingDependencies(archive, files),
    ...[...files].filter(isOutOfPlace).map((path) => `${path} does not belong into the package.`),
    ...nativeFiles.filter((path) => !isFor(path, platform, arch)).map((path) => `${path} is for another system.`),
    ...nativeFiles
      .filter((path) => !existsSync(join(resourcesFolder, 'app.asar.unpacked', path)))
      .map((path) => `${path} is not unpacked.`),
  ];
}

function findMissing(files: Set<string>, platform: string, arch: string): string[] {
  const built = globSync('out/**/*.*', { cwd: repositoryRoot }).filter((path) => !path.endsWith('.map'));
  const library = { darwin: 'libonnxruntime.*.dylib', win32: 'onnxruntime.dll' }[platform] ?? 'libonnxruntime.so.*';
  const onnxruntime = `node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
  const needed = [
    'package.json',
    ...built.map((path) => path.replaceAll('\\', '/')),
    `node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`,
    `${onnxruntime}/onnxruntime_binding.node`,
    `${onnxruntime}/${library}`,
    `node_modules/@img/sharp-${platform}-${arch}/lib/*.node`,
    // On Windows libvips lies beside the binding.
    ...(platform === 'win32' ? [] : [`node_modules/@img/sharp-libvips-${platform}-${arch}/lib/libvips-cpp.*`]),
  ];
  return needed.filter((path) => !hasMatch(files, path)).map((path) => `${path} is missing.`);
}

/** Every package in the archive, the app included, has its dependencies beside or above it. */
function findMissingDependencies(archive: string, files: Set<string>): string[] {
  const manifests = [...files].filter((path) => /^(.*node_modules\/(@[^/]+\/)?[^/]+\/)?package\.json$/.test(path));
  return manifests.flatMap((path) => {
    const folder = path.slice(0, -'package.json'.length);
    const { dependencies = {} } = JSON.parse(extractFile(archive, path).toString('utf8')) as Manifest;
    return Object.keys(dependencies)
      .filter((name) => !lookupPlaces(folder).some((place) => files.has(`${place}node_modules/${name}/package.json`)))
      .map((name) => `${folder || 'The app'} lacks its dependency ${name}.`);
  });
}

/** `a/node_modules/b/` -> itself, `a/`, and the top: where Node looks for `node_modules`. */
function lookupPlaces(folder: string): string[] {
  const parts = folder.split('node_modules/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('node_modules/'));
}

const isOutOfPlace = (path: string): boolean =>
  !/^(out|node_modules)\/|^package\.json$/.test(path) ||
  /\.([cm]?ts|map|svelte)$/.test(path) ||
  /^node_modules\/(electron|vite|vitest|svelte|typescript|eslint|playwright-core)\//.test(path);

/** False for a native file whose path names another system or processor. */
function isFor(path: string, platform: string, arch: string): boolean {
  const names = path.split(/[/\-_.]/);
  const isForeign = (known: string[], own: string) => names.some((name) => known.includes(name) && name !== own);
  const platforms = ['linux', 'linuxmusl', 'darwin', 'win32'];
  return !isForeign(platforms, platform) && !isForeign(['x64', 'arm64', 'ia32', 'arm'], arch);
}

function hasMatch(files: Set<string>, pattern: string): boolean {
  if (!pattern.includes('*')) return files.has(pattern);
  const [start, end] = pattern.split('*') as [string, string];
  return [...files].some((path) => path.startsWith(start) && path.endsWith(end));
}

/** Electron's switches that the packaged app must have thrown, in the order of its fuse wire. */
const fuses: [name: string, isOn: boolean][] = [
  ['runAsNode', false],
  ['enableCookieEncryption', true],
  ['enableNodeOptionsEnvironmentVariable', false],
  ['enableNodeCliInspectArguments', false],
  ['enableEmbeddedAsarIntegrityValidation', true],
  ['onlyLoadAppFromAsar', true],
];

/** One sentence for each fuse of the executable that is set otherwise than it should be. */
export function findWrongFuses(executablePath: string): string[] {
  const binary = readFileSync(executablePath);
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
  const start = binary.indexOf(sentinel);
  if (start < 0) return ['The executable has no fuses.'];
  // After the sentinel: version, length, then '0' or '1' for each.
  const wire = binary.subarray(start + sentinel.length + 2);
  return fuses
    .filter(([, isOn], index) => wire[index] !== (isOn ? '1' : '0').charCodeAt(0))
    .map(([name, isOn]) => `The fuse ${name} is not ${isOn ? 'on' : 'off'}.`);
}

if (import.meta.main) {
  const folder = process.argv[2]!;
  const isMac = process.platform === 'darwin';
  const resources = isMac ? join(folder, 'Second Look.app/Contents/Resources') : join(folder, 'resources');
  const executable = isMac
    ? join(folder, 'Second Look.app/Contents/Frameworks/Electron Framework.framework/Electron Framework')
    : join(folder, process.platform === 'win32' ? 'Second Look.exe' : 'second-look');
  const problems = [...findProblems(resources, process), ...findWrongFuses(executable)];
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
