import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raise, type Notice } from "../../core/alerts/alert.ts";
import { createWebhookChannel } from "./webhook-channel.ts";

const { notice } = raise(
  null,
  {
    key: "k",
    severity: "error",
    model: "films",
    owner: null,
    message: "lost <b>low activity</b> & more",
    actions: ["umpire rollback films"],
  },
  1_700_000_000_000,
  { repeatAfter: 1, quietAfter: 1 },
) as { notice: Notice };
const never = new AbortController().signal;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Received {
  body: string;
  headers: Record<string, unknown>;
}

async function listen(status = 200): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ body, headers: request.headers });
      response.writeHead(status).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/T0/secret`, received };
}

const options = { secret: "s3cret", form: "events" as const, trusted: true, now: () => 1_700_000_000 };

describe("the webhook channel", () => {
  it("posts a signed CloudEvents document", async () => {
    const { url, received } = await listen();
    await createWebhookChannel({ ...options, url }).send("n1", notice, never);
    const { body, headers } = received[0]!;
    expect(JSON.parse(body)).toMatchObject({ specversion: "1.0", id: "n1", type: "dev.umpire.alarm.v1" });
    const digest = createHmac("sha256", "s3cret").update(`1700000000.${body}`).digest("hex");
    expect(headers["umpire-signature"]).toBe(`t=1700000000,v1=${digest}`);
    expect(body).not.toContain("s3cret");
  });

  it("speaks Slack's form, with markup made harmless", async () => {
    const { url, received } = await listen();
    await createWebhookChannel({ ...options, form: "slack", url }).send("n1", notice, never);
    const { text } = JSON.parse(received[0]!.body) as { text: string };
    expect(text).toContain("lost &lt;b&gt;low activity&lt;/b&gt; &amp; more");
    expect(text).toContain("umpire rollback films");
  });

  it("fails without naming the secret path when the other side refuses", async () => {
    const { url } = await listen(500);
    const sent = createWebhookChannel({ ...options, url }).send("n1", notice, never);
    await expect(sent).rejects.toMatchObject({ code: "CHANNEL", message: expect.stringContaining("500") });
    await expect(createWebhookChannel({ ...options, url }).send("n", notice, never)).rejects.not.toMatchObject({
      where: expect.stringContaining("secret"),
    });
  });

  it("does not reach inside when the address came through the API", async () => {
    const { url } = await listen();
    expect(() => createWebhookChannel({ ...options, url, trusted: false })).toThrow(/private/);
  });
});
