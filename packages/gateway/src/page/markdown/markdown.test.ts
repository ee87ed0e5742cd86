import fc from "fast-check";
import type { ComponentChild, VNode } from "preact";
import { describe, expect, it, test } from "vitest";
import { type BlockReader, createBlockReader } from "./create-block-reader.js";
import { decodeEntities } from "./decode-entities.js";
import { lexMarkdown } from "./lex-markdown.js";
import { renderBlock } from "./render-block.js";
import { safeAddress } from "./safe-address.js";
import { withoutHalfMarks } from "./without-half-marks.js";

const TAGS =
  /^(?:p|h[3-6]|ul|ol|li|blockquote|hr|br|strong|em|del|code|a|section|table|thead|tbody|tr|th|td|div|pre|span)$/;
const ATTRIBUTES = /^(?:class|dir|start|scope|href|target|rel|role|aria-label|tabIndex|children|key)$/;

/** An answer as the page shows it: `p{…}`, with the attributes that matter. Whatever it must never hold fails the test. */
function show(text: string): string {
  const links = Object.create(null);
  return lexMarkdown(text, links)
    .map((token, index) => showNode(renderBlock(token, index)))
    .join("");
}

function showNode(node: ComponentChild | ComponentChild[]): string {
  if (Array.isArray(node)) return node.map(showNode).join("");
  if (node === null || node === undefined || typeof node === "boolean") return "";
  if (typeof node !== "object") return String(node);
  const { type, props } = node as VNode<Record<string, unknown>>;
  if (typeof type === "function") {
    if (type.name === "CodeBlock") return `code-block[${props.language}]{${props.code}}`;
    return showNode((type as (given: object) => ComponentChild)(props));
  }
  expect(type).toMatch(TAGS);
  for (const name of Object.keys(props)) expect(name).toMatch(ATTRIBUTES);
  if (type === "a") {
    expect(props).toMatchObject({ target: "_blank", rel: "noopener noreferrer" });
    expect(props.href).toMatch(/^(?:https?|mailto):/);
  }
  const told = ["href", "dir", "start"].flatMap((name) =>
    props[name] === undefined || props[name] === "auto" ? [] : [`${name}=${props[name]}`],
  );
  const inside = showNode(props.children as ComponentChild[]);
  return `${type}${told.length === 0 ? "" : `[${told.join(" ")}]`}{${inside}}`;
}

