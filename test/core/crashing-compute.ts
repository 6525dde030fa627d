// A compute process that is killed, as by a fault in a decoder, when it is given a picture named "deadly".
import { createCompute } from '../../src/main/compute/compute.ts';
import { portFromProcess } from '../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import { serve } from '../../src/shared/rpc.ts';

const port = portFromProcess(process);
const compute = createCompute((progress) => emit('progress', progress));
const { emit } = serve<ComputeCalls, ComputeEvents>(
  port,
  {
    ...compute,
    'model.extract': (params, context) => {
      if (params.paths.some((path) => path.includes('deadly'))) process.kill(process.pid, 'SIGKILL');
      return compute['model.extract'](params, context);
    },
  },
  { onBug: String },
);
port.onClose(() => process.exit());
