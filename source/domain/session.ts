/** Where a setting came from, so that the screen can say it beside the value. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'dotenv'; readonly name: string }
  /** The shared AWS config or credentials file. */
  | { readonly kind: 'profile'; readonly name: string }
  /** Chosen while the console ran. */
  | { readonly kind: 'chosen' }
  /** Read from an ARN: one that the user typed, or one that the service sent. */
  | { readonly kind: 'arn' }
  | { readonly kind: 'sandbox' }
  /** Nobody set it; `reason` says why this value. */
  | { readonly kind: 'default'; readonly reason: string }

/** A setting with its origin. The value is untrusted until drawn. */
export type Sourced<T> = { readonly value: T; readonly origin: Origin }

/** Whether acts that change something are allowed. Its owner flips it; the client layer only reads it, at every call. */
export type Arming = {
  armed: boolean
  /** Why it can never be armed; absent where it can. */
  readonly lockReason?: string
}

/** Colours that a profile can be told by. */
export const PROFILE_COLORS = ['red', 'yellow', 'green', 'blue'] as const
export type ProfileColor = (typeof PROFILE_COLORS)[number]

/** What the user has laid down about a profile, or about this run. */
export type ProfileGuard = { readonly lockReason?: string; readonly color?: ProfileColor }

/**
 * Stands for an endpoint in this process, since clients want a URL: of this machine, as that endpoint is, and at the
 * port that nobody can listen at. Nothing is ever sent to it.
 */
export const IN_PROCESS_URL = 'http://127.0.0.1:0'

/** An endpoint as it is shown: its URL, or that there is none. */
export function endpointText(endpointUrl: string): string {
  return endpointUrl === IN_PROCESS_URL ? 'embedded sandbox, no port' : endpointUrl
}

/** What every call goes to and with whose permissions; a snapshot of the moment it was asked for. */
export type Session = {
  /** The URL that requests go to; AWS's regional one unless something else was configured. Shown with endpointText. */
  readonly endpointUrl: Sourced<string>
  /** Whether the endpoint is something other than AWS's own regional one. */
  readonly isCustomEndpoint: boolean
  readonly region: Sourced<string>
  /** Absent where no profile takes part. */
  readonly profile?: Sourced<string>
  /** How requests are signed, e.g. `SSO`, `static keys`, `dummy keys`. */
  readonly credentials: Sourced<string>
  /** The account, once credentials or an ARN of the service named it. */
  readonly accountId?: Sourced<string>
  /** The proxy that requests go through, without its password. */
  readonly proxyUrl?: Sourced<string>
  readonly armed: boolean
  /** What was laid down about the profile; absent where nothing was. */
  readonly guard?: ProfileGuard
}

/** One profile of the shared AWS config files. */
export type ProfileListing = {
  readonly profileName: string
  readonly region?: string
  /** How it gets credentials, e.g. `SSO`, `role via base`, `process`, `static keys`, `none`. */
  readonly method: string
  readonly endpointUrl?: string
}

/** An origin as a short phrase: `--region`, `AWS_REGION`, `AWS_REGION in .env`, `profile prod`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
    case 'environment':
      return origin.name
    case 'dotenv':
      return `${origin.name} in .env`
    case 'profile':
      return `profile ${origin.name}`
    case 'chosen':
      return 'chosen here'
    case 'arn':
      return 'from an ARN'
    case 'sandbox':
      return 'embedded sandbox'
    case 'default':
      return origin.reason
  }
}
