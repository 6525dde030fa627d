import type { ComputeCalls, ComputeEvents } from '../../shared/compute-contract.ts';
import { serve, type Port } from '../../shared/rpc.ts';
import { createCompute } from './compute.ts';

/** Answers calls that arrive on `port`, whatever process this is, and ends the process with it: nobody else would know of it. */
export function serveCompute(port: Port): void {
  const sent = () => port.sent?.() ?? Promise.resolve();
  const compute = createCompute((progress) => emit('progress', progress), sent);
  const { emit } = serve<ComputeCalls, ComputeEvents>(port, compute, {
    onBug(error, call) {
      console.error(`compute: ${call}: ${error instanceof Error ? error.stack : String(error)}`);
      return `compute: ${call}`;
    },
  });
  port.onClose(() => process.exit());
}
