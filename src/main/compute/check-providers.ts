// Which providers run models on this machine: for the `doctor` command.
import { fromBinary } from '@bufbuild/protobuf';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderCheck } from '../../shared/model.ts';
import { createModel, createNode, createTensor, createValue, toModelBytes } from './graph/build.ts';
import type { ModelFile } from './graph/model-file.ts';
import { ModelProtoSchema } from './graph/onnx_pb.js';
import { proveModel } from './prove-model.ts';
import { preferredProviders, refusalOf } from './providers.ts';
import { understandModel } from './understand-model.ts';

/** A small convolutional model, made here: what runs it runs the usual ones. */
function makeModel(): ModelFile {
  const values = (count: number) => Float32Array.from({ length: count }, (_, i) => ((i * 37) % 11) / 11 - 0.5);
  const bytes = toModelBytes(
    createModel({
      name: 'doctor',
      inputs: [createValue('picture', 'float32', ['N', 3, 32, 32])],
      outputs: [createValue('logits', 'float32', ['N', 4])],
      initializers: [createTensor('k', [8, 3, 3, 3], values(216)), createTensor('w', [8, 4], values(32))],
      nodes: [
        createNode('Conv', ['picture', 'k'], ['map'], { kernel_shape: [3n, 3n] }),
        createNode('Relu', ['map'], ['active']),
        createNode('GlobalAveragePool', ['active'], ['pooled']),
        createNode('Flatten', ['pooled'], ['features']),
        createNode('MatMul', ['features', 'w'], ['logits']),
      ],
    }),
  );
  const model = fromBinary(ModelProtoSchema, bytes);
  const name = 'doctor.onnx';
  const path = join(tmpdir(), name);
  return { path, name, bytes, sha256: '', model, graph: model.graph!, plainOutputs: [], externalPaths: new Map() };
}

/** Every provider of this system in the order of preference, each tried alone. Throws 'unavailable' without ONNX Runtime. */
export async function checkProviders(): Promise<ProviderCheck[]> {
  const file = makeModel();
  const proven = await proveModel(file, understandModel(file, {}));
  const checks: ProviderCheck[] = [];
  for (const name of preferredProviders()) {
    const reason = name === 'cpu' ? null : await refusalOf(name, proven);
    checks.push({ name, works: reason === null, reason });
  }
  await proven.session.release();
  return checks;
}
