import Fastify, { LogController } from "fastify";
import swagger from "@fastify/swagger";
import { serializerCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { Failure } from "../../core/failures.ts";
import type { ApiApp, ApiParts } from "./api-parts.ts";
import { authorise } from "./authorise.ts";
import { answerBrokenRequest, refuseExpectations } from "./broken-requests.ts";
import { transformDescription, transformRoute } from "./description.ts";
import { keepAnswers } from "./idempotency.ts";
import { openApiFrame } from "./openapi-frame.ts";
import { refuseOtherMethods } from "./other-methods.ts";
import { sendProblem } from "./problem-answers.ts";
import { Refusal } from "./refusal.ts";
import { bodyHeaderProblem, parseJsonBody } from "./request-body.ts";
import { FILE_MILLISECONDS, refuseSlowBodies } from "./slow-bodies.ts";
import { validateRequest } from "./validate-request.ts";
import { routeModules } from "./routes/index.ts";

/** The server's HTTP interface, not listening yet. `app.swagger()` is its description. */
export async function buildApi(parts: ApiParts): Promise<ApiApp> {
  const app = Fastify({
    bodyLimit: parts.limits.jsonBytes,
    logger: parts.log === null ? false : { stream: parts.log, redact: { paths: secretPaths, censor: "[secret]" } },
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: FILE_MILLISECONDS,
    forceCloseConnections: "idle",
    genReqId: () => crypto.randomUUID(),
    routerOptions: { maxParamLength: 300 },
    // A request without Host is refused by us, with the reason.
    http: { requireHostHeader: false },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, parts.onBug),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validateRequest);
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
  refuseSlowBodies(app, parts.limits);
  if (parts.answers !== undefined) keepAnswers(app, parts.answers, parts.plane);
  refuseExpectations(app.server);
  const openapi = openApiFrame(parts.version);
  await app.register(swagger, { openapi, transform: transformRoute, transformObject: transformDescription });
  await app.register((scope, _options, done) => {
    const methodsOf = new Map<string, Set<string>>();
    scope.addHook("onRoute", ({ url, method }) => {
      const known = methodsOf.get(url) ?? new Set<string>();
      methodsOf.set(url, known);
      for (const one of [method].flat()) known.add(one);
    });
    for (const addRoutes of routeModules) addRoutes(scope.withTypeProvider<ZodTypeProvider>(), parts);
    refuseOtherMethods(scope.withTypeProvider<ZodTypeProvider>(), new Map(methodsOf));
    done();
  });
  await app.ready();
  return app;
}

/** Headers that hold keys never reach the log, should a request ever be logged whole. */
const secretPaths = ["req.headers.authorization", 'req.headers["x-api-key"]', "key", "*.key", "*.sha256"];

/** Files come as they are, in a stream that the route reads with a limit of its own. */
function addParsers(app: ApiApp): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const problem = bodyHeaderProblem(request.headers);
    try {
      if (problem !== null) throw new Refusal(415, "USAGE", { message: problem });
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));
}

function addHooks(app: ApiApp, parts: ApiParts): void {
  app.decorateRequest("actor");
  app.addHook("onRequest", (request, _reply, done) => {
    request.actor = authorise(request, parts);
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
