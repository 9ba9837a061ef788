import { Box, Text, useApp, useInput, usePaste, useWindowSize } from 'ink'
import { memo, useEffect, useSyncExternalStore } from 'react'
import { type KeyPress, keyPresses } from '../commands/key-press.ts'
import type { Viewport } from '../state/model.ts'
import type { FrameSource } from './frame-source.ts'

/** What the screen is drawn from, and where its keys go. */
export type AppProps = {
  readonly frames: FrameSource
  readonly onKey: (press: KeyPress) => void
  readonly onPaste: (text: string) => void
  readonly onResize: (viewport: Viewport) => void
  /** Hands out how to give the terminal away for a while; Ink draws everything anew afterwards. */
  readonly onReady: (handOver: (meanwhile: () => void | Promise<void>) => Promise<void>) => void
}

/** The shell: one box as large as the terminal, one text a row, and the only place that takes keys. */
export function App({ frames, onKey, onPaste, onResize, onReady }: AppProps) {
  const { columns, rows } = useWindowSize()
  const { suspendTerminal } = useApp()
  const frame = useSyncExternalStore(frames.subscribe, frames.snapshot)
  useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal])
  useEffect(() => onResize({ columns, rows }), [onResize, columns, rows])
  useInput((input, key) => {
    for (const press of keyPresses(input, key)) onKey(press)
  })
  usePaste(onPaste)
  // Between a resize and the frame drawn for it, lines of the old size must not spill over the edge.
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {frame.slice(0, rows).map((row, index) => (
        <Row key={index} text={row} />
      ))}
    </Box>
  )
}

const Row = memo(function Row({ text }: { readonly text: string }) {
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate-end">{text}</Text>
    </Box>
  )
})
