import { describe, expect, it } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryAccounts } from "../ledger/memory/memory-accounts.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { createTestContext } from "../testing/call.js";
import { rejection } from "../testing/engine.js";
import { createObeyedForms } from "./obeyed-forms.js";

/** Forms over a store, as one process of an account has them. */
const formsIn = (store: LedgerStore, name = "account") => createObeyedForms(async () => ({ store, name }));

describe("how often a model has obeyed the form it was asked for", () => {
  it("is not known before it was asked", async () => {
    const forms = formsIn(createMemoryStore({ now: () => 0 }));
    await forms.note("gpt-4", true);
    expect(await forms.of("gpt-4o")).toBeUndefined();
  });

  it("is counted for each model, whether it did or not", async () => {
    const forms = formsIn(createMemoryStore({ now: () => 0 }));
    for (const obeyed of [true, false, true]) await forms.note("gpt-4o", obeyed);
    await forms.note("gpt-4", false);
    expect(await forms.of("gpt-4o")).toEqual({ asked: 3, obeyed: 2 });
    expect(await forms.of("gpt-4")).toEqual({ asked: 1, obeyed: 0 });
  });

  it("is one count for all who share the account's ledger, and none of another account's", async () => {
    const memory = createMemoryAccounts();
    const [one, other] = [createMemoryStore({ now: () => 0, memory }), createMemoryStore({ now: () => 0, memory })];
    await Promise.all(Array.from({ length: 20 }, (_, n) => formsIn(n % 2 === 0 ? one : other).note("m", n % 4 === 0)));
    for (const store of [one, other]) expect(await formsIn(store).of("m")).toEqual({ asked: 20, obeyed: 5 });
    expect(await formsIn(one, "another").of("m")).toBeUndefined();
  });

  it("is never more than was asked, though others count while it is read", async () => {
    const store = createMemoryStore({ now: () => 0 });
    await formsIn(store).note("m", true);
    const interrupted: LedgerStore = {
      ...store,
      async learned(account, key) {
        const found = await store.learned(account, key);
        await formsIn(store).note("m", true);
        return found;
      },
    };
    const found = await formsIn(interrupted).of("m");
    expect(found?.obeyed).toBeLessThanOrEqual(found?.asked ?? 0);
  });

  it("fails no call where the ledger can't be written, and is an error where it can't be read", async () => {
    const broken = createObeyedForms(() => Promise.reject(new LedgerError("no disk")));
    await expect(broken.note("m", true)).resolves.toBeUndefined();
    expect(await rejection(broken.of("m"))).toMatchObject({ message: "no disk" });
  });

  it("keeps both numbers young, whichever of them grows: a ledger forgets what was not taught for long", async () => {
    const store = createMemoryStore({ now: () => 0 });
    const taught: string[] = [];
    const teach: LedgerStore["teach"] = (account, lessons) => {
      for (const lesson of lessons) if (lesson.kind === "count") taught.push(lesson.key);
      return store.teach(account, lessons);
    };
    await formsIn({ ...store, teach }).note("m", false);
    expect(new Set(taught).size).toBe(2);
  });

  it("has one line of a name with several", async () => {
    const forms = formsIn(createMemoryStore({ now: () => 0 }));
    await forms.note("a\nb", true);
    expect(await forms.of("a b")).toEqual({ asked: 1, obeyed: 1 });
  });

  it("is told by the account", async () => {
    const { account } = createTestContext().context;
    expect(await account.formsObeyed("gpt-4o-mini")).toBeUndefined();
    await account.noteForm("gpt-4o-mini", true);
    await account.noteForm("gpt-4o-mini", false);
    expect(await account.formsObeyed("gpt-4o-mini")).toEqual({ asked: 2, obeyed: 1 });
  });
});
