import type { AwsVariable } from './aws/settings.ts'

const OF_AWS: Readonly<Record<AwsVariable, string>> = {
  AWS_ENDPOINT_URL_KINESIS: 'Endpoint of Kinesis, such as an emulator; --endpoint-url wins over it.',
  AWS_ENDPOINT_URL_CLOUDWATCH: 'Endpoint of CloudWatch, where it is another one.',
  AWS_ENDPOINT_URL_DYNAMODB: 'Endpoint of DynamoDB, where lease tables lie.',
  AWS_ENDPOINT_URL_FIREHOSE: 'Endpoint of Firehose.',
  AWS_ENDPOINT_URL_KINESIS_ANALYTICS_V2: 'Endpoint of Managed Flink.',
  AWS_ENDPOINT_URL_KINESIS_VIDEO: 'Endpoint of Video Streams.',
  AWS_ENDPOINT_URL_LAMBDA: 'Endpoint of Lambda.',
  AWS_ENDPOINT_URL_GLUE: 'Endpoint of the Glue schema registry.',
  AWS_ENDPOINT_URL_PIPES: 'Endpoint of EventBridge Pipes.',
  AWS_ENDPOINT_URL: 'Endpoint of all services that have none of their own above.',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true: of all endpoints only --endpoint-url counts.',
  AWS_REGION: 'The region; --region wins over it.',
  AWS_DEFAULT_REGION: 'The region where AWS_REGION is not set.',
  AWS_PROFILE: 'Profile of the shared AWS config files; --profile wins over it.',
  AWS_CONFIG_FILE: 'Another place of ~/.aws/config.',
  AWS_SHARED_CREDENTIALS_FILE: 'Another place of ~/.aws/credentials.',
  AWS_ACCESS_KEY_ID: 'Keys without a profile. A named profile wins over them.',
  AWS_SECRET_ACCESS_KEY: 'The secret of that key.',
  AWS_SESSION_TOKEN: 'The token of temporary keys.',
  AWS_ACCOUNT_ID: 'The account of those keys.',
  AWS_WEB_IDENTITY_TOKEN_FILE: 'A role by web identity: the file with the token.',
  AWS_ROLE_ARN: 'A role by web identity: which.',
  AWS_ROLE_SESSION_NAME: 'A role by web identity: the name of the session.',
  AWS_EC2_METADATA_DISABLED: 'true: the metadata service of the machine is not asked for a role.',
  AWS_USE_FIPS_ENDPOINT: 'true: FIPS hosts of AWS.',
  AWS_USE_DUALSTACK_ENDPOINT: 'true: dual-stack hosts of AWS.',
  AWS_CA_BUNDLE: 'A PEM file with certificates to trust besides the usual ones.',
  HTTPS_PROXY: 'A proxy on the way to AWS; never used for this machine.',
  HTTP_PROXY: 'The same for plain HTTP.',
  NO_PROXY: 'Hosts that are reached without it.',
}

/** Environment variables and what they do, for the manual page. */
export const VARIABLES: readonly (readonly [string, string])[] = [
  ...Object.entries(OF_AWS),
  ['NO_COLOR', 'Set to anything: no colours.'],
  ['TERM', 'dumb: the console does not open, commands print as always.'],
  ['INK_SCREEN_READER', 'true: plain sentences in place of screens, as with --screen-reader.'],
  ['XDG_CONFIG_HOME', 'The folder in whose shardscope/ config.json is looked for.'],
  ['XDG_STATE_HOME', 'The folder in whose shardscope/ bookmarks, plans and the audit log are kept.'],
]

/** Files that are read or written, for the manual page. */
export const FILES: readonly (readonly [string, string])[] = [
  ['~/.config/shardscope/config.json', 'Guards of profiles, keys of your own, and how the console looks.'],
  ['~/.local/state/shardscope/audit.jsonl', 'Every call that changed something, one a line.'],
  ['~/.local/state/shardscope/plans/', 'Journals of plans, from which resume goes on.'],
  ['~/.local/state/shardscope/bookmarks/', 'Places of tail --bookmark.'],
  ['~/.local/state/shardscope/completion/', 'Names for completion, for a minute.'],
  ['~/.aws/config, ~/.aws/credentials', 'Profiles, as every AWS tool reads them.'],
  ['.env', 'Variables of the section ENVIRONMENT; the environment wins over them.'],
]
