import type { IncomingMessage } from "node:http";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

const tracer = trace.getTracer("umpire");

/**
 * Handles a request inside a span that continues the caller's trace, where the user brought an OpenTelemetry SDK.
 * @param handle answers; gives back the route's template and the status
 */
export async function inRequestSpan(
  request: IncomingMessage,
  handle: () => Promise<{ readonly route: string; readonly status: number }>,
): Promise<void> {
  const parent = propagation.extract(context.active(), request.headers);
  const span = tracer.startSpan("umpire.request", { kind: SpanKind.SERVER }, parent);
  try {
    const { route, status } = await context.with(trace.setSpan(parent, span), handle);
    if (!span.isRecording()) return;
    span.updateName(`${request.method ?? ""} ${route}`);
    span.setAttributes({
      "http.request.method": request.method ?? "",
      "http.route": route,
      "http.response.status_code": status,
    });
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}
