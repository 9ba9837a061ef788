// Runs the built console in a real pseudo terminal, types keys, and writes what the terminal shows as an SVG:
//   npm run screenshot -- OUT.svg [--size 100x28] [--wait TEXT]... [--keys TEXT]... [-- ARGUMENTS OF shardscope]
// Steps run in the order given; each --wait waits until the text is on screen.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const NAMED_KEYS = { enter: '\r', escape: '\x1b', down: '\x1b[B', up: '\x1b[A', tab: '\t', end: '\x1b[F' }
const WAIT_MILLIS = 20_000
const CELL = { width: 8.43, height: 18, fontSize: 14 }
const COLORS = { background: '#16181d', foreground: '#d6d9e0' }
const ANSI_16 =
  '#20242c #e06c75 #98c379 #e5c07b #61afef #c678dd #56b6c2 #d6d9e0 #6b7280 #ff8a93 #b5e890 #ffd98a #8ec7ff #e0a1f0 #7fd8e4 #ffffff'.split(
    ' ',
  )

const [out, ...rest] = process.argv.slice(2)
const separator = rest.indexOf('--')
const flags = separator < 0 ? rest : rest.slice(0, separator)
const programArguments = separator < 0 ? [] : rest.slice(separator + 1)
const sizeAt = flags.indexOf('--size')
const [columns, rows] = (sizeAt < 0 ? '100x28' : flags[sizeAt + 1]).split('x').map(Number)

const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
const child = pty.spawn(process.execPath, [join(root, 'dist/shardscope.mjs'), ...programArguments], {
  cols: columns,
  rows,
  cwd: root,
  env: { ...process.env, TERM: 'xterm-256color', COLORTERM: 'truecolor' },
})
child.onData(data => terminal.write(data))

const lineAt = row => terminal.buffer.active.getLine(row)?.translateToString(true) ?? ''
const screenText = () => Array.from({ length: rows }, (_, row) => lineAt(row)).join('\n')
const pause = millis => new Promise(resolve => setTimeout(resolve, millis))

async function waitFor(text) {
  const deadline = Date.now() + WAIT_MILLIS
  while (!screenText().includes(text)) {
    if (Date.now() > deadline) throw new Error(`"${text}" did not appear:\n${screenText()}`)
    await pause(50)
  }
}

/** A palette or truecolor cell colour as CSS; undefined for the terminal's own. */
function cssOf(color, isDefault, isRgb) {
  if (isDefault) return undefined
  if (isRgb) return `#${color.toString(16).padStart(6, '0')}`
  if (color < 16) return ANSI_16[color]
  if (color >= 232) {
    const level = (8 + (color - 232) * 10).toString(16).padStart(2, '0')
    return `#${level.repeat(3)}`
  }
  const index = color - 16
  const channel = step => (step === 0 ? 0 : 55 + step * 40).toString(16).padStart(2, '0')
  return `#${channel(Math.floor(index / 36))}${channel(Math.floor(index / 6) % 6)}${channel(index % 6)}`
}

const escapeXml = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function svgOfScreen() {
  const parts = []
  for (let row = 0; row < rows; row += 1) {
    const line = terminal.buffer.active.getLine(row)
    let run
    const flush = () => {
      if (run === undefined) return
      const x = (run.column * CELL.width).toFixed(2)
      const width = (run.text.length * CELL.width).toFixed(2)
      if (run.background !== undefined) {
        parts.push(
          `<rect x="${x}" y="${row * CELL.height}" width="${width}" height="${CELL.height}" fill="${run.background}"/>`,
        )
      }
      if (run.text.trim() !== '') {
        parts.push(
          `<text x="${x}" y="${row * CELL.height + 13.5}" textLength="${width}" xml:space="preserve" fill="${run.foreground ?? COLORS.foreground}"` +
            `${run.isBold ? ' font-weight="bold"' : ''}${run.isDim ? ' opacity="0.65"' : ''}>${escapeXml(run.text)}</text>`,
        )
      }
      run = undefined
    }
    for (let column = 0; column < columns; column += 1) {
      const cell = line?.getCell(column)
      if (cell === undefined || cell.getWidth() === 0) continue
      let foreground = cssOf(cell.getFgColor(), cell.isFgDefault(), cell.isFgRGB())
      let background = cssOf(cell.getBgColor(), cell.isBgDefault(), cell.isBgRGB())
      if (cell.isInverse()) {
        ;[foreground, background] = [background ?? COLORS.background, foreground ?? COLORS.foreground]
      }
      const isBold = cell.isBold() !== 0
      const isDim = cell.isDim() !== 0
      const isSame =
        run?.foreground === foreground &&
        run?.background === background &&
        run?.isBold === isBold &&
        run?.isDim === isDim
      if (run === undefined || !isSame) {
        flush()
        run = { column, text: '', foreground, background, isBold, isDim }
      }
      run.text += cell.getChars() || ' '
    }
    flush()
  }
  const [width, height] = [Math.ceil(columns * CELL.width), rows * CELL.height]
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 ${width + 24} ${height + 24}" width="${width + 24}" ` +
    `font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${CELL.fontSize}">\n` +
    `<title>shardscope in a terminal of ${columns} by ${rows}</title>\n` +
    `<rect x="-12" y="-12" width="${width + 24}" height="${height + 24}" rx="8" fill="${COLORS.background}"/>\n` +
    `${parts.join('\n')}\n</svg>\n`
  )
}

try {
  for (let index = 0; index < flags.length; index += 2) {
    const [flag, value] = [flags[index], flags[index + 1]]
    if (flag === '--wait') await waitFor(value)
    if (flag === '--pause') await pause(Number(value))
    if (flag === '--keys') {
      for (const key of value.split(' ')) {
        child.write(NAMED_KEYS[key] ?? key)
        await pause(150)
      }
    }
  }
  await pause(300)
  writeFileSync(out, svgOfScreen())
  process.stdout.write(`${screenText()}\n`)
} finally {
  child.kill('SIGTERM')
}
