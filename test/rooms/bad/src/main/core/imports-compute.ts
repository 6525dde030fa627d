// lint: @typescript-eslint/no-restricted-imports
import { serveCompute } from '../compute/serve-compute.ts';

export const serve = serveCompute;
