import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heatReport } from '../../source/report/heat-report.ts'
import { html } from '../../source/report/html.ts'
import { snapshotOf } from './models.ts'
import { boardOf, type HeatScenario } from './scenario.ts'

const EVIL = '<script>document.title="owned"</script><img src=x onerror="document.title=1">&"\'\u202e'
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const browser = process.env.SHARDSCOPE_BROWSER ?? BROWSERS.find(path => existsSync(path))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shardscope-report-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function page(): Promise<string> {
  const path = new URL('../scenarios/heat/one-key-at-83-percent.json', import.meta.url)
  const board = boardOf(JSON.parse(await readFile(path, 'utf8')) as HeatScenario)
  const shards = board.shards.map((shard, index) =>
    index === 0 ? { ...shard, verdict: { ...shard.verdict, partitionKeys: [EVIL] } } : shard,
  )
  const key = {
    partitionKey: EVIL,
    shardId: 'shardId-000000000000',
    bytesPerSecond: 830_000,
    recordsPerSecond: 830,
    byteShare: 0.79,
    byteShareAtMost: 0.79,
    recordShare: 0.79,
    recordShareAtMost: 0.79,
  }
  return heatReport({
    streamName: 'orders',
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4567',
    writtenAt: new Date(Date.UTC(2026, 10, 30)),
    snapshot: snapshotOf({ ...board, shards }),
    keys: [key],
  })
}

describe('heat report', () => {
  test('markup escapes everything but markup', () => {
    expect(html`<p title="${'"<'}">${EVIL}${html`<b>${1}</b>`}${undefined}</p>`.html).toBe(
      `<p title="&quot;&lt;">&lt;script&gt;document.title=&quot;owned&quot;&lt;/script&gt;&lt;img src=x onerror=&quot;document.title=1&quot;&gt;&amp;&quot;&#39;\\u202e<b>1</b></p>`,
    )
  })

  test('one page for itself: no script, nothing from elsewhere, no inline style, a policy that forbids both', async () => {
    const text = await page()
    expect(text).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-/,
    )
    // Escaped text holds no angle bracket, so what looks like a tag is one.
    const tags = text.match(/<[^>]*>/g) ?? []
    expect(tags.length).toBeGreaterThan(100)
    for (const tag of tags) {
      expect(tag).not.toMatch(/^<(script|img|link|iframe|object)|\s(src|href|style|on\w+)=/i)
    }
    expect(text).not.toMatch(/url\(|@import/i)
    expect(text).toContain('one key carries 83 %')
    expect(text).toContain('observed: 60 of the last 60 s read')
    expect(text).toContain('our reads: 1.0 of 5/s')
  })

  test('the strip has one piece an open shard, as wide as its range', async () => {
    const text = await page()
    const strip = /<svg class="strip".*?<\/svg>/.exec(text)?.[0] ?? ''
    const pieces = [...strip.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="0" width="([\d.]+)"/g)]
    expect(pieces.map(([, level, x, width]) => [level, Number(x), Number(width)])).toEqual([
      ['over', 0, 499],
      ['low', 500, 499],
    ])
  })

  const inBrowser = 'a real browser shows it: charts drawn, styles applied, the hostile key as text'
  if (browser === undefined)
    test.skip(`${inBrowser} (needs Chromium: /usr/bin/chromium or SHARDSCOPE_BROWSER)`, () => {})
  else {
    test(inBrowser, { timeout: 60_000 }, async () => {
      const file = join(folder, 'report.html')
      await writeFile(file, await page())
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${join(folder, 'profile')}`,
      ]
      const { stdout, stderr } = await promisify(execFile)(
        browser,
        [...flags, '--dump-dom', '--enable-logging=stderr', `file://${file}`],
        {
          maxBuffer: 16 << 20,
        },
      )
      expect(stdout).toContain('<title>Heat of orders</title>')
      expect(stdout).not.toMatch(/<script/i)
      expect(stdout).toContain('&lt;script&gt;document.title="owned"&lt;/script&gt;')
      expect(stderr).not.toMatch(/Content Security Policy|CONSOLE/)
      // The picture is not blank: the policy let our own styles through, and the strip has its colour.
      const picture = join(folder, 'report.pdf')
      await promisify(execFile)(browser, [
        ...flags,
        '--no-pdf-header-footer',
        `--print-to-pdf=${picture}`,
        `file://${file}`,
      ])
      expect((await readFile(picture)).length).toBeGreaterThan(10_000)
    })
  }
})
