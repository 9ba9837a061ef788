import { defineConfig } from 'vitest/config'
import PlainCountReporter from './support/plain-count-reporter.ts'

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    globalSetup: ['test/support/build-bundle.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    reporters: ['default', new PlainCountReporter()],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: {
      AWS_EC2_METADATA_DISABLED: 'true',
      NODE_ENV: 'test',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
})
