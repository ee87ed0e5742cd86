import { describe, expect, it } from "vitest";
import { sentencesOf } from "./sentences.js";
import { countTokens, firstTokens, tokenAt } from "./tokens.js";
import { stemsOf, wordsOf } from "./words.js";

describe("tokens", () => {
  it("put together are the text, and never tear a surrogate pair", () => {
    const text = "abc🙂🙂🙂 äöü 🙂x";
    const tokens = Array.from({ length: countTokens(text) }, (_, index) => tokenAt(text, index));
    expect(tokens.join("")).toBe(text);
    expect(tokens.every((token) => token.isWellFormed())).toBe(true);
    expect(firstTokens(text, 1)).toBe("abc🙂");
  });
});

describe("sentences", () => {
  it("end at the marks of Chinese and Japanese, with no blank after them, and behind closing quotes", () => {
    expect(sentencesOf("渡轮七点出发。回程呢？下午五点半！")).toEqual(["渡轮七点出发。", "回程呢？", "下午五点半！"]);
    expect(sentencesOf("「七時です。」雨の日は休みです。")).toEqual(["「七時です。」", "雨の日は休みです。"]);
    expect(sentencesOf('Search for "渡轮几点出发？"')).toEqual(['Search for "渡轮几点出发？"']);
  });

  it("end at marks, at lines and at bullets, not at abbreviations or wraps", () => {
    expect(sentencesOf("Dr. Holm came at 9.30. She stayed\nfor tea. Why?\n- one thing\n2. another")).toEqual([
      "Dr. Holm came at 9.30.",
      "She stayed for tea.",
      "Why?",
      "one thing",
      "another",
    ]);
  });
});

describe("stems", () => {
  it("bring forms together and leave stop words out", () => {
    expect(stemsOf("The refunds were refunded, refunding a refund")).toEqual(["refund", "refund", "refund", "refund"]);
    expect(stemsOf("stopped stopping policies policy")).toEqual(["stop", "stop", "policy", "policy"]);
  });
});

describe("words", () => {
  it("are pairs of characters where a script has no blanks, and whole next to them", () => {
    expect(wordsOf("GPU显存不足, RTX4090カード")).toEqual(["gpu", "显存", "存不", "不足", "rtx4090", "カー", "ード"]);
    expect(wordsOf("第3章 水 서울에서 3.5")).toEqual(["第", "3", "章", "水", "서울에서", "3.5"]);
  });
});
