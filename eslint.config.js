import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import ownRules from './eslint-rules.js';

const TESTS = ['**/*.test.ts', 'test/**'];

export default defineConfig(
  globalIgnores([
    'dist/',
    'web/{out,.next}/',
    'web/lib/api/schema.d.ts',
    '.data*/',
    '.cache/',
    'artifacts/',
    'domain/calendars/data/',
  ]),
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: ['error', 'smart'],
      'no-console': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // see rule 16 of CONTRIBUTING.md
    files: ['**/*.ts'],
    ignores: [...TESTS, 'web/**', 'workflows/**', 'sandbox/**', 'bench/**'],
    plugins: { barkeep: ownRules },
    rules: { 'barkeep/no-late-await': 'error' },
  },
  {
    files: ['{db,activities,planning,api,worker}/**/*.ts'],
    // Nest awaits handlers, and reports what they throw in either way
    ignores: [...TESTS, 'api/**/*.controller.ts'],
    // otherwise it could throw before it returns its promise, beside promises that are already started
    rules: { '@typescript-eslint/promise-function-async': ['error', { checkArrowFunctions: false }] },
  },
  {
    files: [...TESTS, 'activities/**'],
    // a describe block and an activity factory are one function each, however long
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // see rule 12 of CONTRIBUTING.md
    files: TESTS,
    ignores: ['test/e2e/**'],
    rules: {
      // a matcher in place of a value, such as expect.any(String), is `any`
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            ':matches(CallExpression[callee.name=/^(it|test)$/], CallExpression[callee.callee.property.name=each])[arguments.length>2],' +
            'CallExpression[callee.name=/^(before|after)(All|Each)$/][arguments.length>1]',
          message: 'A test has no limit of its own: wait for a condition with `eventually`.',
        },
      ],
    },
  },
  {
    files: ['api/**/*.ts'],
    // Nest reads injected types at run time, and `import type` would erase them
    rules: { '@typescript-eslint/consistent-type-imports': 'off', '@typescript-eslint/no-extraneous-class': 'off' },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    rules: {
      // an event handler may return a promise: React ignores it
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['../../../api/*', '**/domain/*'], message: 'The dashboard knows the API only by its types.' },
          ],
        },
      ],
    },
  },
  {
    files: ['domain/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: 'Code in domain/ must not read the clock: pass the time in.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Code in domain/ must not read the clock: pass the time in.',
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: 'Code in domain/ must be pure: pass the random value in.',
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', 'fs', 'path', 'crypto', 'os'],
              message: 'Workflow code is replayed: do not use Node built-ins.',
            },
            {
              group: ['@temporalio/activity', '@temporalio/client', '@temporalio/worker'],
              message: 'Workflow code runs in its own sandbox: use @temporalio/workflow.',
            },
            {
              group: ['../activities/*', '../db/*', '../providers/*'],
              allowTypeImports: true,
              message: 'Workflows may import only types from here.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', { name: 'setInterval', message: 'Use sleep() from @temporalio/workflow.' }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ThrowStatement > NewExpression[callee.name=/Error$/]',
          message: 'A plain Error leaves the workflow running forever: throw an ApplicationFailure.',
        },
      ],
    },
  },
  {
    files: ['cli/**', 'bench/**', 'scripts/**', 'web/scripts/**', '.ci/**', 'sandbox/main.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.{js,cjs,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
