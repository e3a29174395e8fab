import { expect, test } from "vitest";
import { languages, textFeatures } from "./text-features.ts";

test.each([
  ["English", "The film isn't bad, 10 of 10!", ["the", "film", "isn't", "bad", "10", "of", "10"], "en"],
  ["Hindi, whose vowels are marks", "कहानी अच्छी थी", ["कहानी", "अच्छी", "थी"], "devanagari"],
  ["Chinese, by pairs", "我喜欢 it", ["我喜", "喜欢", "it"], "cjk"],
  ["Thai, by pairs of letters with their marks", "ดีมาก", ["ดีม", "มา", "าก"], "other"],
  ["Korean, which has blanks", "영화 좋아요", ["영화", "좋아요"], "cjk"],
  ["one character", "好", ["好"], "cjk"],
])("words of %s", (_what, text, words, language) => {
  const features = textFeatures(text);
  expect(features.words).toEqual(words);
  expect(languages[features.language]).toBe(language);
});
