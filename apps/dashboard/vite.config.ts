import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The console is served under a policy that allows no inline script and nothing from elsewhere; what it needs is in dist.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Inlined assets and the preload polyfill would be `data:` addresses and inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': { target: process.env['SEAWALL_SERVER'] ?? 'http://127.0.0.1:7400' } } },
});
