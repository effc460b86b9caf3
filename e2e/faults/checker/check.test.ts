import { describe, expect, test } from "vitest";
import type { Answer, Asked, Call, Kind } from "../history.ts";
import { findBroken } from "./check.ts";

type Said = Omit<Call, "sent" | "ended">;

const done = <K extends Kind>(kind: K, asked: Asked<K>, answer: Answer<K>) =>
  ({ do: kind, ...asked, result: "done", answer }) as unknown as Said;
const lost = (call: Said) => ({ ...call, result: "unknown", answer: undefined }) as Said;
const refused = (call: Said) => ({ ...call, result: "refused", answer: undefined }) as Said;

/** One after the other; those of a list at the same time. */
function told(...steps: (Said | Said[])[]): Call[] {
  let now = 0;
  return steps.flatMap((step) => {
    const calls = [step].flat().map((call) => ({ ...call, sent: ++now }));
    return calls.map((call) => ({ ...call, ended: ++now }) as Call);
  });
}

const stack = "s";
const of = (run: string) => ({ stack, run });
const start = (run: string, version: number) => done("start", of(run), { version });
const save = (run: string, number: number, ...names: string[]) =>
  done("save", { ...of(run), number, state: { names, sha256: names.join() } }, null);
const add = (run: string, number: number, ...names: string[]) => done("add", { ...of(run), number, names }, null);
const events = (run: string, ...numbers: number[]) => done("events", { ...of(run), numbers }, null);
const renew = (run: string) => done("renew", of(run), null);
const complete = (run: string) => done("complete", { ...of(run), status: "succeeded" }, null);
const cancel = (run: string) => done("cancel", of(run), null);
const imported = (...names: string[]) => done("import", { stack, state: { names } }, null);
const read = (...names: string[]) => done("read", { stack }, { names, sha256: names.join() });
const readVersion = (version: number, ...names: string[]) =>
  done("read", { stack, version }, { names, sha256: names.join() });
const readEvents = (run: string, ...numbers: number[]) => done("read events", of(run), numbers);
/** As `1 a succeeded`, `2 - succeeded` for an import. */
const history = (...entries: string[]) =>
  done(
    "history",
    { stack },
    entries.map((entry) => {
      const [version, run = "", result = ""] = entry.split(" ");
      return { version: Number(version), run: run === "-" ? "" : run, result };
    }),
  );
const jump = done("clock jump", {}, null);

const pack = (tag: string) => ({ pack: "p", tag });
const publish = (tag: string, sha256: string) => done("publish", { ...pack(tag), sha256 }, null);
const download = (tag: string, sha256: string | null) => done("download", pack(tag), sha256);
const enable = (tag: string) => done("enable", pack(tag), null);
const create = (run: string, ...required: string[]) => done("create", of(run), required);
const receipt = (run: string, ...required: string[]) => done("receipt", of(run), required);

/** An update that has stored one state, and what is read at the end. */
const first = [start("a", 1), save("a", 1, "x"), complete("a")];
const end = [history("1 a succeeded"), readVersion(1, "x"), read("x")];

