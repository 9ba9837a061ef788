import { hostname } from 'node:os'
import type { Context } from './commands/command.ts'

/** This process, and whether another one of this machine is still there. */
export function thisProcess(): NonNullable<Context['self']> {
  return {
    host: hostname(),
    pid: process.pid,
    isAlive: pid => {
      try {
        process.kill(pid, 0)
        return true
      } catch (error) {
        // Somebody else's process is one too.
        return (error as NodeJS.ErrnoException).code === 'EPERM'
      }
    },
  }
}
