// The program's entry. It checks the version of Node before any other module is touched: nothing is imported
// statically here, and the bundle keeps every other module asleep until the import below.
const REQUIRED_NODE_MAJOR = 22
/** sysexits.h EX_CONFIG, as when building. */
const EXIT_OLD_NODE = 78

if (Number(process.versions.node.split('.')[0]) < REQUIRED_NODE_MAJOR) {
  process.stderr.write(
    `shardscope needs Node ${REQUIRED_NODE_MAJOR} or newer, this is ${process.versions.node}. ` +
      'In a checkout run it through npm (npm start), which brings its own Node.\n',
  )
  process.exitCode = EXIT_OLD_NODE
} else {
  Object.assign(process.env, {
    // React's development build is many times slower.
    NODE_ENV: 'production',
    // The SDK would write to stderr in the middle of the screen.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // The colour library knows only its own variable.
    ...(process.env.NO_COLOR ? { FORCE_COLOR: '0' } : {}),
  })
  keepCompiled()
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
}

/**
 * What V8 made of the program is kept in the user's cache folder: the next start need not compile it again. Where nothing can be
 * kept nothing is said, since only time is lost.
 */
function keepCompiled(): void {
  const { XDG_CACHE_HOME: named, HOME: home } = process.env
  const base = named?.startsWith('/') ? named : home?.startsWith('/') ? `${home}/.cache` : undefined
  if (base === undefined || process.env.NODE_COMPILE_CACHE !== undefined) return
  const { mkdirSync } = process.getBuiltinModule('node:fs')
  let folder = base
  try {
    // Step by step: the recursive form never ends in a home such as /proc.
    for (const next of ['', '/shardscope', '/compiled']) {
      folder += next
      try {
        mkdirSync(folder, { mode: 0o700 })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    process.getBuiltinModule('node:module').enableCompileCache(folder)
  } catch {}
}

export {}
