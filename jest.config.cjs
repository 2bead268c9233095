const swc = require('./tools/build/swc-options.cjs');

/** A kind of test is named by its suffix, which says what it costs: see CONTRIBUTING.md. */
const kind = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'],
  testRegex: `\\.${name}\\.spec\\.ts$`,
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  setupFiles: ['reflect-metadata'],
  ...extra,
});

module.exports = {
  randomize: true,
  maxWorkers: 2,
  projects: [
    kind('unit'),
    kind('int'),
    kind('e2e', {
      globalSetup: '<rootDir>/apps/e2e/src/support/shared-platform.setup.ts',
      globalTeardown: '<rootDir>/apps/e2e/src/support/shared-platform.teardown.ts',
    }),
  ],
  testTimeout: 30_000,
};
