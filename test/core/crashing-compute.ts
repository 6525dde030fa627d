// A compute process that is killed, as by a fault in a decoder, when it is given a picture named "deadly"; and as by a system
// that is out of memory, when it is given many pictures named "large" and takes more than eight at a time, or is to find the
// batch of a model named "large". Where a picture is named "vanishing" their whole folder goes, as a disk that is pulled out.
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { createCompute } from '../../src/main/compute/compute.ts';
import { portFromProcess } from '../../src/main/server/child-port.ts';
import type { ComputeCalls, ComputeEvents } from '../../src/shared/compute-contract.ts';
import { serve } from '../../src/shared/rpc.ts';

const port = portFromProcess(process);
const compute = createCompute((progress) => emit('progress', progress));
let batch = 0;
const { emit } = serve<ComputeCalls, ComputeEvents>(
  port,
  {
    ...compute,
    'model.open': async (params, context) => {
      if (params.path.endsWith('large.onnx') && params.batch === undefined) process.kill(process.pid, 'SIGKILL');
      const opened = await compute['model.open'](params, context);
      ({ batch } = opened);
      return opened;
    },
    'model.extract': (params, context) => {
      const large = params.paths.filter((path) => path.includes('large'));
      if (params.paths.some((path) => path.includes('deadly')) || Math.min(batch, large.length) > 8)
        process.kill(process.pid, 'SIGKILL');
      const vanishing = params.paths.find((path) => path.includes('vanishing'));
      if (vanishing) renameSync(dirname(dirname(vanishing)), `${dirname(dirname(vanishing))}-away`);
      return compute['model.extract'](params, context);
    },
  },
  { onBug: String },
);
port.onClose(() => process.exit());