describe("an answer in Markdown", () => {
  test.each([
    ["A **bold** and *soft* `code`.", "p{A strong{bold} and em{soft} code[dir=ltr]{code}.}"],
    ["one\ntwo", "p{onebr{}two}"],
    ["# Title", "h3{Title}"],
    ["###### Low", "h6{Low}"],
    ["- a\n- b\n  1. c", "ul{li{a}li{bol{li{c}}}}"],
    ["3. c\n4. d", "ol[start=3]{li{c}li{d}}"],
    ["- [x] done\n- [ ] open", "ul{li{☑ done}li{☐ open}}"],
    ["- a\n\n- b", "ul{li{p{a}}li{p{b}}}"],
    ["> a\n> - b", "blockquote{p{a}ul{li{b}}}"],
    ["```js\nlet a = '<b>';\n```", "code-block[js]{let a = '<b>';}"],
    ["```js\nlet a", "code-block[js]{let a}"],
    ["|a|b|\n|-|-|\n|1<br>2|3|", "section{table{thead{tr{th{a}th{b}}}tbody{tr{td{1br{}2}td{3}}}}}"],
    ["A [link](https://a.example/b?c=1&amp;d=2).", "p{A a[href=https://a.example/b?c=1&d=2]{link}.}"],
    ["See https://a.example/b.", "p{See a[href=https://a.example/b]{https://a.example/b}.}"],
    ["[a][1]\n\n[1]: https://a.example/", "p{a[href=https://a.example/]{a}}"],
    ["Fish &amp; chips &copy; &#38;lt; &nobody;", "p{Fish & chips © &lt; &nobody;}"],
    ["\\*plain\\* ~~old~~", "p{*plain* del{old}}"],
    ["---", "hr{}"],
  ])("%j", (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  test.each([
    ["**注意：**请先阅读。", "p{strong{注意：}请先阅读。}"],
    ["请**“强调”**这一点", "p{请strong{“强调”}这一点}"],
    ["请**“强调”**, ok", "p{请strong{“强调”}, ok}"],
    ["これは**重要です。**次へ", "p{これはstrong{重要です。}次へ}"],
    ["**中文。**中文**更多**", "p{strong{中文。}中文strong{更多}}"],
    ["**مهم:** اقرأ 👩‍👩‍👧", "p{strong{مهم:} اقرأ 👩‍👩‍👧}"],
  ])("knows emphasis beside scripts without spaces: %j", (text, expected) => {
    expect(show(text)).toBe(expected);
  });

  test.each([
    ['<img src=x onerror="alert(1)">', 'p{<img src=x onerror="alert(1)">}'],
    ["<script>alert(1)</script>\n\n**b**", "p{<script>alert(1)</script>}p{strong{b}}"],
    ["a <b onclick=x>b</b>", "p{a <b onclick=x>b</b>}"],
    ["<!-- a -->\n<div>\n*b*\n</div>", "p{<!-- a -->br{}<div>br{}em{b}br{}</div>}"],
    ["[a](javascript:alert(1))", "p{a}"],
    ["[a](JaVaScRiPt&#58;alert(1))", "p{a}"],
    ["[a](java&#10;script:alert(1))", "p{a}"],
    ["<javascript:alert(1)>", "p{javascript:alert(1)}"],
    ["[a](data:text/html;base64,PHNjcmlwdD4=)", "p{a}"],
    ["[a](vbscript:x) [b](file:///etc/passwd) [c](blob:x)", "p{a b c}"],
    ["[a](/playground) [b](#models) [c](//evil.example)", "p{a b c}"],
    ["![a picture](https://evil.example/x.png)", "p{a[href=https://evil.example/x.png]{Picture: a picture}}"],
    ["![x](data:image/svg+xml,<svg/onload=alert(1)>)", "p{Picture: x}"],
    ["[![a](https://a.example/i.png)](https://b.example/)", undefined],
    ["```<script>\nx\n```", "code-block[<script>]{x}"],
    ["[a]: javascript:alert(1)\n\n[a]", "p{a}"],
    ["[__proto__]: https://a.example/\n\n[constructor]", "p{[constructor]}"],
  ])("holds nothing that runs or loads: %j", (text, expected) => {
    const shown = show(text);
    if (expected !== undefined) expect(shown).toBe(expected);
  });

  it("holds nothing else, whatever is written", () => {
    const piece = fc.constantFrom(
      ..."*_`~[]()!<>|#-+:.\\\n \t1a😀".split(""),
      "javascript:",
      "https://a.example/",
      "<img src=x onerror=y>",
      "data:text/html,",
      "\n\n",
      "    ",
      "```",
      "&#106;",
      "** ",
      "中",
      "ب",
      "![",
      "](",
      "<a href='javascript:x'>",
      "|-|-|\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void show(pieces.join(""))),
      { numRuns: 2_000 },
    );
  });
});

describe("an answer of a bad shape", () => {
  const deep = Array.from({ length: 1_000 }, (_, level) => `${"  ".repeat(level)}- x`).join("\n");
  test.each([
    ["lists in lists", deep, 1],
    ["markers in a row", `${"- ".repeat(1_000)}x`, 1],
    ["quotes in quotes", `${">".repeat(10_000)} x`, 1],
    ["backticks", `a ${"`".repeat(1_000_000)}`, 1],
    ["brackets", "[".repeat(5_999), 1],
    ["emphasis that never ends", "**a_".repeat(1_499), 1],
    ["a long block of code", `\`\`\`\n${"a\n".repeat(300_000)}`, 1],
  ])("is shown as far as it goes: %s", (_, text, parts) => {
    const tokens = lexMarkdown(text, Object.create(null));
    expect(tokens).toHaveLength(parts);
    expect(tokens.map(({ raw }) => raw).join("")).toBe(text);
    const shown = tokens.map((token, index) => showNode(renderBlock(token, index))).join("");
    expect(shown.length).toBeGreaterThan(text.length / 2);
  });

  it("has marks up to a size that no paragraph has, and is text beyond it", () => {
    expect(show(`**b** ${"a".repeat(5_994)}`)).toMatch(/^p\{strong\{b\} a/);
    expect(show(`**b** ${"a".repeat(5_995)}`)).toMatch(/^p\{\*\*b\*\* a/);
    const items = (length: number): string => `- b\n${"- a\n".repeat(20_000)}`.slice(0, length);
    expect(show(items(50_000))).toMatch(/^ul\{li\{b\}/);
    expect(show(items(50_001))).toMatch(/^p\{- b\n- a/);
  });

  it("nests 16 deep at most, and shows the rest as it stands", () => {
    const shown = show(`${"- ".repeat(40)}x`);
    expect(shown.split("ul{")).toHaveLength(17);
    expect(shown).toContain(`${"- ".repeat(24)}x`);
  });
});

describe("an answer that streams in", () => {
  const ANSWER = `# Tides

The **moon** pulls the sea, see [here](https://a.example/tides) and \`moon.js\`.

- It rises
- and falls:
  1. twice

  a day

\`\`\`python
def tide():

    return "**high**"
\`\`\`

| place | height |
|---|--:|
| Brest | 6 m |

> quoted
> words

---

هذا **مثال** قصير.
`;
  const rendered = (blocks: ReturnType<BlockReader>): string =>
    blocks.map(({ token, key }) => showNode(renderBlock(token, key))).join("");

  it("ends as it would have come at once, however it is cut", () => {
    const whole = rendered(createBlockReader(lexMarkdown)(ANSWER, true));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 }), (steps) => {
        const read = createBlockReader(lexMarkdown);
        let at = 0;
        for (const step of steps) {
          at += step;
          read(ANSWER.slice(0, at), false);
        }
        expect(rendered(read(ANSWER, true))).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });

  it("shows any text as it would have come at once, but for marks that are half there", () => {
    const line = fc.constantFrom(
      "a",
      "- b",
      "  c",
      "> d",
      "",
      "1. e",
      "    f",
      "```",
      "|g|h|",
      "|-|-|",
      "# i",
      "---",
      "**j**",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), (lines) => {
        const text = `${lines.join("\n")}\n`;
        const read = createBlockReader(lexMarkdown);
        for (let at = 1; at <= text.length; at += 1) read(text.slice(0, at), false);
        expect(rendered(read(text, true))).toBe(rendered(createBlockReader(lexMarkdown)(text, true)));
      }),
      { numRuns: 500 },
    );
  });

  it("never shows half a mark", () => {
    const read = createBlockReader(lexMarkdown);
    for (let at = 1; at < ANSWER.length; at += 1) {
      const shown = rendered(read(ANSWER.slice(0, at), false)).replace(/code-block\[[^{]*\{[^}]*\}/g, "");
      expect(shown).not.toMatch(/\*\*|`|\]\(|\[here/);
      expect(shown).not.toMatch(/h[3-6]\{(?!Tides|Tide|Tid|Ti|T|\})/);
    }
  });

  it("reads only its last part anew, under the key that it had", () => {
    const read = createBlockReader(lexMarkdown);
    const first = read("One.\n\nTwo", false);
    const second = read("One.\n\nTwo and more", false);
    expect(second[0]).toBe(first[0]);
    expect(second.at(-1)?.key).toBe(first.at(-1)?.key);
    expect(second.at(-1)).not.toBe(first.at(-1));
    // Another answer in its place.
    expect(read("Three", false)).toHaveLength(1);
  });

  it("finds the address that is given after its link once it is whole", () => {
    const read = createBlockReader(lexMarkdown);
    const text = "See [a].\n\nMore.\n\n[a]: https://a.example/\n";
    for (let at = 1; at <= text.length; at += 1) read(text.slice(0, at), false);
    expect(rendered(read(text, true))).toBe("p{See a[href=https://a.example/]{a}.}p{More.}");
  });
});

test.each([
  ["a **b", "a **b**"],
  ["a **", "a "],
  ["a **b*", "a **b**"],
  ["a\n\n``", "a\n"],
  ["a **b** c", "a **b** c"],
  ["a `b", "a `b`"],
  ["a `", "a "],
  ["see [here](https://a.ex", "see here"],
  ["see ![a pict", "see a pict"],
  ["list:\n-", "list:"],
  ["list:\n1", "list:"],
  ["* item", "* item"],
  ["```\na\n``", "```\na"],
  ["```\n**a", "```\n**a"],
  ["```\na\n```\n**b", "```\na\n```\n**b**"],
])("half of %j is left out or closed", (text, expected) => {
  expect(withoutHalfMarks(text)).toBe(expected);
});

test.each([
  ["https://a.example", "https://a.example/"],
  ["mailto:a@b.example", "mailto:a@b.example"],
  [" javascript:alert(1)", undefined],
  ["java\tscript:alert(1)", undefined],
  ["relative", undefined],
  ["", undefined],
])("the address %j", (href, expected) => {
  expect(safeAddress(href)).toBe(expected);
});

test.each([
  ["&#0; &#xD800; &#x110000;", "\ufffd \ufffd \ufffd"],
  ["&#x1F600; &amp;amp;", "😀 &amp;"],
  ["&nobody; &toString;", "&nobody; &toString;"],
])("the entities of %j", (text, expected) => {
  expect(decodeEntities(text)).toBe(expected);
});
