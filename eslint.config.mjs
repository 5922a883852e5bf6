// What the scripts of the page are held to: `make lint`, and with it `make quality`.
import js from '@eslint/js';

// All that the scripts use of the browser. A name that is not here is a mistake, or is to be added.
const BROWSER = [
  'BroadcastChannel', 'CSS', 'CustomEvent', 'DOMParser', 'File', 'FormData', 'Intl', 'Node', 'ResizeObserver', 'URL',
  'URLSearchParams', 'clearTimeout', 'document', 'fetch', 'navigator', 'setTimeout', 'window',
];
const NODE = [
  'Event', 'EventTarget', 'File', 'FormData', 'Headers', 'URL', 'URLSearchParams', 'clearTimeout', 'setImmediate', 'setTimeout',
];
const readonly = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

// Text becomes a node, never markup: what learners wrote stands in this page.
const MARKUP = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'srcdoc'];

export default [
  {ignores: ['.tox/', '.venv/', 'build/', 'docs/_build/', 'frontend-app-learner-data/', 'mutants/']},
  {
    ...js.configs.recommended,
    linterOptions: {reportUnusedDisableDirectives: 'error'},
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: 'error',
      'max-len': ['error', {code: 128}],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-properties': ['error', ...MARKUP.map((property) => ({property})), {object: 'document', property: 'write'}],
      'no-var': 'error',
      'prefer-const': 'error',
      strict: ['error', 'function'],
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {ecmaVersion: 2022, sourceType: 'script', globals: readonly(BROWSER)},
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {ecmaVersion: 2022, sourceType: 'module', globals: readonly(NODE)},
    rules: {strict: 'off'},
  },
];
