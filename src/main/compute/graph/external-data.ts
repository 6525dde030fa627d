// Tensors that a model keeps in files beside it. A model is untrusted: it may name files of its own folder and no others.
// ONNX Runtime judges the same when it loads them; judged here, it is a sentence before anything is run.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { tell } from '../../../shared/told.ts';
import type { GraphProto, TensorProto } from './onnx_pb.js';

export const isExternal = (tensor: TensorProto): boolean => tensor.dataLocation === 1;

/** One value of a tensor's reference to a file: `location` or `offset`. */
const readReference = (tensor: TensorProto, key: string): string | undefined =>
  tensor.externalData.find((entry) => entry.key === key)?.value;

/** The files that the graph's tensors live in, as the model names them, subgraphs included. */
export function listExternalFiles(graph: GraphProto): string[] {
  const tensors = [...graph.initializer];
  const subgraphs: GraphProto[] = [];
  for (const attribute of graph.node.flatMap((node) => node.attribute)) {
    tensors.push(...attribute.tensors, ...(attribute.t ? [attribute.t] : []));
    subgraphs.push(...attribute.graphs, ...(attribute.g ? [attribute.g] : []));
  }
  const own = tensors.filter(isExternal).map((tensor) => readReference(tensor, 'location') ?? '');
  return [...new Set([...own, ...subgraphs.flatMap(listExternalFiles)])];
}

/**
 * Where each file that the graph names lies, by the name it has there.
 * Throws 'unsupported' for a file outside the model's folder, links included, and 'unreadable' for one that is missing.
 */
export async function locateExternalFiles(modelPath: string, graph: GraphProto): Promise<Map<string, string>> {
  const folder = await realpath(dirname(modelPath));
  const paths = new Map<string, string>();
  for (const location of listExternalFiles(graph)) paths.set(location, await locate(folder, location));
  return paths;
}

async function locate(folder: string, location: string): Promise<string> {
  // Judged before the disk is asked, so that a model cannot even find out which files exist elsewhere.
  if (isAbsolute(location) || isOutside(relative(folder, join(folder, location)))) throw refused(location);
  const path = await realpath(join(folder, location)).catch((cause: unknown) => {
    throw tell('unreadable', 'weights-missing', { file: location }, { cause });
  });
  if (isOutside(relative(folder, path))) throw refused(location);
  if ((await stat(path)).isFile()) return path;
  throw tell('unreadable', 'weights-no-file', { file: location });
}

/** `sizeBytes` bytes of an external tensor, or as many as its file has. */
export function readExternalBytes(
  tensor: TensorProto,
  sizeBytes: number,
  externalPaths: Map<string, string>,
): Uint8Array {
  const path = externalPaths.get(readReference(tensor, 'location') ?? '');
  if (path === undefined) throw new Error(`The external file of "${tensor.name}" was not located.`);
  const file = openSync(path, 'r');
  try {
    const offset = Number(readReference(tensor, 'offset') ?? 0);
    // No more room than there are bytes, whatever size a damaged model declares.
    const bytes = new Uint8Array(Math.max(0, Math.min(sizeBytes, fstatSync(file).size - offset)) || 0);
    return bytes.length === 0 ? bytes : bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}

const isOutside = (path: string) => path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);

const refused = (location: string) =>
  tell('unsupported', 'weights-outside', { file: location }, { detail: { location } });
