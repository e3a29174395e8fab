import { describe, expect, it } from "vitest";
import { filmRanker, hostileNames, hostileVerdict } from "../../../test/film-ranker.ts";
import { golden } from "../../../test/golden.ts";
import { markdownText, renderMarkdown } from "./markdown.ts";

const kept = (name: string, text: string): string => golden(new URL(`golden/${name}`, import.meta.url), text);

/** Cells of a table row by the rule of GitHub's tables: a pipe that no backslash escapes parts them. */
const cells = (line: string): number => line.replace(/\\\\/g, "").split(/(?<!\\)\|/).length - 2;

describe("a verdict in Markdown", () => {
  it("reads as the kept example", () => {
    const text = renderMarkdown(filmRanker().verdict, {
      wouldFlip: ["nothing: even at weight 0 the blocking slice stands"],
    });
    expect(text).toBe(kept("film-ranker.md", text));
  });
  it("starts with the answer, then the sentence free of statistics", () => {
    const lines = renderMarkdown(filmRanker().verdict).split("\n");
    expect(lines[0]).toBe("## ✗ FAIL · film-ranker");
    expect(lines[2]).toBe(
      "**Do not release the challenger: it is better on average but worse for low activity, a slice that must not get worse.**",
    );
  });
  it("keeps every table whole whatever the names are", () => {
    const text = renderMarkdown(hostileVerdict(), { all: true });
    expect(text).toBe(kept("hostile.md", text));
    for (const block of text.split("\n\n").filter((b) => b.startsWith("|"))) {
      const counts = new Set(block.trim().split("\n").map(cells));
      expect([...counts]).toHaveLength(1);
    }
  });
  it("lets no name become markup, a mention, an issue or a link", () => {
    for (const name of hostileNames) {
      const safe = markdownText(name);
      expect(safe.replace(/<!-- -->/g, "")).not.toMatch(/[<>]/);
      expect(safe).not.toMatch(/(?<!\\)[`*[\]|]|@\w|#\d|:\/\//);
    }
    expect(markdownText("user_activity=low")).toBe("user_activity=low");
    expect(markdownText("_x_ deadbeef1 :bug:")).toBe("\\_x\\_ d<!-- -->eadbeef1 :<!-- -->bug:");
  });
});