describe("a history that keeps what the server promises", () => {
  test.each<[string, Call[]]>([
    ["nothing at all", []],
    ["one update", told(...first, ...end)],
    [
      "a write that was not acknowledged, and happened",
      told(start("a", 1), lost(save("a", 1, "x")), complete("a"), ...end),
    ],
    [
      "one that was not acknowledged, and did not happen",
      told(start("a", 1), lost(save("a", 1, "x")), history("1 a in-progress"), readVersion(1), read()),
    ],
    [
      "a reading while a write is on its way, before it and after it",
      told(
        start("a", 1),
        save("a", 1, "x"),
        [save("a", 2, "x", "y"), read("x")],
        complete("a"),
        history("1 a succeeded"),
        readVersion(1, "x", "y"),
        read("x", "y"),
      ),
    ],
    [
      "a state that was stored before its answer was lost, and is sent again after a cancel",
      told(
        start("a", 1),
        lost(save("a", 1, "x")),
        cancel("a"),
        save("a", 1, "x"),
        history("1 a failed"),
        readVersion(1, "x"),
        read("x"),
      ),
    ],
    [
      "a journal on top of an import",
      told(
        imported("i"),
        start("a", 2),
        add("a", 1, "x", "y"),
        lost(add("a", 2, "z")),
        cancel("a"),
        history("2 a failed", "1 - succeeded"),
        readVersion(2, "i", "x", "y"),
        readVersion(1, "i"),
        read("i", "x", "y"),
      ),
    ],
    [
      "an import that was made again after a lost answer",
      told(
        lost(imported("i")),
        imported("i"),
        history("2 - succeeded", "1 - succeeded"),
        readVersion(1, "i"),
        readVersion(2, "i"),
        read("i"),
      ),
    ],
    [
      "an update whose answer to its start was lost, and that was cancelled",
      told(lost(start("a", 1)), refused(start("a", 1)), cancel("a"), history("1 a failed"), readVersion(1), read()),
    ],
    [
      "two that race to start",
      told(
        [start("a", 1), refused(start("b", 1))],
        save("a", 1, "x"),
        refused(save("b", 1, "z")),
        complete("a"),
        ...end,
      ),
    ],
    [
      "an end that is sent again, after the next one began",
      told(
        ...first,
        start("b", 2),
        complete("a"),
        history("2 b in-progress", "1 a succeeded"),
        readVersion(2, "x"),
        ...end.slice(1),
      ),
    ],
    [
      "an update that starts when the clock has jumped over the other's lease",
      told(
        start("a", 1),
        save("a", 1, "x"),
        jump,
        start("b", 2),
        refused(save("a", 2, "y")),
        complete("b"),
        history("2 b succeeded", "1 a failed"),
        readVersion(2, "x"),
        readVersion(1, "x"),
        read("x"),
      ),
    ],
    [
      "events that came whole, and a batch that did not",
      told(
        start("a", 1),
        events("a", 0, 1),
        lost(events("a", 2, 3)),
        events("a", 4),
        history("1 a in-progress"),
        readVersion(1),
        readEvents("a", 0, 1, 4),
      ),
    ],
    [
      "a version that was published and enabled",
      told(
        lost(publish("1", "A")),
        publish("1", "A"),
        enable("1"),
        create("a", "p@1"),
        receipt("a", "p@1"),
        download("1", "A"),
      ),
    ],
    ["one that was not", told(lost(publish("1", "A")), download("1", null))],
    [
      "an update that is created while another version is enabled",
      told(
        publish("1", "A"),
        enable("1"),
        publish("2", "B"),
        [enable("2"), create("a", "p@1"), create("b", "p@2")],
        download("1", "A"),
        download("2", "B"),
      ),
    ],
  ])("%s", (_, calls) => {
    expect(findBroken(calls)).toEqual([]);
  });
});

