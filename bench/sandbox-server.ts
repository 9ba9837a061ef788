import { startSandbox } from '../source/sandbox/sandbox.ts'

const { url } = await startSandbox({ limits: 'off' })
console.log(url)
