/**
 * Finds many strings in a text at once, in one pass over it whatever the strings are (Aho and Corasick's automaton). Its arrays are in
 * memory that threads share, so that it is not copied to the thread that reads a large text.
 */
export interface Automaton {
  /** A node's child, at a place that its parent and its character decide; 0 where none is. */
  readonly slots: Int32Array;
  /** Different each time, so that nobody can choose strings whose places are all the same. */
  readonly seed: number;
  /** Of each node. Node 0 is the root: nothing of a string was read yet. */
  readonly parents: Int32Array;
  readonly chars: Uint16Array;
  /** The node that goes on where this one can't: the longest other start of a string with which it ends. */
  readonly fallbacks: Int32Array;
  /** The length of the longest string with which the node ends; 0 if there is none. */
  readonly longest: Int32Array;
  /** The most characters that come after a string with which the node ends and belong to it. */
  readonly beyond: Int32Array;
}

/** How many bytes it has in memory. */
export function sizeOf({ slots, parents, chars, fallbacks, longest, beyond }: Automaton): number {
  return [slots, parents, chars, fallbacks, longest, beyond].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** @param strings none is empty. Each with how many characters after it belong to it. */
export function automatonOf(strings: ReadonlyMap<string, number>): Automaton {
  let most = 1;
  for (const { length } of strings.keys()) most += length;
  const automaton: Automaton = {
    slots: new Int32Array(shared(4 * 2 ** Math.ceil(Math.log2(2 * most)))),
    seed: Math.trunc(Math.random() * 2 ** 31),
    parents: new Int32Array(shared(4 * most)),
    chars: new Uint16Array(shared(2 * most)),
    fallbacks: new Int32Array(shared(4 * most)),
    longest: new Int32Array(shared(4 * most)),
    beyond: new Int32Array(shared(4 * most)),
  };
  const depths = new Int32Array(most);
  let nodes = 1;
  for (const [string, after] of strings) {
    let node = 0;
    for (let at = 0; at < string.length; at++) {
      const char = string.charCodeAt(at);
      const slot = slotOf(automaton, node, char);
      const child = automaton.slots[slot] || nodes;
      if (child === nodes) {
        automaton.slots[slot] = child;
        automaton.parents[child] = node;
        automaton.chars[child] = char;
        depths[child] = at + 1;
        nodes += 1;
      }
      node = child;
    }
    automaton.longest[node] = string.length;
    automaton.beyond[node] = after;
  }
  for (const node of byDepth(depths.subarray(0, nodes))) fallBack(automaton, node, depths[node] as number);
  return automaton;
}

/** Where the strings are in a text: where each place starts and ends, one after the other. Strings that overlap are one place. */
export function placesIn(automaton: Automaton, text: string): number[] {
  const { longest, beyond } = automaton;
  const places: number[] = [];
  let node = 0;
  for (let at = 0; at < text.length; at++) {
    node = next(automaton, node, text.charCodeAt(at));
    const length = longest[node] as number;
    if (length === 0) continue;
    let from = at + 1 - length;
    let end = Math.min(text.length, at + 1 + (beyond[node] as number));
    while (places.length > 0 && from < (places.at(-1) as number)) {
      end = Math.max(end, places.pop() as number);
      from = Math.min(from, places.pop() as number);
    }
    places.push(from, end);
  }
  return places;
}

/** The node after one more character. */
function next(automaton: Automaton, node: number, char: number): number {
  const { slots, fallbacks } = automaton;
  for (let from = node; ; from = fallbacks[from] as number) {
    const child = slots[slotOf(automaton, from, char)] as number;
    if (child !== 0 || from === 0) return child;
  }
}

/** Its parent's node and those above it must have theirs. */
function fallBack(automaton: Automaton, node: number, depth: number): void {
  const { parents, chars, fallbacks, longest, beyond } = automaton;
  const above = fallbacks[parents[node] as number] as number;
  const fallback = depth === 1 ? 0 : next(automaton, above, chars[node] as number);
  fallbacks[node] = fallback;
  longest[node] ||= longest[fallback] as number;
  beyond[node] = Math.max(beyond[node] as number, beyond[fallback] as number);
}

/** The nodes but for the root, those near to it first. */
function byDepth(depths: Int32Array): Int32Array {
  /** Where the nodes of each depth go. */
  const places: number[] = [];
  for (const depth of depths) places[depth + 1] = (places[depth + 1] ?? 0) + 1;
  places[0] = 0;
  for (let depth = 1; depth < places.length; depth++) places[depth] = (places[depth] ?? 0) + (places[depth - 1] ?? 0);
  const order = new Int32Array(depths.length);
  for (const [node, depth] of depths.entries()) {
    const place = places[depth] ?? 0;
    order[place] = node;
    places[depth] = place + 1;
  }
  return order.subarray(1);
}

/** The place of a node's child, or the free place where it would be. */
function slotOf({ slots, seed, parents, chars }: Automaton, node: number, char: number): number {
  const last = slots.length - 1;
  let hash = Math.imul(node ^ seed, 0x9e3779b1) ^ Math.imul(char + seed, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  for (let at = (hash ^ (hash >>> 13)) & last; ; at = (at + 1) & last) {
    const child = slots[at] as number;
    if (child === 0 || (parents[child] === node && chars[child] === char)) return at;
  }
}

function shared(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}