describe("what is found in a history", () => {
  test.each<[string, Call[], string]>([
    [
      "a lost state",
      told(start("a", 1), save("a", 1, "x"), save("a", 2, "y"), complete("a"), ...end),
      "the state of version 1 was read as [x]",
    ],
    [
      "a lost start of a journal",
      told(start("a", 1), add("a", 1, "w"), add("a", 2, "x"), complete("a"), ...end),
      "the newest state was read as [x]",
    ],
    [
      "half of what came together",
      told(start("a", 1), lost(add("a", 1, "w", "x")), complete("a"), ...end),
      "was read as [x]",
    ],
    ["a resource that nobody sent", told(start("a", 1), add("a", 1), complete("a"), ...end), "was read as [x]"],
    [
      "other bytes",
      told(
        start("a", 1),
        { ...save("a", 1, "x"), state: { names: ["x"], sha256: "X" } } as Said,
        complete("a"),
        ...end,
      ),
      "was read as [x]",
    ],
    [
      "a state that was refused",
      told(start("a", 1), refused(save("a", 1, "x")), complete("a"), ...end),
      "was read as [x]",
    ],
    ["an old state", told(...first, read(), ...end), "the newest state was read as []"],
    [
      "a state that goes back",
      told(start("a", 1), lost(save("a", 1, "x")), read("x"), read(), complete("a"), ...end),
      "the newest state was read as []",
    ],
    [
      "a state of the update before",
      told(
        ...first,
        start("b", 2),
        save("b", 1, "y"),
        read("x"),
        complete("b"),
        history("2 b succeeded", "1 a succeeded"),
        readVersion(1, "x"),
        readVersion(2, "y"),
        read("y"),
      ),
      "the newest state was read as [x]",
    ],
    ["a lost version", told(...first, history()), "it is not in the history"],
    ["a version that nobody read", told(...first, history("1 a succeeded")), "the state of version 1 was not read"],
    [
      "another number",
      told(...first, history("1 a succeeded", "2 a succeeded"), readVersion(1, "x"), readVersion(2, "x")),
      "a is twice in its history",
    ],
    [
      "a skipped number",
      told(start("a", 2), save("a", 1, "x"), complete("a"), history("2 a succeeded"), readVersion(2, "x")),
      "its versions are 2",
    ],
    [
      "a doubled number",
      told(...first, start("b", 1), complete("b"), history("1 a succeeded", "1 b succeeded"), readVersion(1, "x")),
      "b started after a, and its version is not higher",
    ],
    [
      "an update that was never started",
      told(refused(start("a", 1)), history("1 a succeeded"), readVersion(1)),
      "it was not started",
    ],
    ["a lost import", told(imported("x"), history(), read()), "the import of [x] is 0 times"],
    [
      "a doubled import",
      told(imported("x"), history("1 - succeeded", "2 - succeeded"), readVersion(1, "x"), readVersion(2, "x")),
      "the import of [x] is 2 times",
    ],
    ["another result", told(...first, history("1 a failed"), readVersion(1, "x")), "its history says failed"],
    ["an end that is a cancel, too", told(...first, cancel("a"), ...end), "another client that it was cancelled"],
    [
      "two that hold a stack",
      told(
        start("a", 1),
        start("b", 2),
        complete("b"),
        complete("a"),
        history("2 b succeeded", "1 a succeeded"),
        readVersion(1),
        readVersion(2),
      ),
      "b was started while a held the stack",
    ],
    [
      "an import beside an update",
      told(
        start("a", 1),
        imported("x"),
        complete("a"),
        history("1 a succeeded", "2 - succeeded"),
        readVersion(1),
        readVersion(2, "x"),
      ),
      "[x] was imported while a held the stack",
    ],
    [
      "a write after a cancel",
      told(start("a", 1), cancel("a"), events("a", 0), history("1 a failed"), readVersion(1)),
      'a had lost the stack, and was told that "events" was done',
    ],
    [
      "a renewal after an end",
      told(start("a", 1), complete("a"), renew("a"), history("1 a succeeded"), readVersion(1)),
      'told that "renew" was done',
    ],
    [
      "a write after the next start",
      told(
        start("a", 1),
        lost(cancel("a")),
        start("b", 2),
        save("a", 1, "x"),
        history("2 b in-progress", "1 a failed"),
        readVersion(1, "x"),
        readVersion(2, "x"),
      ),
      'a had lost the stack, and was told that "save" was done',
    ],
    [
      "a state that is sent again after a cancel, and was not stored before it",
      told(
        start("a", 1),
        lost(save("a", 1, "x")),
        cancel("a"),
        save("a", 1, "x"),
        history("1 a failed"),
        readVersion(1),
      ),
      "which the writes of 1 a don't make",
    ],
    [
      "lost events",
      told(start("a", 1), events("a", 0, 1), history("1 a in-progress"), readVersion(1), readEvents("a", 0)),
      "1 were acknowledged, and are lost",
    ],
    [
      "half a batch",
      told(start("a", 1), lost(events("a", 0, 1)), history("1 a in-progress"), readVersion(1), readEvents("a", 0)),
      "of 0,1 only 0 is there",
    ],
    [
      "an event twice",
      told(start("a", 1), events("a", 0), history("1 a in-progress"), readVersion(1), readEvents("a", 0, 0)),
      "0 are there twice",
    ],
    [
      "an event that nobody sent",
      told(start("a", 1), history("1 a in-progress"), readVersion(1), readEvents("a", 5)),
      "5 are there, and were not accepted",
    ],
    ["a lost pack", told(publish("1", "A"), download("1", null)), "p@1 was published, and is not there"],
    [
      "a pack that goes away",
      told(lost(publish("1", "A")), download("1", "A"), download("1", null)),
      "p@1 was published, and is not there",
    ],
    [
      "two archives of a version",
      told(publish("1", "A"), publish("1", "B"), download("1", "A"), download("1", "B")),
      "p@1 had 2 archives",
    ],
    ["another archive", told(publish("1", "A"), download("1", "B")), "p@1 has an archive that nobody published"],
    [
      "a number for two versions",
      told(
        done("versions", { pack: "p" }, [
          { version: 1, tag: "1" },
          { version: 1, tag: "2" },
        ]),
      ),
      "p has two versions 1",
    ],
    [
      "an update without what is enabled",
      told(publish("1", "A"), enable("1"), create("a"), download("1", "A")),
      "a must run no p, and enabled was p@1",
    ],
    [
      "an update with an old version",
      told(
        publish("1", "A"),
        publish("2", "B"),
        enable("1"),
        enable("2"),
        create("a", "p@1"),
        download("1", "A"),
        download("2", "B"),
      ),
      "a must run p@1, and enabled was p@2",
    ],
    ["a receipt that says something else", told(create("a"), receipt("a", "p@1")), "its receipt says p@1"],
  ])("%s", (_, calls, sentence) => {
    expect(findBroken(calls).join("\n")).toContain(sentence);
  });
});
