import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The policy of nginx/holdfast-headers.conf takes no <style> that a script made. Mantine writes one in a single place,
// for which ours stands in: it uses a constructed style sheet. See docs/adr/0016-page.md.
function styleSheetsWithoutElements(): Plugin {
  return {
    name: 'style-sheets-without-elements',
    enforce: 'pre',
    resolveId: (source) => (/(^|\/)InlineStyles\.mjs$/.test(source) ? at('src/shared/ui/theme/InlineStyles.tsx') : null),
  };
}

export default defineConfig({
  plugins: [styleSheetsWithoutElements(), react()],
  resolve: { alias: { '@': at('src') } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy takes fonts from files alone
    reportCompressedSize: false,
    chunkSizeWarningLimit: 600, // of React and Mantine together, before compression; tests/page bounds what is loaded
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        manualChunks: (id) =>
          /node_modules\/(react|react-dom|scheduler|@mantine|@floating-ui|@tanstack|react-router.*|@remix-run)\//.test(id)
            ? 'vendor'
            : undefined,
      },
    },
  },
  server: { proxy: { '/api': process.env.HOLDFAST_URL ?? 'http://127.0.0.1:8080', '/healthz': process.env.HOLDFAST_URL ?? '' } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
