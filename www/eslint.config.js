import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// Low to high. A file imports its own layer's folder or a lower layer; pages know nothing of each other, nor do
// features or entities.
const layers = ['shared', 'entities', 'features', 'pages', 'app'];
const apart = ['entities', 'features', 'pages'];

const layerRules = layers.map((layer, at) => ({
  files: [`src/${layer}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...layers.slice(at + 1).map((higher) => ({
            group: [`@/${higher}/**`, `@/${higher}`],
            message: `${layer} is below ${higher}: a layer imports downward only.`,
          })),
          ...(apart.includes(layer)
            ? [{ group: [`@/${layer}/**`], message: `Folders of ${layer} know nothing of each other; within one, import by ./` }]
            : []),
          { group: ['../../*'], message: 'Import by @/ what is not beside you.' },
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/shared/api/schema.d.ts'] },
  ...tseslint.configs.strict,
  {
    plugins: { 'react-hooks': reactHooks },
    linterOptions: { noInlineConfig: true },
    rules: {
      ...reactHooks.configs.recommended.rules,
      eqeqeq: 'error',
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', { max: 120, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
    },
  },
  ...layerRules,
);
