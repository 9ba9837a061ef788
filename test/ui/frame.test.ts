import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { update } from '../../source/state/update.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { anyEvent } from '../support/arbitrary-events.ts'
import { modelAfter } from '../support/models.ts'
import { controlsIn } from '../support/terminal.ts'

test('whatever happens, the screen is as large as the terminal and holds printable ASCII and colours only', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 40 }),
      fc.constantFrom('none', '16', '256'),
      (events, level) => {
        const theme = themeFor(level)
        let model = modelAfter([])
        for (const event of events) {
          model = update(model, event)
          const frame = frameOf(model, COMMANDS, theme)
          expect(frame).toHaveLength(model.viewport.rows)
          for (const row of frame) {
            for (const control of controlsIn(row)) expect(control).toMatch(/^\x1b\[[0-9;]+m$/)
            const drawn = row.replaceAll(/\x1b\[[0-9;]+m/g, '')
            expect(drawn).toMatch(/^[\x20-\x7e]*$/)
            expect(drawn).toHaveLength(model.viewport.columns)
          }
        }
      },
    ),
    { numRuns: 150 },
  )
})

test('without colours nothing but bold, dim and inverse is used, and each ends within its row', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 20 }), events => {
      const model = modelAfter(events)
      for (const row of frameOf(model, COMMANDS, themeFor('none'))) {
        expect(controlsIn(row).filter(control => !/^\x1b\[(?:1|2|7|22|27)m$/.test(control))).toEqual([])
        const opened = row.match(/\x1b\[[127]m/g)?.length ?? 0
        const closed = row.match(/\x1b\[2[27]m/g)?.length ?? 0
        expect(closed).toBe(opened)
      }
    }),
    { numRuns: 50 },
  )
})

describe('a terminal that is too small', () => {
  test.each([
    [39, 24],
    [80, 9],
    [1, 1],
    [20, 5],
  ])('%i x %i is told so and filled', (columns, rows) => {
    const frame = frameOf(modelAfter([], [columns, rows]), COMMANDS, themeFor('none'))
    expect(frame).toHaveLength(rows)
    expect(frame[0]).toBe(
      `Too small: ${columns}x${rows}.`
        .padEnd(columns)
        .slice(0, columns)
        .replace(/.$/, last => (columns < `Too small: ${columns}x${rows}.`.length ? '~' : last)),
    )
  })

  test('40 x 10 is just enough', () => {
    expect(frameOf(modelAfter([], [40, 10]), COMMANDS, themeFor('none')).join('\n')).toContain('Streams')
  })
})
