import { describe, expect, it } from 'vitest'
import { userConfigOf } from '../../source/user-config/user-config.ts'

const refusalOf = (text: string): string => {
  try {
    userConfigOf('/c.json', text)
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

describe('the config file', () => {
  it('takes comments, a trailing comma and a byte order mark', () => {
    const { profiles } = userConfigOf(
      '/c.json',
      '\uFEFF{\n  // ours\n  "profiles": { "production": { "readOnly": true, "color": "red" }, },\n}',
    )
    expect(profiles.get('production')).toEqual({
      lockReason: 'profile production is always read-only (/c.json)',
      color: 'red',
    })
  })

  it.each([
    ['{\n  "profiles": {\n    "p": { "readonly": true }\n  }\n}', 'line 3', 'unknown member "readonly"'],
    ['{\r\n  "profiles": {\r\n    "p": { "readOnly": "yes" }\r\n  }\r\n}', 'line 3', 'must be true or false'],
    ['{\n "profiles": {\n  "p": {},\n  "p": {}\n } }', 'line 4', 'has the member "p" twice'],
    ['{\n "profiles": [] }', 'line 2', 'profiles must be an object'],
    ['{\n "profiles": { "p": { "color": "pink" } } }', 'line 2', 'must be one of red, yellow, green, blue'],
    ['{\n "profiles": \n}', 'line 3', 'is no JSON: value expected'],
    ['', 'line 1', 'is no JSON'],
  ])('refuses %j with the line and the rule', (text, line, rule) => {
    const message = refusalOf(text)
    expect(message).toContain(line)
    expect(message).toContain(rule)
    expect(message).toContain('"/c.json"')
  })
})
