// The credential providers that are used, so that the bundle holds no others. Loaded on demand only.
export { fromHttp, fromIni, fromInstanceMetadata, fromTokenFile } from '@aws-sdk/credential-providers'
