import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";

/** Everything of the OpenAPI description that is not a route. */
export function openApiFrame(version: string): NonNullable<FastifyDynamicSwaggerOptions["openapi"]> {
  return {
    openapi: "3.1.0",
    info: {
      title: "Umpire",
      version,
      description: [
        "The control plane: registry, routing, audit trail, schedules. Errors are problems of RFC 9457 whose `code` is one",
        "of the reference. Each route names the least role whose key may call it; viewer < operator < approver < admin.",
      ].join(" "),
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags: [
      { name: "server", description: "How it is" },
      { name: "registry", description: "Models, versions, data sets, verdicts, lineage" },
      { name: "routing", description: "Who answers whom; what was live when, and why" },
      { name: "releases", description: "Releases in stages, and the way back" },
      { name: "gateways", description: "What gateways follow and report" },
      { name: "watch", description: "Alarms, monitors, retraining" },
      { name: "audit", description: "Who changed what" },
      { name: "access", description: "Keys and roles" },
      { name: "schedules", description: "What runs by itself" },
    ],
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A key of `umpire keys create`" },
        header: { type: "apiKey", in: "header", name: "x-api-key", description: "The same key" },
      },
    },
    security: [{ bearer: [] }, { header: [] }],
  };
}
