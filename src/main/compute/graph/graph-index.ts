// A graph seen from its tensors: which node makes each, which nodes take it, which are stored in the file.
import type { GraphProto, NodeProto, TensorProto } from './onnx_pb.js';

export interface GraphIndex {
  graph: GraphProto;
  /** The node that makes a tensor. */
  makers: Map<string, NodeProto>;
  /** The nodes that take a tensor. */
  takers: Map<string, NodeProto[]>;
  initializers: Map<string, TensorProto>;
}

export function indexGraph(graph: GraphProto): GraphIndex {
  const makers = new Map<string, NodeProto>();
  const takers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const name of node.output) makers.set(name, node);
    for (const name of new Set(node.input)) {
      const known = takers.get(name);
      if (known) known.push(node);
      else takers.set(name, [node]);
    }
  }
  return { graph, makers, takers, initializers: new Map(graph.initializer.map((tensor) => [tensor.name, tensor])) };
}
