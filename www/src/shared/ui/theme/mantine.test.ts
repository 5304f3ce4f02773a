import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const COMPONENTS = 'node_modules/@mantine/core/esm/components';
const below = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
const found = (file: string, what: RegExp) => [...readFileSync(file, 'utf8').matchAll(what)].map((match) => match[1] ?? '');

/** The styles of a module of Mantine and of all that it is made of. */
function stylesOf(file: string, seen: Set<string>, styles: Set<string>): void {
  if (seen.has(file)) return;
  seen.add(file);
  for (const path of found(file, / from '(\.[^']+)'/g)) {
    const style = /([A-Za-z]+)\.module\.css\.mjs$/.exec(path)?.[1];
    if (style) styles.add(style);
    else stylesOf(resolve(dirname(file), path), seen, styles);
  }
}

test('mantine.css has the styles of every component that the page uses', () => {
  const files = [...below('src', '.tsx'), ...below('node_modules/@mantine/notifications/esm', '.mjs')];
  const names = files.flatMap((file) => found(file, /import \{([^}]*)\} from '@mantine\/core'/g)).flatMap((list) => list.split(',').map((name) => name.trim()));
  const [seen, styles] = [new Set<string>(), new Set<string>()];
  for (const name of new Set(names)) {
    const file = resolve(COMPONENTS, name, `${name}.mjs`);
    if (existsSync(file)) stylesOf(file, seen, styles);
  }
  const taken = found('src/shared/ui/theme/mantine.css', /styles\/(\w+)\.css/g);
  // Cards of checkboxes and radios and <kbd> come with their families, and are not used.
  expect([...styles].filter((style) => !taken.includes(style) && !['CheckboxCard', 'RadioCard', 'Kbd'].includes(style))).toEqual([]);
  expect(styles.size).toBeGreaterThan(30);
});
