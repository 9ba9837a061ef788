import { RE2JS } from 're2js'
import type { TextRange } from './filter.ts'

/** Characters of one text that a pattern looks at: the engine is linear, and this bounds the line. */
const MAX_CHARACTERS = 1_048_576
const MAX_HIGHLIGHTS = 100

/** A regular expression in RE2 syntax: its time grows with the text alone, whatever the pattern. */
export type Pattern = {
  test(text: string): boolean
  ranges(text: string): readonly TextRange[]
}

/** @throws Error with the engine's own words where the pattern is none (backreferences and lookarounds included) */
export function compilePattern(source: string, isCaseInsensitive: boolean): Pattern {
  const compiled = RE2JS.compile(source, isCaseInsensitive ? RE2JS.CASE_INSENSITIVE : 0)
  return {
    test: text => compiled.matcher(text.slice(0, MAX_CHARACTERS)).find(),
    ranges: text => {
      const ranges: TextRange[] = []
      const matcher = compiled.matcher(text.slice(0, MAX_CHARACTERS))
      while (ranges.length < MAX_HIGHLIGHTS && matcher.find()) {
        if (matcher.end() > matcher.start()) ranges.push([matcher.start(), matcher.end()])
      }
      return ranges
    },
  }
}
