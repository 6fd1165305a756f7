// How the window is bundled: one folder of static files for Electron's protocol handler and for the
// browser mode. Nothing is inlined (no data: address, no inline script or style), so that the
// content security policy needs no exception.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: `${import.meta.dirname}/../dist/renderer`,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'chrome140',
    chunkSizeWarningLimit: 2000,
  },
});
