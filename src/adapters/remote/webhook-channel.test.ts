import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { raise, type Notice } from "../../core/alerts/alert.ts";
import { pythonWith } from "../../../test/python-with.ts";
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

  it("cuts what is longer than Slack shows, and lets no name of a column make a line or an emphasis", async () => {
    const { url, received } = await listen();
    const message = `a_b_c *moved*\n✓ all is well ${"😀<".repeat(5000)}`;
    const long: Notice = { ...notice, alert: { ...notice.alert, message } };
    await createWebhookChannel({ ...options, form: "slack", url }).send("n1", long, never);
    const { text, mrkdwn } = JSON.parse(received[0]!.body) as { text: string; mrkdwn: boolean };
    expect(mrkdwn).toBe(false);
    expect(text).toMatch(/^✗ films {2}a_b_c \*moved\*\\u\{a\}✓ all is well 😀&lt;/);
    expect(text.endsWith("…")).toBe(true);
    expect(Array.from(text.replaceAll("&lt;", "<"))).toHaveLength(4000);
  });

  it("tells an end as an end, with no more to do", async () => {
    const { url, received } = await listen();
    const over: Notice = { kind: "recovered", alert: { ...notice.alert, lastSeen: 1_700_000_600_000 } };
    await createWebhookChannel({ ...options, form: "slack", url }).send("n1", over, never);
    expect(JSON.parse(received[0]!.body)).toEqual({
      text: expect.stringMatching(/^✓ films {2}over: lost .*\n {2}from .*22:13.* to .*22:23[^\n]*$/),
      mrkdwn: false,
    });
  });

  it("is verified by the lines of the guide, which refuse another body, secret or time", async () => {
    const python = pythonWith("hmac");
    if (python === null) return;
    const { url, received } = await listen();
    await createWebhookChannel({ ...options, url }).send("n1", notice, never);
    const { body, headers } = received[0]!;
    const guide = readFileSync("docs/guides/retraining-and-alarms.md", "utf8");
    const code = /```python\n(.*?)```/s.exec(guide)![1]!;
    const ask = "import sys, json\nprint(json.dumps([genuine(*one) for one in json.load(sys.stdin)]))";
    const signature = String(headers["umpire-signature"]);
    const cases = [
      [body, signature, "s3cret", 1_700_000_060],
      [`${body} `, signature, "s3cret", 1_700_000_060],
      [body, signature, "other", 1_700_000_060],
      [body, signature, "s3cret", 1_700_000_000 + 3600],
      [body, "t=1,v1=é", "s3cret", 1],
    ];
    const said = execFileSync(python, ["-c", `${code}\n${ask}`], { input: JSON.stringify(cases) }).toString();
    expect(JSON.parse(said)).toEqual([true, false, false, false, false]);
  });

  it("says that an answer was a redirect, and that nothing listens on any address of a name", async () => {
    const { url } = await listen(302);
    const moved = createWebhookChannel({ ...options, url }).send("n1", notice, never);
    await expect(moved).rejects.toMatchObject({ message: expect.stringMatching(/302, a redirect/) });
    const nobody = createWebhookChannel({ ...options, url: "http://localhost:1/" }).send("n1", notice, never);
    await expect(nobody).rejects.toMatchObject({ message: expect.stringMatching(/notice: .*ECONNREFUSED/) });
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
