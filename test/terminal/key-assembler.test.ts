import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyAssembler } from '../../source/key-assembler.ts'

/** An assembler whose time passes by hand. */
function assembler() {
  const sent: string[] = []
  let now = 0
  let due: { readonly at: number; readonly callback: () => void } | undefined
  const keys = new KeyAssembler(
    text => sent.push(text),
    (callback, millis) => {
      const timer = { at: now + millis, callback }
      due = timer
      return () => {
        if (due === timer) due = undefined
      }
    },
  )
  return {
    sent,
    keys,
    pass(millis: number) {
      now += millis
      while (due !== undefined && due.at <= now) {
        const { callback } = due
        due = undefined
        callback()
      }
    },
  }
}

const paste = (text: string) => `\x1b[200~${text}\x1b[201~`

describe('a key that comes in pieces', () => {
  test.each(['\x1b[A', '\x1b[D', '\x1bOP', '\x1b[3~', '\x1b[1;5C', '\x1b[[A', '\x1b\x1b[A', '\x1b[2$'])(
    '%j is one key wherever it was torn, 150 ms apart',
    sequence => {
      for (let at = sequence.startsWith('\x1b\x1b') ? 3 : 2; at < sequence.length; at += 1) {
        const { keys, sent, pass } = assembler()
        keys.push(sequence.slice(0, at))
        pass(150)
        keys.push(sequence.slice(at))
        pass(5_000)
        expect(sent, `torn at ${at}`).toEqual([sequence])
      }
    },
  )

  test('a rest that never comes presses nothing', () => {
    const { keys, sent, pass } = assembler()
    keys.push('j\x1b[')
    pass(5_000)
    keys.push('k')
    expect(sent).toEqual(['j', 'k'])
  })

  test('an Esc that went on alone is followed by the key it belonged to, never by letters', () => {
    const { keys, sent, pass } = assembler()
    keys.push('\x1b')
    pass(150)
    keys.push('[D')
    keys.push('\x1b')
    pass(150)
    keys.push('[')
    pass(150)
    keys.push('D')
    expect(sent).toEqual(['\x1b', '\x1b[D', '\x1b', '\x1b[D'])
  })

  test('an Esc of a person goes on at once, and the next key with it', () => {
    const { keys, sent, pass } = assembler()
    keys.push('\x1b')
    pass(30)
    expect(sent).toEqual(['\x1b'])
    keys.push('D')
    keys.push('\x1bq')
    expect(sent).toEqual(['\x1b', 'D', '\x1bq'])
  })

  test('no letter of a torn key is ever sent outside a sequence', () => {
    const sequences = fc.constantFrom('\x1b[A', '\x1b[D', '\x1bOP', '\x1b[3~', '\x1b[1;2D', '\x1b[200~')
    const moments = fc.array(fc.tuple(sequences, fc.nat(6), fc.nat(900)), { maxLength: 12 })
    fc.assert(
      fc.property(moments, torn => {
        const { keys, sent, pass } = assembler()
        for (const [sequence, at, millis] of torn) {
          keys.push(sequence.slice(0, at))
          pass(millis)
          keys.push(sequence.slice(at))
          // A paste that was opened is closed, so that the next key is a key.
          if (sequence === '\x1b[200~') keys.push('DDD\x1b[201~')
        }
        pass(5_000)
        const bare = sent
          .join('')
          .replace(/\x1b\[200~[\s\S]*?\x1b\[201~|\x1b\[[0-9;]*[A-Z~]|\x1bO[A-Z]|\x1b/g, '')
        expect(bare).toBe('')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a paste', () => {
  test('is whole, wherever it and its marks were torn', () => {
    const text = 'D\ny\x1b[A\x03 q'
    const whole = `j${paste(text)}k`
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 6 }), cuts => {
        const { keys, sent, pass } = assembler()
        const places = [...new Set([0, ...cuts, whole.length])].sort((a, b) => a - b)
        for (const [index, start] of places.entries()) {
          const piece = whole.slice(start, places[index + 1] ?? whole.length)
          // The one thing that means something else: Ctrl-C alone.
          if (piece === '\x03') return
          keys.push(piece)
          pass(20)
        }
        expect(sent.join('')).toBe(whole)
      }),
      { numRuns: 2_000 },
    )
  })

  test('that never ends is over once it is silent, and keys are keys again', () => {
    const { keys, sent, pass } = assembler()
    keys.push('\x1b[200~half of it')
    pass(1_999)
    expect(sent).toEqual([])
    pass(1)
    keys.push('q')
    expect(sent).toEqual([paste('half of it'), 'q'])
  })

  test('that never ends lets Ctrl-C through at once', () => {
    const { keys, sent } = assembler()
    keys.push('\x1b[200~half of it')
    keys.push('\x03')
    expect(sent).toEqual(['\x03'])
  })

  test('that was given up too early is still no key when its rest comes', () => {
    const { keys, sent, pass } = assembler()
    keys.push('\x1b[200~first')
    pass(3_000)
    keys.push('DDyy')
    pass(3_000)
    keys.push('Dy\x1b[201~j')
    expect(sent).toEqual([paste('first'), paste('DDyy'), paste('Dy'), 'j'])
  })

  test('without bounds is cut above the size of any record', () => {
    const { keys, sent } = assembler()
    keys.push('\x1b[200~')
    for (let count = 0; count < 20; count += 1) keys.push('x'.repeat(1_048_576))
    keys.push('\x1b[201~')
    expect(sent.join('').length).toBeLessThan(18 * 1_048_576)
    expect(sent.join('').length).toBeGreaterThan(10_485_760)
  })
})
