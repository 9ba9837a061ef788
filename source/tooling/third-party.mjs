// What of other people's work is in the published program: their licences, and a bill of materials. Both are computed from
// what the bundler took in, and hold no time, no host and no path of the machine: the same source gives the same bytes.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE_FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/
const LICENCE_FILE = /^(licen[cs]e|notice|copying)([.-].*)?$/i
const RULE = '='.repeat(80)

/**
 * The packages of which at least one byte is in the bundle, in the order of their folders.
 * `metafile` is esbuild's, its paths relative to `root`.
 */
export function bundledPackages(root, metafile) {
  const folders = new Set()
  const inputs = Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs))
  for (const [path, { bytesInOutput }] of inputs) {
    const folder = PACKAGE_FOLDER.exec(path)?.[0]
    if (folder !== undefined && bytesInOutput > 0) folders.add(folder)
  }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return [...folders].sort().map(folder => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const { name, version, author } = manifest
    const texts = readdirSync(join(root, folder))
      .filter(file => LICENCE_FILE.test(file))
      .sort()
      .map(file =>
        readFileSync(join(root, folder, file), 'utf8')
          .replaceAll('\r\n', '\n')
          .trim(),
      )
    return {
      folder,
      name,
      version,
      license: typeof manifest.license === 'string' ? manifest.license : undefined,
      // `Name <address> (page)`: the name is enough.
      author: (typeof author === 'string' ? author : author?.name)?.replace(/\s*[<(].*$/s, ''),
      texts,
      integrity: lock[folder]?.integrity,
      dependsOn: dependenciesOf(folder, lock[folder], folders),
    }
  })
}

/** Folders of the bundled packages that a package asks for: as Node looks, from its own folder upwards. */
function dependenciesOf(folder, entry, bundled) {
  const wanted = [entry?.dependencies, entry?.peerDependencies].flatMap(names => Object.keys(names ?? {}))
  // a/node_modules/b looks in a/node_modules/b/node_modules, a/node_modules, node_modules.
  const levels = folder
    .split('/node_modules/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'))
  const places = name => [
    ...levels.reverse().map(level => `${level}/node_modules/${name}`),
    `node_modules/${name}`,
  ]
  const found = wanted.flatMap(name => places(name).find(place => bundled.has(place)) ?? [])
  return [...new Set(found)].sort()
}

/** The text of THIRD-PARTY-LICENSES.txt: who, under what, and each licence text once. */
export function licencesText(packages) {
  const byText = new Map()
  const without = []
  for (const each of packages) {
    const text = each.texts.join('\n\n')
    if (text === '') without.push(each)
    else byText.set(text, [...(byText.get(text) ?? []), each])
  }
  const lineOf = ({ name, version, license, author }) =>
    `${name} ${version} (${license ?? 'see below'})${author === undefined ? '' : `, by ${author}`}`
  return [
    'shardscope contains the following packages, each under its own licence.',
    '',
    ...packages.map(each => `  ${lineOf(each)}`),
    '',
    ...(without.length === 0
      ? []
      : [
          'These name their licence in their package.json and carry no text of it:',
          '',
          ...without.map(each => `  ${lineOf(each)}`),
          '',
        ]),
    ...[...byText].flatMap(([text, users]) => [RULE, ...users.map(lineOf), RULE, '', text, '']),
  ].join('\n')
}

/**
 * A bill of materials in CycloneDX 1.6; `product` is the package.json of the program, `files` what runs of it, as
 * `{ name, contents }`.
 */
export function billOfMaterials(product, packages, files) {
  const refOf = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`
  const byFolder = new Map(packages.map(each => [each.folder, each]))
  // The same version of a package may lie in two folders: one component.
  const components = new Map()
  const edges = new Map()
  for (const each of packages) {
    const ref = refOf(each)
    components.set(ref, {
      type: 'library',
      'bom-ref': ref,
      name: each.name,
      version: each.version,
      ...(each.author === undefined ? {} : { author: each.author }),
      ...(each.integrity?.startsWith('sha512-')
        ? {
            hashes: [
              { alg: 'SHA-512', content: Buffer.from(each.integrity.slice(7), 'base64').toString('hex') },
            ],
          }
        : {}),
      ...(each.license === undefined ? {} : { licenses: [licenceOf(each.license)] }),
      purl: ref,
    })
    const targets = edges.get(ref) ?? new Set()
    for (const folder of each.dependsOn) targets.add(refOf(byFolder.get(folder)))
    edges.set(ref, targets)
  }
  const own = refOf(product)
  const direct = Object.keys(product.devDependencies ?? {})
    .map(name => byFolder.get(`node_modules/${name}`))
    .filter(each => each !== undefined)
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own,
        name: product.name,
        version: product.version,
        description: product.description,
        licenses: [licenceOf(product.license)],
        purl: own,
        components: files.map(({ name, contents }) => ({
          type: 'file',
          name,
          hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(contents).digest('hex') }],
        })),
      },
    },
    components: [...components.values()],
    dependencies: [
      { ref: own, dependsOn: [...new Set(direct.map(refOf))].sort() },
      ...[...edges].map(([ref, targets]) => ({ ref, dependsOn: [...targets].sort() })),
    ],
  }
}

function licenceOf(text) {
  return /^[A-Za-z0-9.+-]+$/.test(text) ? { license: { id: text } } : { expression: text }
}
