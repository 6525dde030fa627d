// `npm run serve -- [PROJECT] [--port N] [--root DIR]`: the loopback host, built where needed.
import { ensureBuilt } from './ensure-built.ts';
import { runLoopbackHost } from './loopback.ts';

await ensureBuilt();
process.exitCode = await runLoopbackHost(process.argv.slice(2), { openBrowser: false });
