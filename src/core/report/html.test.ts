import { describe, expect, it } from "vitest";
import { decidedFilmRanker, hostileVerdict } from "../../../test/film-ranker.ts";
import { renderHtml } from "./html.ts";
import { htmlText } from "./markup.ts";
import { scriptJson } from "./page-frame.ts";

const assets = { script: 'const a = "</script><!--";', style: "p{content:'</style>'}" };

describe("report.html", () => {
  it("carries its first sentence before any script runs", () => {
    const html = renderHtml(decidedFilmRanker(), assets);
    expect(html).toContain(
      "<h1>Do not release the challenger: it is better on average but worse for low activity, a slice that must not get worse.</h1>",
    );
    expect(html.indexOf("<h1>")).toBeLessThan(html.indexOf("<script"));
  });
  it("names no address of a network, and allows only its own script and style by digest", () => {
    const html = renderHtml(decidedFilmRanker(), assets);
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).toMatch(/default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='/);
    expect(html).not.toContain("unsafe-inline");
  });
  it("lets no name, policy text or code end its element", () => {
    const evidence = {
      ...decidedFilmRanker(),
      verdict: hostileVerdict(),
      policy: { name: "p.yaml", text: "# </script><script>alert(1)</script>", section: [0, 0] as const, entries: [] },
    };
    const html = renderHtml(evidence, assets);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).not.toContain("<!--");
    const data = /<script type="application\/json" id="evidence">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect((JSON.parse(data) as { verdict: unknown }).verdict).toEqual(JSON.parse(JSON.stringify(evidence.verdict)));
  });
  it("escapes text and JSON", () => {
    expect(htmlText(`<a href="x">'&`)).toBe("&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    expect(scriptJson("<\u2028")).toBe('"\\u003c\\u2028"');
  });
});
