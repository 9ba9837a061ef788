// How the program is bundled. Apart from bundle.mjs so that a test can build another entry the same way.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'

const builtins = new Set(builtinModules.flatMap(name => [name, `node:${name}`]))

/**
 * Built-in modules are required where they are used instead of imported at the top of the file: a static import would
 * load all of them at every start, and one name that an old Node lacks would fail before the version check can speak.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (!builtins.has(path)) return undefined
      // Imported on demand already, and a part of its own would have no names but `default`.
      if (kind === 'dynamic-import') return { path, external: true }
      return { path, namespace: 'builtin' }
    })
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/**
 * The layout engine would ask the runtime's HTTP client for the bytes that it carries in its own text, and so load that client
 * whole at every start (30 ms). Without `fetch` it decodes them itself.
 */
const layoutWithoutFetch = {
  name: 'layout-without-fetch',
  setup(build) {
    build.onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: `const fetch = undefined;\n${readFileSync(path, 'utf8')}`,
    }))
  },
}

/** Options for esbuild that make one file; `root` is the folder of the checkout. */
export function bundleOptions(root, entryPoint, outfile) {
  return {
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    // Older than what is needed to run, so that an old Node can read the file and say what it needs.
    target: 'node20',
    format: 'esm',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    // The ESM builds of the AWS clients shake to two thirds of their CommonJS size.
    mainFields: ['module', 'main'],
    plugins: [lazyBuiltins, layoutWithoutFetch],
    // Ink imports the devtools only when DEV is set, yet the import must resolve.
    alias: {
      'react-devtools-core': join(root, 'source/tooling/no-devtools.mjs'),
      'restore-cursor': join(root, 'source/tooling/no-restore-cursor.mjs'),
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
  }
}

/**
 * Options that make what is published: a small first file, and parts that are read when they are wanted. A command of one answer
 * then compiles neither Ink nor the sandbox, and what was compiled can be kept for the next start.
 */
export function partsOptions(root, entryPoint, outdir) {
  const { outfile, ...options } = bundleOptions(root, entryPoint, '')
  return {
    ...options,
    entryPoints: { shardscope: entryPoint },
    outdir,
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'parts/[name]-[hash]',
  }
}
