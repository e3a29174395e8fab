import { Refusal } from "./refusal.ts";
import type { ApiApp } from "./api-parts.ts";

/** Answers 405 with the methods that a path takes, where there is the path and not the method. */
export function refuseOtherMethods(app: ApiApp, methodsOf: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of methodsOf) {
    const allow = [...taken].toSorted().join(", ");
    app.route({
      method: app.supportedMethods.filter((method) => !taken.has(method)),
      url,
      config: { role: "public" },
      schema: { hide: true },
      onRequest: (request, _reply, done) => {
        const failure = new Refusal(
          405,
          "USAGE",
          { message: `${request.method} is not for this path; it takes ${allow}` },
          { allow },
        );
        done(failure);
      },
      handler: () => null,
    });
  }
}
