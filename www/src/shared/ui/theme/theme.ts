import { convertCssVariables, createTheme, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from '@mantine/core';
import type {
  AnchorProps,
  DrawerProps,
  LoaderProps,
  MantineColorsTuple,
  MenuProps,
  ModalProps,
  NotificationProps,
  TooltipProps,
} from '@mantine/core';
import { addStyleSheet } from './styleSheets';

// Each palette from the palest to the darkest. [8] carries white text, [3] stands on dark: both with a contrast of AA.
const tide: MantineColorsTuple = [
  '#eaf6f6', '#d5eaeb', '#a9d5d8', '#79bfc4', '#4fa8b0', '#2f939c', '#1b7e88', '#116d77', '#0d5f69', '#084a53',
];
const red: MantineColorsTuple = [
  '#fdf0ee', '#fadcd8', '#f5b8b1', '#f19c93', '#e5695d', '#d84a3d', '#c93a2d', '#b83025', '#a8281f', '#861d16',
];
const amber: MantineColorsTuple = [
  '#fdf5e6', '#faeacb', '#f3d594', '#edc063', '#dba42f', '#bb8618', '#9a6c0e', '#825a09', '#6f4c06', '#543903',
];
const green: MantineColorsTuple = [
  '#edf7ef', '#d9eddd', '#b1dbba', '#87c896', '#5cb271', '#3c9a54', '#2a8342', '#1f7037', '#18602e', '#104a22',
];
const dark: MantineColorsTuple = [
  '#dfe5e8', '#bdc6cc', '#a3aeb5', '#7f8b93', '#4c5860', '#364149', '#27313a', '#171e24', '#12181d', '#0c1115',
];

function preset<Props>(defaultProps: Partial<Props>) {
  return { defaultProps };
}

export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: 8,
  colors: { tide, red, yellow: amber, orange: amber, green, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: '620',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem', lineHeight: '1.4' }, h3: { fontSize: '1rem' } },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  // By name: the components themselves are loaded where they are used.
  components: {
    Modal: preset<ModalProps>({ centered: true, closeButtonProps: { 'aria-label': 'Close' } }),
    Drawer: preset<DrawerProps>({ closeButtonProps: { 'aria-label': 'Close' } }),
    Anchor: preset<AnchorProps>({ inherit: true }),
    // A <header> outside of sectioning would be a second banner beside the page's own.
    ModalHeader: preset({ role: 'presentation' }),
    DrawerHeader: preset({ role: 'presentation' }),
    Notification: {
      ...preset<NotificationProps>({ closeButtonProps: { 'aria-label': 'Dismiss' } }),
      styles: { description: { color: 'var(--mantine-color-dimmed)' } }, // Mantine's grey is too pale for AA
    },
    Tooltip: preset<TooltipProps>({ withArrow: true, events: { hover: true, focus: true, touch: true } }),
    Menu: preset<MenuProps>({ position: 'bottom-end', shadow: 'md' }),
    Loader: preset<LoaderProps>({ type: 'dots' }),
  },
});

const variables = {
  variables: {},
  light: {
    '--mantine-color-dimmed': '#586570',
    '--mantine-color-placeholder': '#66727c',
    '--mantine-color-error': '#a8281f',
    '--mantine-color-anchor': 'var(--mantine-color-tide-8)',
    '--hf-ground': '#f6f8f8',
    '--hf-surface': '#ffffff',
    '--hf-line': '#dde3e5',
    '--hf-ok': 'var(--mantine-color-green-8)',
    '--hf-ok-ground': 'var(--mantine-color-green-0)',
    '--hf-warn': 'var(--mantine-color-yellow-8)',
    '--hf-warn-ground': 'var(--mantine-color-yellow-0)',
    '--hf-bad': 'var(--mantine-color-red-8)',
    '--hf-bad-ground': 'var(--mantine-color-red-0)',
    '--hf-busy': 'var(--mantine-color-tide-8)',
    '--hf-busy-ground': 'var(--mantine-color-tide-0)',
    '--hf-quiet': '#4d5963',
    '--hf-quiet-ground': '#edf1f2',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': '#8f9ba3',
    '--mantine-color-error': 'var(--mantine-color-red-3)',
    '--mantine-color-anchor': 'var(--mantine-color-tide-3)',
    '--hf-ground': 'var(--mantine-color-dark-8)',
    '--hf-surface': 'var(--mantine-color-dark-7)',
    '--hf-line': 'var(--mantine-color-dark-5)',
    '--hf-ok': 'var(--mantine-color-green-3)',
    '--hf-ok-ground': '#18291e',
    '--hf-warn': 'var(--mantine-color-yellow-3)',
    '--hf-warn-ground': '#2d2615',
    '--hf-bad': 'var(--mantine-color-red-3)',
    '--hf-bad-ground': '#341d1b',
    '--hf-busy': 'var(--mantine-color-tide-3)',
    '--hf-busy-ground': '#142a2d',
    '--hf-quiet': 'var(--mantine-color-dark-1)',
    '--hf-quiet-ground': '#242d35',
  },
};

/** The theme's CSS variables. Mantine would write them into a <style>, which the page's policy refuses. */
export function installTheme(): void {
  const own = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const light = { ...own.light, ...variables.light };
  const dark = { ...own.dark, ...variables.dark };
  addStyleSheet(convertCssVariables({ variables: { ...own.variables, ...variables.variables }, light, dark }, ':root'));
  // Paper is white.
  addStyleSheet(`@media print { ${convertCssVariables({ variables: {}, light: {}, dark: light }, ':root')} }`);
}
