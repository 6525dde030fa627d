// Reading an ONNX file.
import { fromBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { basename } from 'node:path';
import { tell } from '../../../shared/told.ts';
import { toModelBytes } from './build.ts';
import { locateExternalFiles } from './external-data.ts';
import { makeOutputsPlain, writeSoftmaxOut } from './plain-endings.ts';
import { ModelProtoSchema, type GraphProto, type ModelProto } from './onnx_pb.js';

export interface ModelFile {
  path: string;
  /** File name, for sentences. */
  name: string;
  /** As they are run: those of the file, but for endings that are written plainly. */
  bytes: Uint8Array;
  /** Hex; of the file and of those that it keeps weights in. */
  sha256: string;
  model: ModelProto;
  graph: GraphProto;
  /** Outputs that were tables of names and are plain numbers here. */
  plainOutputs: string[];
  /** Where the files lie that the model keeps weights in, by the names that it gives them. */
  externalPaths: Map<string, string>;
}

/** What a protobuf message can be at most; larger models keep their weights in files beside them. */
const largestBytes = 2 ** 31 - 1;

/**
 * Reads the whole file. Throws 'unreadable' where it is missing, damaged or no ONNX file, 'unsupported' where it is too
 * large or keeps weights outside its folder, 'conflict' where its hash is not the one `expected`.
 */
export async function readModelFile(path: string, expected?: string): Promise<ModelFile> {
  const name = basename(path);
  const bytes = await readBytes(path, name);
  const model = parseModel(bytes, name);
  if (!model.graph || model.graph.node.length === 0) throw notOnnx(name);
  const externalPaths = await locateExternalFiles(path, model.graph);
  const sha256 = await hashFiles([...externalPaths.values()], bytes);
  if (expected !== undefined && sha256 !== expected) throw tell('conflict', 'model-changed', { model: name });
  const plainOutputs = makeOutputsPlain(model.graph);
  const isChanged = writeSoftmaxOut(model.graph) || plainOutputs.length > 0;
  return {
    path,
    name,
    bytes: isChanged ? toModelBytes(model) : bytes,
    sha256,
    model,
    graph: model.graph,
    plainOutputs,
    externalPaths,
  };
}

/** SHA-256 of the files one after the other, behind some bytes; hex. */
export async function hashFiles(paths: string[], bytes: Uint8Array = new Uint8Array()): Promise<string> {
  const hash = createHash('sha256').update(bytes);
  for (const path of paths) await pipeline(createReadStream(path), hash, { end: false });
  return hash.digest('hex');
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  const found = await stat(path).catch((cause: unknown) => {
    throw tell('unreadable', 'no-model-file', { model: name, path }, { cause });
  });
  if (!found.isFile()) throw tell('unreadable', 'model-no-file', { model: name });
  if (found.size > largestBytes) {
    throw tell('unsupported', 'model-too-large', { model: name });
  }
  return readFile(path).catch((cause: unknown) => {
    throw tell('unreadable', 'model-unreadable', { model: name }, { cause });
  });
}

function parseModel(bytes: Uint8Array, name: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    // The parser throws plain errors for whatever is not a message of this shape.
    throw notOnnx(name, cause);
  }
}

const notOnnx = (name: string, cause?: unknown) => tell('unreadable', 'not-onnx', { model: name }, { cause });
