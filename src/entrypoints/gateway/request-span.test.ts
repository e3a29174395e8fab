import type { IncomingMessage } from "node:http";
import { type Span, trace, type TracerProvider } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { inRequestSpan } from "./request-span.ts";

const request = { method: "POST", headers: {} } as IncomingMessage;
const handled = { route: "/v2/models/*", status: 503 };

test("a request is handled where no one traces", async () => {
  let active: Span | undefined;
  await inRequestSpan(request, () => {
    active = trace.getActiveSpan();
    return Promise.resolve(handled);
  });
  expect(active).toBeUndefined();
});

test("a tracer that is there gets one span a request, named by the route, failed where the status says so", async () => {
  const told: unknown[] = [];
  const span = {
    isRecording: () => true,
    updateName: (name: string) => told.push(name),
    setAttributes: (attributes: object) => told.push(attributes),
    setStatus: (status: object) => told.push(status),
    end: () => told.push("end"),
  };
  const provider = { getTracer: () => ({ startSpan: () => span }) } as unknown as TracerProvider;
  trace.setGlobalTracerProvider(provider);
  await inRequestSpan(request, () => Promise.resolve(handled));
  expect(told).toEqual([
    "POST /v2/models/*",
    { "http.request.method": "POST", "http.route": "/v2/models/*", "http.response.status_code": 503 },
    { code: 2 },
    "end",
  ]);
});
