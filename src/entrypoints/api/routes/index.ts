import type { RouteModule } from "../api-parts.ts";
import { alertRoutes } from "./alert-routes.ts";
import { answerRoutes } from "./answer-routes.ts";
import { artifactRoutes } from "./artifact-routes.ts";
import { auditRoutes } from "./audit-routes.ts";
import { consoleRoutes } from "./console-routes.ts";
import { datasetRoutes } from "./dataset-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { gatewayRoutes } from "./gateway-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { modelRoutes } from "./model-routes.ts";
import { retrainingRoutes } from "./retraining-routes.ts";
import { overrideRoutes } from "./override-routes.ts";
import { releaseRoutes } from "./release-routes.ts";
import { routingRoutes } from "./routing-routes.ts";
import { scheduleRoutes } from "./schedule-routes.ts";
import { serverRoutes } from "./server-routes.ts";
import { versionRoutes } from "./version-routes.ts";

/** Every route of the server, by subject. To add one: a file beside these, a line here; tests go through all of them. */
export const routeModules: readonly RouteModule[] = [
  serverRoutes,
  consoleRoutes,
  modelRoutes,
  versionRoutes,
  artifactRoutes,
  datasetRoutes,
  routingRoutes,
  releaseRoutes,
  gatewayRoutes,
  overrideRoutes,
  answerRoutes,
  alertRoutes,
  retrainingRoutes,
  auditRoutes,
  eventRoutes,
  scheduleRoutes,
  keyRoutes,
];
