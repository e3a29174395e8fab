import Fastify, { LogController } from "fastify";
import swagger from "@fastify/swagger";
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import { Failure } from "../../core/failures.ts";
import type { ApiApp, ApiParts } from "./api-parts.ts";
import { authorise } from "./authorise.ts";
import { jsonDepth, MOST_DEPTH } from "./json-depth.ts";
import { openApiFrame } from "./openapi-frame.ts";
import { sendProblem } from "./problem-answers.ts";
import { routeModules } from "./routes/index.ts";

/** The server's HTTP interface, not listening yet. `app.swagger()` is its description. */
export async function buildApi(parts: ApiParts): Promise<ApiApp> {
  const app = Fastify({
    bodyLimit: parts.limits.jsonBytes,
    logger: parts.log === null ? false : { stream: parts.log, redact: { paths: secretPaths, censor: "[secret]" } },
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: 120_000,
    forceCloseConnections: "idle",
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, parts.onBug),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, parts.onBug));
  app.setNotFoundHandler((request, reply) => {
    const failure = new Failure("NOT_FOUND", {
      message: `${request.method} has no such path here`,
      mend: ["GET /openapi.json lists them"],
    });
    return sendProblem(failure, request, reply, parts.onBug);
  });
  addParsers(app);
  addHooks(app, parts);
  await app.register(swagger, { openapi: openApiFrame(parts.version), transform: jsonSchemaTransform });
  await app.register((scope, _options, done) => {
    for (const addRoutes of routeModules) addRoutes(scope.withTypeProvider<ZodTypeProvider>(), parts);
    done();
  });
  await app.ready();
  return app;
}

/** Headers that hold keys never reach the log, should a request ever be logged whole. */
const secretPaths = ["req.headers.authorization", 'req.headers["x-api-key"]', "key", "*.key", "*.sha256"];

/** Files come as they are, in a stream that the route reads with a limit of its own. */
function addParsers(app: ApiApp): void {
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
}

function addHooks(app: ApiApp, parts: ApiParts): void {
  app.decorateRequest("actor");
  app.addHook("onRequest", (request, _reply, done) => {
    request.actor = authorise(request, parts);
    done();
  });
  app.addHook("preValidation", (request, _reply, done) => {
    if (jsonDepth(request.body) > MOST_DEPTH) {
      throw new Failure("USAGE", { message: `the body nests more than ${MOST_DEPTH} deep` });
    }
    done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    void reply.header("x-content-type-options", "nosniff");
    if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
    done(null, payload);
  });
  app.addHook("onResponse", (request, reply, done) => {
    const { url = "unknown" } = request.routeOptions;
    const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000;
    request.log.info({ method: request.method, route: url, status: reply.statusCode, milliseconds }, "request");
    done();
  });
}
