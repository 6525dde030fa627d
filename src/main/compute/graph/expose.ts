// A model with more of its tensors as outputs.
import { create } from '@bufbuild/protobuf';
import { createValue, toModelBytes } from './build.ts';
import type { ModelFile } from './model-file.ts';
import { GraphProtoSchema, ModelProtoSchema } from './onnx_pb.js';

/**
 * The bytes of a copy of the model in which the float32 tensors `names` are outputs too.
 *
 * [Note: exposing by appending] Two protobuf messages written one after the other are one message, in which repeated
 * fields follow on each other. So the copy is the file itself with a few bytes behind it: nothing of the model is written
 * anew, nothing can be lost, and it takes no time however large the weights are.
 */
export function exposeTensors({ bytes, graph }: ModelFile, names: string[]): Uint8Array {
  const known = new Set(graph.output.map((value) => value.name));
  const output = [...new Set(names)].filter((name) => !known.has(name)).map((name) => createValue(name, 'float32'));
  if (output.length === 0) return bytes;
  const more = toModelBytes(create(ModelProtoSchema, { graph: create(GraphProtoSchema, { output }) }));
  return Buffer.concat([bytes, more]);
}
