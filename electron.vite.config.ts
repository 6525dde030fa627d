import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

// What package.json lists under `dependencies` is left to Node at run time, native modules above all.
export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          index: 'src/main/electron/index.ts',
          'core-process': 'src/main/electron/core-process.ts',
          'compute-process-electron': 'src/main/electron/compute-process.ts',
          'compute-process': 'src/main/server/compute-process.ts',
          'decode-worker': 'src/main/compute/decode-worker.ts',
          cli: 'src/main/cli/index.ts',
        },
        // Beside the entries, because modules find the other processes by their own place.
        output: { chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      // A sandboxed preload is one CommonJS file.
      rollupOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte({ configFile: false })],
    build: {
      rollupOptions: { input: 'src/renderer/index.html' },
      assetsInlineLimit: 0,
      minify: true,
      // The library of charts is a chunk of its own, which comes with the first chart.
      chunkSizeWarningLimit: 600,
    },
  },
});
