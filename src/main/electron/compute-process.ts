// The compute process of the desktop host: main hands it one end of a channel whose other end core holds.
import { serveCompute } from '../compute/serve-compute.ts';
import { portFromMessagePortMain } from './ports.ts';

process.parentPort.once('message', ({ ports: [carrier] }) => {
  if (!carrier) throw new Error('The first message to compute brings its port.');
  serveCompute(portFromMessagePortMain(carrier));
});
