import { expect, it } from "vitest";
import { apiInMemory } from "./api-in-memory.ts";

it("registers no address that holds a secret, which every viewer would see, and does not say it back", async () => {
  const { call } = await apiInMemory();
  const register = (url: string) =>
    call("operator", "POST", "/v1/models/m/versions", { artifact: { kind: "url", url } });
  for (const url of [
    "https://user:s3cret@models.example.org/score",
    "https://s3cret@models.example.org/score",
    "https://models.example.org/score?token=s3cret",
    "https://models.example.org/score?api_key=s3cret",
    "https://models.example.org/score?apikey=s3cret",
    "https://models.example.org/score?version=2&X-Amz-Signature=s3cret",
    "https://models.example.org/score?sig=s3cret",
    "ftp://user:s3cret@models.example.org/score",
  ]) {
    const refused = await register(url);
    expect(refused, url).toMatchObject({ status: 400, body: { code: "USAGE" } });
    expect(JSON.stringify(refused.body)).not.toContain("s3cret");
  }
  for (const url of [
    "https://models.example.org/score?version=2",
    "https://models.example.org/score?monkey=1&design=2",
  ])
    expect(await register(url), url).toMatchObject({ status: 201 });
});
