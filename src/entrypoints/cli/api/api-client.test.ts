import { createServer } from "node:net";
import { expect, it } from "vitest";
import { openApi } from "./api-client.ts";

it("does not wait for ever for a server that takes connections and says nothing", async () => {
  const silent = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((settle) => silent.listen(0, "127.0.0.1", settle));
  const { port } = silent.address() as { readonly port: number };
  const api = await openApi({ server: `http://127.0.0.1:${port}` }, ".", 20);
  await expect(api.get("/v1/status")).rejects.toMatchObject({
    code: "SERVER",
    message: expect.stringContaining("does not answer"),
  });
  silent.close();
});
