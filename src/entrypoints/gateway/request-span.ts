import type { IncomingMessage } from "node:http";
import { context, propagation, type ProxyTracerProvider, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

const tracer = trace.getTracer("umpire");

/** How a request ended: the route's template, never a part that the client chose. */
export interface RequestEnd {
  readonly route: string;
  readonly status: number;
}

/**
 * Handles a request inside a span that continues the caller's trace, where the user brought an OpenTelemetry SDK; else
 * just handles it.
 */
export function inRequestSpan(request: IncomingMessage, handle: () => Promise<RequestEnd>): Promise<unknown> {
  return isTraced() ? handleInSpan(request, handle) : handle();
}

/** True where there is someone to make spans or to carry a trace on. Asked every time, since an SDK may come late. */
function isTraced(): boolean {
  const provider = trace.getTracerProvider() as Partial<ProxyTracerProvider>;
  const isSilent = provider.getDelegateTracer !== undefined && provider.getDelegateTracer("umpire") === undefined;
  return !isSilent || propagation.fields().length > 0;
}

async function handleInSpan(request: IncomingMessage, handle: () => Promise<RequestEnd>): Promise<void> {
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
