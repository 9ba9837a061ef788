import type { HttpResponse } from '@smithy/core/protocols'
import type { NodeHttpHandler } from '@smithy/node-http-handler'

/** HTTP's own word for an operation that a server lacks; the SDK does not repeat such a call. */
export const NOT_IMPLEMENTED = 501

/**
 * Makes answers say 501 that mean it: moto answers what it lacks with the error page of its framework and HTTP 500, which
 * would be taken for a fault of the service and tried again. AWS is no Werkzeug.
 */
export function sayingNotImplemented(transport: NodeHttpHandler): NodeHttpHandler {
  const handle = transport.handle.bind(transport)
  transport.handle = async (request, options) => {
    const answered = await handle(request, options)
    if (isFrameworkPage(answered.response)) answered.response.statusCode = NOT_IMPLEMENTED
    return answered
  }
  return transport
}

function isFrameworkPage({ statusCode, headers }: HttpResponse): boolean {
  return (
    statusCode === 500 &&
    /^werkzeug\b/i.test(headers.server ?? '') &&
    /^text\/html\b/i.test(headers['content-type'] ?? '')
  )
}

/** Whether an error says in words that the endpoint lacks the operation, as emulators do in many ways. */
export function saysNotImplemented(name: string, message: string): boolean {
  return /^NotImplemented/i.test(name) || /\bnot (yet |been |currently )*implemented\b/i.test(message)
}
