import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one line that any runner of the suite can read: `N passed, N failed[, N skipped]`. */
export default class PlainCountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    let passed = 0
    let failed = 0
    const skipped: string[] = []
    for (const module of modules) {
      let failedInModule = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') passed += 1
        else if (state === 'failed') failedInModule += 1
        else skipped.push(`${module.relativeModuleId} > ${test.fullName}`)
      }
      // A file that cannot even be loaded has no tests to count, yet it is a failure.
      if (failedInModule === 0 && module.state() === 'failed') failedInModule = 1
      failed += failedInModule
    }
    for (const name of skipped) process.stdout.write(`skipped: ${name}\n`)
    process.stdout.write(
      `\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
    )
  }
}
