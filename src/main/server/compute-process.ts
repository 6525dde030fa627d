// The compute process of the loopback host and the command line.
import { serveCompute } from '../compute/serve-compute.ts';
import { portFromProcess } from './child-port.ts';

serveCompute(portFromProcess(process));
