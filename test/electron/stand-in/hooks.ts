// Loaded before anything else in each process: puts the stand-in in the place of the module `electron`, in its role.
import { registerHooks } from 'node:module';

const role = process.env.STAND_IN_ROLE ?? 'main';
const standIn = new URL(`./electron-${role}.ts`, import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'electron') return { url: standIn, shortCircuit: true };
    // A sandboxed preload has `electron` and nothing else.
    if (context.parentURL?.includes('/out/preload/')) throw new Error(`The preload may not load ${specifier}.`);
    return nextResolve(specifier, context);
  },
});

if (role === 'utility') await import('./electron-utility.ts');
if (role === 'main') await import('./commands.ts');
