import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The policy of nginx/holdfast-headers.conf takes no <style> that a script made. Mantine writes one in a single place,
// and a package that it uses another: ours stand in for both. See docs/adr/0016-page.md.
function styleSheetsWithoutElements(): Plugin {
  return {
    name: 'style-sheets-without-elements',
    enforce: 'pre',
    resolveId: (source) => {
      if (/(^|\/)InlineStyles\.mjs$/.test(source)) return at('src/shared/ui/theme/InlineStyles.tsx');
      return source === 'react-remove-scroll' ? at('src/shared/ui/theme/RemoveScroll.tsx') : null;
    },
  };
}

// Few files, so that a first load asks for few: what runs the page; Mantine as far as every page shows it; tables; what only
// forms have, and what only some of them have; what our pages share. Each page is a file of its own.
const packages = (names: string) => new RegExp(`node_modules/(${names})/`);
const chunks: readonly (readonly [name: string, of: RegExp])[] = [
  ['runtime', packages('react|react-dom|scheduler|@tanstack/[^/]+|react-router|react-router-dom|@remix-run/router|openapi-fetch')],
  ['fields', packages('@mantine/core/esm/components/(Collapse|Combobox|Select|Table)')],
  ['fields', /Checkbox\/CheckIcon\.mjs$/],
  ['fields', /src\/shared\/ui\/table\//],
  ['ticks', /src\/shared\/ui\/TableTicks\./],
  [
    'forms',
    packages(
      '@mantine/core/esm/components/(Badge|Checkbox|Fieldset|Grid|NumberInput|SimpleGrid|Textarea)|react-number-format|react-textarea-autosize|' +
        'use-composed-ref|use-latest',
    ),
  ],
  ['choices', packages('@mantine/core/esm/components/(FileButton|FloatingIndicator|List|MultiSelect|Pill|PillsInput|Radio|SegmentedControl|Switch|Tabs|TagsInput)')],
  // Whatever a style sheet of ours overrides comes before it.
  ['mantine', packages('@mantine|@floating-ui|@babel|clsx|use-[a-z-]+|react-transition-group|tslib')],
  ['mantine', /src\/shared\/ui\/theme\//],
  // Few pages know of migrations; these load what is theirs alone.
  ['migrations', /src\/(entities\/(migration|mssql-server)\/|shared\/texts\/(migration[A-Za-z]*|mssqlServers)\.)/],
  ['shared', packages('@tabler')],
  // What only some pages say is in their files.
  ['shared', /src\/(shared|entities)\/(?!session\/|table-file\/|texts\/(audit|logs|moving|people|settings|tables)\.)/],
];
const chunkOf = (id: string) => chunks.find(([, of]) => of.test(id))?.[0];

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
        manualChunks: chunkOf,
      },
    },
  },
  server: { proxy: { '/api': process.env.HOLDFAST_URL ?? 'http://127.0.0.1:8080', '/healthz': process.env.HOLDFAST_URL ?? '' } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
});
