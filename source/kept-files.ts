import { join } from 'node:path'
import type { ActHistory, AuditSink } from './domain/audit.ts'
import type { PlanStore } from './domain/plan/journal.ts'
import { createAuditLog } from './journal/audit-log.ts'
import { createPlanStore } from './journal/plan-store.ts'
import { stateFolder } from './journal/state-folder.ts'

export type KeptFiles = {
  readonly audit: AuditSink
  readonly kept: { readonly plans: PlanStore; readonly history: ActHistory }
}

/** What is kept of acts, in the user's state folder: the audit log and the journals of plans. Nothing is opened yet. */
export function keptFiles(environment: Readonly<Record<string, string | undefined>>): KeptFiles {
  const folder = stateFolder(environment)
  const { sink, history } = createAuditLog(join(folder, 'audit.jsonl'))
  return { audit: sink, kept: { plans: createPlanStore(join(folder, 'plans')), history } }
}
