import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// --- Rooms: the table of ARCHITECTURE.md, room -> rooms that it may import -----------------------------------------

const rooms = {
  shared: { files: 'src/shared', may: [] },
  store: { files: 'src/main/store', may: ['shared'] },
  compute: { files: 'src/main/compute', may: ['shared'] },
  core: { files: 'src/main/core', may: ['shared', 'store'] },
  server: { files: 'src/main/server', may: ['shared', 'core'] },
  cli: { files: 'src/main/cli', may: ['shared', 'core', 'server'] },
  electron: { files: 'src/main/electron', may: ['shared'] },
  preload: { files: 'src/preload', may: ['shared'] },
  renderer: { files: 'src/renderer', may: ['shared'] },
};

/** Packages that belong to some rooms alone. */
const guarded = {
  'better-sqlite3': ['store'],
  'onnxruntime-node': ['compute'],
  sharp: ['compute'],
  '@bufbuild/protobuf': ['compute'],
  'csv-parse': ['core'],
  'csv-stringify': ['core'],
  commander: ['cli'],
  ws: ['server'],
  electron: ['electron', 'preload'],
  svelte: ['renderer'],
};

/** Files that may reach one room further. */
const doors = [
  { file: 'src/main/electron/core-process.ts', room: 'electron', opens: 'core' },
  { file: 'src/main/electron/compute-process.ts', room: 'electron', opens: 'compute' },
  { file: 'src/main/server/compute-process.ts', room: 'server', opens: 'compute' },
];

const anyOf = (names) => names.join('|');

/** What a room may not import. Rooms are matched in relative paths only, or `electron/renderer` would be taken for one. */
function restrict(room, may) {
  const closed = Object.keys(rooms).filter((other) => other !== room && !may.includes(other));
  const foreign = Object.keys(guarded).filter((name) => !guarded[name].includes(room));
  const hasNode = !['shared', 'preload', 'renderer'].includes(room);
  const patterns = [
    { regex: `^\\.{1,2}/(.*/)?(${anyOf(closed)})/`, message: `${room} may not import this room (ARCHITECTURE.md).` },
    {
      regex: `^\\.{1,2}/(.*/)?(${anyOf(Object.keys(rooms))})/[^/]+/`,
      message: 'Import from the room itself, not from a folder inside it.',
    },
    { regex: `^(${anyOf(foreign)})(/|$)`, message: `This package does not belong to ${room}.` },
    ...(hasNode ? [] : [{ regex: '^node:', message: `${room} runs without Node.` }]),
    ...(room === 'renderer'
      ? [{ regex: '/shared/.*contract\\.ts$', allowTypeImports: true, message: 'Contracts are types on the page.' }]
      : []),
  ];
  // The same for import(); a selector holds no slash.
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression > Literal[value=/${regex.replaceAll('/', '\\u002F')}/]`,
    message,
  }));
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', noDefaultExport, ...(room === 'renderer' ? [noStaticStyle] : []), ...dynamic],
  };
}

/** The content security policy refuses it; a value that is set from a script passes. */
const noStaticStyle = {
  selector: 'SvelteAttribute[key.name="style"]:not(:has(SvelteMustacheTag))',
  message: 'Styles are in the <style> block.',
};

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Exports are named.' };

// --- The rules ------------------------------------------------------------------------------------------------------

const typed = ['src/**/*.ts', 'src/**/*.svelte', 'test/**/*.ts', 'build/**/*.ts'];

export default defineConfig(
  { ignores: ['out/', 'dist/', 'coverage/', 'test/rooms/{bad,good}/', 'src/main/compute/graph/onnx_pb.*'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: typed,
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.svelte'] })],
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Parts are objects of closures: taking a function from one is how they are used.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/require-await': 'off',
      // `keyof Calls & string` says that a key is a string where the table is generic.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      'import-x/no-cycle': 'error',
    },
  },
  {
    // Every room compiles these with its own ambient types, so an assertion may be needed in one and not in another.
    files: ['src/shared/**/*.ts'],
    rules: { '@typescript-eslint/no-unnecessary-type-assertion': 'off' },
  },
  {
    // `expect.stringContaining` and its like are `any`; a stand-in is async because what it stands in for is.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/require-await': 'off' },
  },
  {
    files: ['src/**/*.svelte', 'src/**/*.svelte.ts'],
    extends: [svelte.configs.recommended],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
    // A plain Map or Set in a rune class is a cache, which nothing is to react to.
    rules: { 'svelte/prefer-svelte-reactivity': 'off' },
  },
  {
    files: ['src/**/*.svelte'],
    rules: {
      'svelte/button-has-type': 'error',
      // To the linter a component is `any`, and so is what it hands to its callbacks; svelte-check knows their types.
      ...Object.fromEntries(
        ['argument', 'assignment', 'call', 'member-access', 'return'].map((use) => [
          `@typescript-eslint/no-unsafe-${use}`,
          'off',
        ]),
      ),
    },
  },
  { files: ['src/**/*.ts', 'src/**/*.svelte'], rules: { 'no-restricted-syntax': ['error', noDefaultExport] } },
  Object.entries(rooms).map(([room, { files, may }]) => ({
    files: [`${files}/**/*.{ts,svelte}`],
    rules: restrict(room, may),
  })),
  doors.map(({ file, room, opens }) => ({ files: [file], rules: restrict(room, [...rooms[room].may, opens]) })),
);
