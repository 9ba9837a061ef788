import type { HttpRequest, HttpResponse } from '@smithy/core/protocols'

/**
 * Answers requests in this process, as an AWS SDK client asks its `requestHandler`. Opaque: whose it is and how it comes
 * to its answers is no matter of this layer.
 */
export type RequestHandler = {
  readonly metadata?: { readonly handlerProtocol: string }
  handle(
    request: HttpRequest,
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<{ response: HttpResponse }>
}
