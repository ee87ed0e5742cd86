import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { post } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const embed = (body: object) => post(sandbox, "/embeddings", { model: "text-embedding-3-small", ...body });
const cosine = (one: number[], other: number[]) =>
  one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

describe("embeddings", () => {
  it("come as OpenAI's list with the model's dimensions and unit length", async () => {
    const { status, json } = await embed({ input: ["a cat", "a dog"] });
    expect(status).toBe(201);
    expect(json).toMatchObject({ object: "list", model: "text-embedding-3-small", usage: { total_tokens: 1 } });
    expect(json.data.map((item: { index: number }) => item.index)).toEqual([0, 1]);
    expect(json.data[0].embedding).toHaveLength(1536);
    expect(cosine(json.data[0].embedding, json.data[0].embedding)).toBeCloseTo(1, 4);
  });

  it("are near for similar texts and near zero for unrelated ones", async () => {
    const input = [
      "How do I return an item?",
      "Items can be returned within 30 days of delivery.",
      "The cat sat on the mat.",
      "A cat is sitting on a mat.",
    ];
    const { json } = await embed({ input });
    const [question, policy, cat, sameCat] = json.data.map((item: { embedding: number[] }) => item.embedding);
    expect(cosine(question, policy)).toBeGreaterThan(0.4);
    expect(cosine(cat, sameCat)).toBeGreaterThan(0.6);
    expect(Math.abs(cosine(question, cat))).toBeLessThan(0.1);
  });

  it.each([
    [
      "Chinese",
      [
        "去岛上的渡轮每天早上七点从北码头出发，回程是下午五点半。",
        "图书馆的书可以借四个星期，逾期每天罚款两角。",
        "面包由面粉、水、盐和时间做成，烤箱要预热到二百三十度。",
        "市场每周六在教堂前的广场上举行，卖鱼、蔬菜和鲜花。",
        "GPU显存不足时，请把批量大小减半后再试。",
      ],
      ["渡轮几点出发？", "书可以借多久？", "烤面包的温度是多少？", "广场上的市场在星期几？", "显存不足怎么办？"],
    ],
    [
      "Japanese",
      [
        "島へのフェリーは毎朝七時に北埠頭から出ます。帰りは午後五時半です。",
        "図書館の本は四週間借りることができます。延滞料は一日十円です。",
        "パンは小麦粉と水と塩と時間で作ります。オーブンは二百三十度に予熱します。",
        "市場は毎週土曜日に教会の前の広場で開かれ、魚や野菜や花を売っています。",
        "りんごは秋に収穫し、地下室で春まで保存できます。",
      ],
      [
        "フェリーは何時に出ますか？",
        "本はどのくらい借りられますか？",
        "オーブンは何度に予熱しますか？",
        "市場はいつ開かれますか？",
        "りんごはいつ収穫しますか？",
      ],
    ],
  ])("find the passage of a question in %s, which has no blanks between words", async (_, passages, questions) => {
    const { json } = await embed({ input: [...passages, ...questions] });
    const vectors: number[][] = json.data.map((item: { embedding: number[] }) => item.embedding);
    const found = vectors.slice(passages.length).map((question) => {
      const scores = vectors.slice(0, passages.length).map((passage) => cosine(question, passage));
      return scores.indexOf(Math.max(...scores));
    });
    expect(found).toEqual([0, 1, 2, 3, 4]);
  });

  it("are the same in base64", async () => {
    const floats = (await embed({ input: "a cat" })).json.data[0].embedding;
    const { json } = await embed({ input: "a cat", encoding_format: "base64" });
    const bytes = Buffer.from(json.data[0].embedding, "base64");
    const decoded = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(decoded).toHaveLength(1536);
    expect(cosine(floats, decoded)).toBeCloseTo(1, 4);
  });

  it("can be shorter, not longer", async () => {
    expect((await embed({ input: "a cat", dimensions: 256 })).json.data[0].embedding).toHaveLength(256);
    expect((await embed({ input: "a cat", dimensions: 1537 })).status).toBe(400);
  });

  it("have their model's dimensions", async () => {
    const lengthOf = async (model: string) => (await embed({ model, input: "x" })).json.data[0].embedding.length;
    expect(await lengthOf("text-embedding-3-large")).toBe(3072);
    expect(await lengthOf("BAAI/bge-large-en-v1.5")).toBe(1024);
    expect(await lengthOf("textembedding-gecko@003")).toBe(768);
  });

  it("leave out prompt_tokens where the documentation does", async () => {
    expect((await embed({ model: "voyage-2", input: "x" })).json.usage).toEqual({ total_tokens: 1 });
  });

  it.each([
    ["user, everywhere", { input: "x", user: "me" }],
    ["token arrays", { input: [1, 2] }],
    ["lists of token arrays", { input: [[1, 2]] }],
    ["an empty text in a list", { input: ["x", ""] }],
    ["2049 texts", { input: Array.from({ length: 2049 }, () => "x") }],
    ["8001 characters on voyage", { model: "voyage-2", input: "x".repeat(8001) }],
    ["801 characters in a list on voyage", { model: "voyage-2", input: ["x".repeat(801)] }],
    ["a null encoding on voyage", { model: "voyage-2", input: "x", encoding_format: null }],
    ["an unknown task on gecko", { model: "textembedding-gecko@001", input: "x", task_type: "RETRIEVAL" }],
    ["dimensions on bge", { model: "BAAI/bge-base-en-v1.5", input: "x", dimensions: 8 }],
    ["an empty input", { input: "" }],
    ["an empty list", { input: [] }],
    ["an unknown encoding", { input: "x", encoding_format: "int8" }],
    ["dimensions on voyage", { model: "voyage-2", input: "x", dimensions: 8 }],
    ["input_type query on voyage", { model: "voyage-2", input: "x", input_type: "query" }],
    ["encoding_format on gecko", { model: "textembedding-gecko@001", input: "x", encoding_format: "float" }],
    ["arrays on bge", { model: "BAAI/bge-base-en-v1.5", input: ["x"] }],
    ["3001 characters on m2-bert", { model: "togethercomputer/m2-bert-80M-8k-retrieval", input: "x".repeat(3001) }],
  ])("refuse %s", async (_, body) => {
    const { status, json } = await embed(body);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it.each([
    ["nulls on OpenAI's", { input: "x", encoding_format: null, dimensions: null }],
    ["a null on gecko", { model: "textembedding-gecko@001", input: "x", dimensions: null }],
    ["8000 characters on voyage", { model: "voyage-2", input: "x".repeat(8000) }],
    ["800 characters in a list on voyage", { model: "voyage-2", input: ["x".repeat(800)], input_type: "document" }],
    ["3000 characters on bge", { model: "BAAI/bge-base-en-v1.5", input: "x".repeat(3000) }],
  ])("take %s", async (_, body) => {
    expect((await embed(body)).status).toBe(201);
  });

  it("refuse a text beyond the context, and cut it where auto_truncate does", async () => {
    const input = "word ".repeat(8000);
    expect((await embed({ input })).json.message).toContain("maximum context length");
    const gecko = { model: "textembedding-gecko@003", input };
    expect((await embed(gecko)).status).toBe(201);
    expect((await embed({ ...gecko, auto_truncate: false })).status).toBe(400);
  });
});
