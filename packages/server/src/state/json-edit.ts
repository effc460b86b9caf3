import { childrenOf, membersOf } from "../json/span.ts";

/**
 * Takes the text of a JSON value and returns the text of the changed one, in pieces that are made when they are asked for,
 * because a large text would be in memory several times otherwise. A value of another kind is not changed.
 */
export type Edit = (json: Buffer) => Iterable<Buffer>;

/** In bytes. The pieces of such a value become one, because each piece takes more memory than the few bytes that it has. */
const SMALL = 64 * 1024;

/** Edits the named members of an object. All other bytes stay as they are. */
export function members(edits: ReadonlyMap<string, Edit>): Edit {
  return (json) => splice(json, (key) => (key === undefined ? undefined : edits.get(key)));
}

/** Edits each element of an array, or each member of an object. */
export function each(edit: Edit): Edit {
  return (json) => splice(json, () => edit);
}

/** Edits a string. */
export function string(change: (text: string) => string): Edit {
  return (json) => {
    if (json[0] !== 0x22) return [json];
    const text = JSON.parse(json.toString("utf8")) as string;
    const changed = change(text);
    return [changed === text ? json : Buffer.from(JSON.stringify(changed))];
  };
}

/** Edits an object only if its member `key` is the string `value`. */
export function whereMember(key: string, value: string, edit: Edit): Edit {
  return (json) => {
    const member = membersOf(json).get(key);
    return member && JSON.parse(member.toString("utf8")) === value ? edit(json) : [json];
  };
}

function splice(json: Buffer, editOf: (key: string | undefined) => Edit | undefined): Iterable<Buffer> {
  const pieces = piecesOf(json, editOf);
  return json.length <= SMALL ? [Buffer.concat([...pieces])] : pieces;
}

function* piecesOf(json: Buffer, editOf: (key: string | undefined) => Edit | undefined): Generator<Buffer> {
  let copied = 0;
  for (const { key, start, end } of childrenOf(json)) {
    const edit = editOf(key);
    if (!edit) continue;
    yield json.subarray(copied, start);
    yield* edit(json.subarray(start, end));
    copied = end;
  }
  yield json.subarray(copied);
}
