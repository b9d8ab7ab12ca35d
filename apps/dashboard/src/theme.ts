import { createTheme, type MantineColorsTuple } from '@mantine/core';

const sea: MantineColorsTuple = [
  '#e6fbf7',
  '#c9f2ea',
  '#99e6d8',
  '#63d8c3',
  '#37cbb1',
  '#1fb89e',
  '#139a85',
  '#0f766e',
  '#0c5f59',
  '#084742',
];

/** Mantine draws fields, switches and menus of the dark theme from these. */
const dark: MantineColorsTuple = [
  '#dde6ee',
  '#c3ccd5',
  '#95a6b6',
  '#5b6c7c',
  '#3b4b5b',
  '#2a3743',
  '#1a2530',
  '#121a22',
  '#0e151c',
  '#0b1117',
];

const SYSTEM =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace';

export const theme = createTheme({
  primaryColor: 'sea',
  primaryShade: { light: 7, dark: 7 },
  colors: { sea, dark },
  fontFamily: SYSTEM,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SYSTEM, fontWeight: '600' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  spacing: { xs: '0.375rem', sm: '0.625rem', md: '0.875rem', lg: '1.25rem', xl: '2rem' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
});
